"""What is created in a collection, and whose the key of it is to choose."""

from __future__ import annotations

from dataclasses import replace

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
    return create_placed(target, placed(target, draft, tags), tags)


def placed(target: Target, draft: Draft, tags: Tags) -> Draft:
    """The draft with the key that it gets, which may be made here, another each time.

    Raises PreconditionFailed, InvalidRequest, InvalidValue.
    """
    keyed = draft.keyed(target.description)
    if target.table.natural_key:
        require_server_chosen(keyed.item, target.description)
        return replace(keyed, item=_with_partition_key(keyed.item, target))
    tags.require(None)
    if not target.table.client_keys:
        require_server_chosen(keyed.item, target.description)
    new = completed_new(keyed.item, target)
    return replace(keyed, item=_with_partition_key(new, target))


def create_placed(target: Target, draft: Draft, tags: Tags) -> Write:
    """The write of a draft that has its key. Raises as `create` does."""
    if target.table.natural_key:
        return puts.upsert(target, draft, tags)
    return puts.create(target, draft.item)


def _with_partition_key(item: Item, target: Target) -> Item:
    """The item with a partition key: the client's, or one made here where that is a string."""
    partition_key = target.description.partition_key
    if partition_key.name in item or partition_key.type != "S":
        return item
    return {partition_key.name: made_key(item, target), **item}
