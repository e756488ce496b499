"""Forgetting on purpose: an item's history, or a person's name in every entry."""

from __future__ import annotations

import time

from django.conf import settings

from tables.core.descriptions import TableDescription
from tables.core.expressions import Placeholders
from tables.core.history import ERASED, Author, Entry, item_name
from tables.core.history_chain import chained
from tables.core.operations import Delete, Operation, Update
from tables.core.values import Item
from tables.dynamodb.history_table import all_entries_of, changes_of, chunk_keys
from tables.dynamodb.writes import write
from tables.records.history.entries import secrets


def forget_item(description: TableDescription, key: Item, author: Author) -> int:
    """Remove an item's entries and leave one that says so, without key or values; how many went.

    Idempotency records (24 hours), backups and logs keep what they hold.
    """
    entries = all_entries_of(item_name(key, description))
    if not entries:
        return 0
    last = entries[-1]
    note = Entry(
        last.item,
        last.n + 1,
        time.time_ns() // 1_000_000,
        author,
        "forgotten",
        description.name,
        "",
        {},
        "",
        "",
        of=len(entries),
    )
    write(chained(note, "", secrets()[0]).put(settings.HISTORY_TABLE))
    for entry in entries:
        for operation in _removals(entry):
            write(operation)
    return len(entries)


def forget_person(sub: str) -> int:
    """Erase a person's name from every entry they made; how many were changed.

    Their `sub` stays: without it entries could not be told apart from forged ones.
    """
    count = 0
    for entry in changes_of("by-person", sub):
        if entry.author.name != ERASED:
            write(_erasure(entry))
            count += 1
    return count


def _removals(entry: Entry) -> list[Operation]:
    keys = [*chunk_keys(entry), entry.stored_key]
    return [Delete(settings.HISTORY_TABLE, key) for key in keys]


def _erasure(entry: Entry) -> Update:
    pool = Placeholders()
    expression = f"SET {pool.name('name')} = {pool.value({'S': ERASED})}"
    condition = f"attribute_exists({pool.name('item')})"
    return Update(settings.HISTORY_TABLE, entry.stored_key, expression, condition, pool)
