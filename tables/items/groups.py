"""Bulk actions: an id that all writes of one share, and its entries found again by it."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Sequence

from tables.core.history import Entry, item_name
from tables.core.values import Item
from tables.dynamodb.history_table import changes_of, entries_of
from tables.items.changes import unexpired
from tables.items.target import Target

# Clocks of several workers differ, and no bulk action of a page takes longer than an hour.
_SKEW_MS = 60_000
_LONGEST_MS = 60 * 60 * 1000


def new_group() -> str:
    """An id for a bulk action, which tells when it began: a UUID of version 7 (RFC 9562, 5.7)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def entries_of_group(person: str, group: uuid.UUID) -> Sequence[Entry]:
    """What a bulk action of this author's sub wrote, newest first.

    An index tells it, which lags behind for a moment: whoever knows how many there were, compares.
    """
    began = group.int >> 80
    found = changes_of(
        "by-person", person, since=max(began - _SKEW_MS, 0), until=began + _LONGEST_MS
    )
    return [entry for entry in unexpired(found) if entry.author.group == str(group)]


def version_in_group(target: Target, key: Item, group: str) -> int | None:
    """The version that a write of this group left of an item, None where none of its last has.

    Read consistently: whoever died after a write finds here that it was made.
    """
    found = entries_of(item_name(key, target.description), consistent=True)
    return next(
        (entry.n for entry in found if entry.author.group == group and entry.happened), None
    )
