"""Puts and deletes of many items, each on its own, in as few calls as may be."""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.errors import Conflict, InvalidValue, Throttled
from tables.core.operations import BatchEntry
from tables.core.values import Item
from tables.dynamodb.writes import batch_write_once
from tables.items.deletes import delete
from tables.items.link_checks import has_checks
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
    or checked links each is a transaction of its own. Raises WriteInDoubt, TablesError.
    """
    is_alone = target.keeps_history or must_know_item(target.table) or has_checks(target.table)
    if not is_alone:
        return batch_write_once(target.name, entries)
    left, capacity, written = [], 0.0, 0
    for position, (kind, item) in enumerate(entries):
        write = put(target, item) if kind == "PutRequest" else delete(target, item)
        try:
            capacity += send(write).capacity
            written += 1
        except (Conflict, Throttled):
            left.append((kind, item))
        except InvalidValue:
            if not written:
                raise
            # It is refused when what is left is sent again: then nothing was written before it.
            return [*left, *entries[position:]], capacity
    return left, capacity
