"""New entries of history: made from the states on both sides of a write, signed, and cut."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.conf import settings

from tables.core.deltas import deltas_between
from tables.core.descriptions import TableDescription
from tables.core.history import (
    Action,
    Author,
    Entry,
    States,
    fingerprint,
    item_name,
    needs_base,
    without,
)
from tables.core.history_bodies import Body, chunks_of, digest_of, pack
from tables.core.history_chain import chained, judged
from tables.core.keys import key_of
from tables.core.operations import Operation
from tables.core.registry import Table
from tables.core.values import Item
from tables.dynamodb.history_table import chunk_puts, entries_of

Mode = Literal["off", "transaction", "announced"]
_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Recorded:
    """A signed entry and the chunks of its body."""

    entry: Entry
    chunks: Sequence[bytes] = ()

    def operations(self) -> list[Operation]:
        """What must be written with the item: the entry first, then its chunks."""
        return [self.entry.put(settings.HISTORY_TABLE), *chunk_puts(self.entry, [*self.chunks])]


@dataclass(frozen=True, slots=True)
class Previous:
    """The last entry of an item, which numbers and signs the next, and the state that was left.

    `left` is what the last write that was made left; None where none is known. `states` are those
    of the write that follows, of what history keeps, where somebody took them.
    """

    entry: Entry | None = None
    left: str | None = None
    states: States | None = None


def previous_of(last: Entry | None, now: str) -> Previous:
    """What stands before a new entry. `now` is the item's fingerprint, read after `last` was.

    An entry that was announced, and whose writer is gone, is judged by it.
    """
    if last is None or last.happened:
        return Previous(last, last.after if last else None)
    made = [
        entry
        for entry in judged(entries_of(last.item, consistent=True)[::-1], now)
        if entry.happened
    ]
    return Previous(last, made[-1].after if made else None)


def mode_of(table: Table) -> Mode:
    """How the history of a table's items is kept, if at all."""
    wanted = settings.HISTORY if table.history is None else table.history
    if not wanted:
        return "off"
    has_transactions = settings.DYNAMODB_TRANSACTIONS and table.transactions
    return "transaction" if has_transactions and wanted != "announced" else "announced"


def new_entry(
    table: Table,
    description: TableDescription,
    before: Item | None,
    after: Item | None,
    previous: Previous,
    author: Author,
    *,
    action: Action | None = None,
    of: int | None = None,
) -> Recorded | None:
    """The entry of a write, unless nothing that history keeps was changed by it.

    `previous` was read before the item was.
    """
    ignored = frozenset(table.history_ignore)
    states = previous.states or (fingerprint(before, ignored), fingerprint(after, ignored))
    if states[0] == states[1]:
        return None
    last, now = previous.entry, time.time_ns() // 1_000_000
    n = last.n + 1 if last else 1
    is_base = needs_base(n, previous.left, states[0])
    kept = [None if item is None else without(item, ignored) for item in (before, after)]
    base = kept[0] if is_base else None
    packed = pack(Body(deltas_between(*kept), base, _left_out(before, after, ignored)))
    chunks = chunks_of(packed)
    key = key_of(before or after or {}, description)
    entry = Entry(
        item=item_name(key, description),
        n=n,
        at=now,
        author=author,
        action=action or _action(before, after),
        table=description.name,
        alias=table.alias,
        key=key,
        before=states[0],
        after=states[1],
        digest=digest_of(packed),
        body=None if chunks else packed,
        chunks=len(chunks),
        is_base=is_base,
        of=of,
        expires=_expiry(table, now // 1000),
        past=last.expires if last else 0,
    )
    return Recorded(chained(entry, last.hash if last else "", _secret()), chunks)


def _left_out(before: Item | None, after: Item | None, ignored: frozenset[str]) -> Item | None:
    """What only the entry of a delete holds: attributes whose changes history does not tell."""
    if before is None or after is not None:
        return None
    return {name: value for name, value in before.items() if name in ignored} or None


def announced(recorded: Recorded) -> Recorded:
    """The same, as it goes before its write; the hash does not cover what becomes of it."""
    return replace(recorded, entry=replace(recorded.entry, announced=True))


def secrets() -> list[bytes]:
    """The keys of the chain: the first signs, all of them verify."""
    return [secret.encode() for secret in settings.HISTORY_SECRETS]


def _secret() -> bytes:
    return secrets()[0]


def _expiry(table: Table, now: int) -> int:
    days = days_kept(table)
    return now + days * _DAY_SECONDS if days else 0


def days_kept(table: Table) -> int:
    """For how many days entries of a table's items are kept, 0 for ever."""
    return settings.HISTORY_DAYS if table.history_days is None else table.history_days


def _action(before: Item | None, after: Item | None) -> Action:
    if before is None:
        return "create"
    return "delete" if after is None else "change"
