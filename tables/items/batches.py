"""Puts and deletes of many items, each on its own, in one call."""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.operations import BatchEntry
from tables.core.values import Item
from tables.dynamodb.writes import batch_write_once
from tables.items.puts import admitted_new
from tables.items.target import Target


def put_entry(target: Target, item: Item) -> BatchEntry:
    """An entry that puts a whole item. Raises Forbidden, InvalidValue, TooLarge.

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
    """Write at most 25 entries of distinct items: those that were left, and the capacity units."""
    return batch_write_once(target.name, entries)
