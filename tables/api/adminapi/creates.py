"""New items: what the server adds to a payload before it is put."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidValue
from tables.core.keys import coerce_binary_keys
from tables.core.values import Item, wire_item
from tables.items.new_keys import made_key
from tables.items.target import Target

_UNKEYED = ({"NULL": True}, {"S": ""})


def new_item(body: Mapping[str, Any], target: Target) -> Item:
    """The item of a create: in payload order, then a key made here. Raises InvalidValue."""
    item = coerce_binary_keys(wire_item(body, special=adminapi_special), target.description)
    attribute = target.description.partition_key
    if item.get(attribute.name, {"NULL": True}) not in _UNKEYED:
        return item
    if attribute.type != "S":
        raise InvalidValue(
            f"The key attribute {attribute.name!r} is missing; only a string is made here."
        )
    return {**item, attribute.name: made_key(item, target)}
