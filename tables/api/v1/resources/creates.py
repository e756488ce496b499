"""What a POST to a collection creates, and whose the key of it is to choose."""

from __future__ import annotations

from tables.core.natural_keys import require_server_chosen
from tables.core.values import Item
from tables.items import puts
from tables.items.conditions import Tags
from tables.items.drafts import Draft
from tables.items.new_keys import completed_new, made_key
from tables.items.target import Target
from tables.items.wanted import Write


def create(target: Target, draft: Draft, tags: Tags) -> Write:
    """Create an item, or, on a table with a natural key, create or replace the one it names.

    Raises PreconditionFailed, Forbidden, InvalidRequest, InvalidValue, TooLarge, and what the
    write raises.
    """
    placed = draft.keyed(target.description)
    if target.table.natural_key:
        require_server_chosen(placed.item, target.description)
        return puts.upsert(target, placed, tags)
    tags.require(None)
    if not target.table.client_keys:
        require_server_chosen(placed.item, target.description)
    new = completed_new(placed.item, target)
    return puts.create(target, _with_partition_key(new, target))


def _with_partition_key(item: Item, target: Target) -> Item:
    """The item with a partition key: the client's, or one made here where that is a string."""
    partition_key = target.description.partition_key
    if partition_key.name in item or partition_key.type != "S":
        return item
    return {partition_key.name: made_key(item, target), **item}
