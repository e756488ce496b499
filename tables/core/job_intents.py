"""What a chunk is about to write, as it is kept before its first write: whoever takes the chunk
over after a worker died tells by it what was done.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import orjson

Verdict = Literal["done", "write", "changed", "unsure"]


class Intent(NamedTuple):
    """One item: its key's token, and its fingerprints before and after the write; empty: none.

    `line` and `origin` say where it comes from: a line of a file, the token of a copied item.
    `known` is the version that an earlier write of this job has left of it. `code` and `detail`
    are what the report says of it once it is written.
    """

    token: str
    before: str
    after: str
    line: int = 0
    origin: str = ""
    known: int = 0
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Intents:
    """A chunk as it was decided on: what stamps say (milliseconds of Unix time), its writes, the
    rows that were certain without one, where the part goes on, and what reading it took.
    """

    moment: int
    writes: Sequence[Intent]
    rows: Sequence[Sequence[Any]]
    next: Any
    scanned: int
    read_units: float

    def pack(self) -> bytes:
        """The intents as bytes."""
        told = [
            self.moment,
            [list(intent) for intent in self.writes],
            [list(row) for row in self.rows],
            *(self.next, self.scanned, self.read_units),
        ]
        return zlib.compress(orjson.dumps(told), 6)


def unpack(packed: bytes) -> Intents:
    """The intents that `pack` made these bytes of."""
    moment, writes, rows, next_, scanned, units = orjson.loads(zlib.decompress(packed))
    return Intents(moment, [Intent(*each) for each in writes], rows, next_, scanned, units)


def judge(intent: Intent, state: str, *, is_ours: bool, is_certain: bool) -> Verdict:
    """What became of an intended write whose worker is gone, by the item's state now.

    `is_ours` where the item's history holds an entry of this job, `is_certain` where it would if
    the write had been made. Else nobody can know of an item that is neither as it was nor as it
    should be: it may have been written, and changed by somebody else since.
    """
    if is_ours:
        return "done"
    if state == intent.before:
        return "write"
    if state == intent.after:
        return "done"
    return "changed" if is_certain else "unsure"
