"""New items: what the server adds to a payload before it is put."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidValue
from tables.core.keys import coerce_binary_keys
from tables.core.values import Item, wire_item
from tables.items.new_keys import completed_new, made_key
from tables.items.target import Target

_UNKEYED = ({"NULL": True}, {"S": ""})


def new_item(body: Mapping[str, Any], target: Target) -> Item:
    """The item of a create: in payload order, then a key made here. Raises InvalidValue."""
    item = coerce_binary_keys(wire_item(body, special=adminapi_special), target.description)
    if target.table.entity is not None:
        item = completed_new(_without_empty_keys(item, target), target)
    attribute = target.description.partition_key
    if item.get(attribute.name, {"NULL": True}) not in _UNKEYED:
        return item
    if attribute.type != "S":
        raise InvalidValue(
            f"The key attribute {attribute.name!r} is missing; only a string is made here."
        )
    return {**item, attribute.name: made_key(item, target)}


def _without_empty_keys(item: Item, target: Target) -> Item:
    """The item without keys that are to be made: to this door an empty one is none."""
    names = target.description.key_names
    return {k: value for k, value in item.items() if k not in names or value not in _UNKEYED}
