"""Bodies of history entries: deltas and whole states, packed, and cut where they are long.

One byte of format stands in front, so that another compressor can come without a migration.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tables.core.deltas import Delta, deltas_of, rows_of
from tables.core.sizes import MAX_ITEM_BYTES
from tables.core.values import Item

# The next writer reads the whole last entry: up to this an entry costs one read unit.
INLINE_BYTES = 3 * 1024
CHUNK_BYTES = 380 * 1024
_ZLIB = b"\x01"
# Two whole items in JSON, where each byte of an item may be told by six (an escaped character).
_LONGEST = 2 * 6 * MAX_ITEM_BYTES + 64 * 1024


class BrokenBody(Exception):
    """A body can't be read: it was altered, or is not one of ours."""


@dataclass(frozen=True, slots=True)
class Body:
    """What an entry tells: the deltas, and of a base the whole state before them.

    Of a deleted item also what history leaves out, so that an undo gives back all of it.
    """

    deltas: Sequence[Delta]
    base: Item | None = None
    left_out: Item | None = None


def pack(body: Body) -> bytes:
    """The body as bytes."""
    document: dict[str, Any] = {"deltas": rows_of(body.deltas)}
    if body.base is not None:
        document["base"] = body.base
    if body.left_out:
        document["left_out"] = body.left_out
    return _ZLIB + zlib.compress(orjson.dumps(document), 6)


def unpack(packed: bytes) -> Body:
    """The body that was packed. Raises BrokenBody."""
    if packed[:1] != _ZLIB:
        raise BrokenBody
    inflating = zlib.decompressobj()
    try:
        text = inflating.decompress(packed[1:], _LONGEST)
        if not inflating.eof:
            raise BrokenBody
        document = orjson.loads(text)
        return Body(deltas_of(document["deltas"]), document.get("base"), document.get("left_out"))
    except (zlib.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BrokenBody from error


def digest_of(packed: bytes) -> str:
    """The digest that an entry's hash covers, so that chunks can't be exchanged."""
    return hashlib.sha256(packed).hexdigest()


def chunks_of(packed: bytes) -> list[bytes]:
    """The parts of a body that is too long to stand in its entry; none for one that may."""
    if len(packed) <= INLINE_BYTES:
        return []
    return [packed[start : start + CHUNK_BYTES] for start in range(0, len(packed), CHUNK_BYTES)]
