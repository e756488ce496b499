"""Bulk actions: an id that all writes of one share, and its entries found again by it."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from tables.core.history import Entry, fingerprint, item_name
from tables.core.history_chain import judged
from tables.core.values import Item
from tables.dynamodb.history_table import changes_of, entries_of
from tables.dynamodb.reads import get_item
from tables.items.changes import unexpired
from tables.items.target import Target

# Clocks of several workers differ, and no bulk action of a page takes longer than an hour.
_SKEW_MS = 60_000
_LONGEST_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Trace:
    """What an item's history tells of a group: the version that its write left, None for none.

    Not certain where a write was announced, and something from outside came after it.
    """

    version: int | None
    is_certain: bool


def new_group() -> str:
    """An id for a bulk action, which tells when it began: a UUID of version 7 (RFC 9562, 5.7)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def entries_of_group(person: str, group: uuid.UUID) -> Sequence[Entry]:
    """What a bulk action of this author's sub wrote, newest first.

    An index tells it, which lags behind for a moment: whoever knows how many there were, compares.
    """
    began = _began(str(group))
    found = changes_of(
        "by-person", person, since=max(began - _SKEW_MS, 0), until=began + _LONGEST_MS
    )
    return [entry for entry in unexpired(found) if entry.author.group == str(group)]


def trace_of(target: Target, key: Item, group: str) -> Trace:
    """What the history of an item tells of a group: whoever died after a write of it finds here
    that it was made. Read consistently. Raises TablesError.
    """
    found = _entries_since(item_name(key, target.description), _began(group) - _SKEW_MS)
    ours = [entry for entry in found if entry.author.group == group]
    if any(entry.announced for entry in ours):
        now = get_item(target.name, key, consistent=True).item
        known = judged(found[::-1], fingerprint(now, frozenset(target.table.history_ignore)))
        made = [entry.n for entry in known if entry.author.group == group and entry.happened]
        return Trace(made[-1] if made else None, is_certain=bool(made))
    return Trace(next((entry.n for entry in ours if entry.happened), None), is_certain=True)


def _entries_since(name: str, moment: int) -> list[Entry]:
    """The entries of an item from the last to one before that moment, newest first."""
    found = entries_of(name, consistent=True)
    while found and found[-1].n > 1 and found[-1].at >= moment:
        older = entries_of(name, below=found[-1].n, consistent=True)
        if not older:
            break
        found += older
    return found


def _began(group: str) -> int:
    """When a bulk action began, in milliseconds of Unix time: its id says so."""
    return uuid.UUID(group).int >> 80
