"""Puts and deletes of many items, each on its own, in as few calls as may be."""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.errors import Conflict, Throttled
from tables.core.operations import BatchEntry
from tables.core.values import Item
from tables.dynamodb.writes import batch_write_once
from tables.items.deletes import delete
from tables.items.puts import put
from tables.items.rules import admitted_new, must_know_item
from tables.items.target import Target
from tables.items.writes import send


def put_entry(target: Target, item: Item) -> BatchEntry:
    """An entry that puts a whole item. Raises Forbidden, InvalidRequest, InvalidValue, TooLarge.

    A batch can't be conditional, so a put in it may always overwrite.
    """
    target.require("add")
    target.require("change")
    return "PutRequest", admitted_new(item, target)


def delete_entry(target: Target, key: Item) -> BatchEntry:
    """An entry that deletes the item of a key. Raises Forbidden."""
    target.require("delete")
    return "DeleteRequest", key


def send_batch(target: Target, entries: Sequence[BatchEntry]) -> tuple[list[BatchEntry], float]:
    """Write at most 25 entries of distinct items: those that were left, and the capacity units.

    One BatchWriteItem, or one write for each where no item may be written unread; with history
    each is a transaction of its own. Raises WriteInDoubt, TablesError.
    """
    if not target.keeps_history and not must_know_item(target.table):
        return batch_write_once(target.name, entries)
    left, capacity = [], 0.0
    for kind, item in entries:
        write = put(target, item) if kind == "PutRequest" else delete(target, item)
        try:
            capacity += send(write).capacity
        except (Conflict, Throttled):
            left.append((kind, item))
    return left, capacity
