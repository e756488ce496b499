"""What the server makes of a new item: its partition key, and what its alias gives each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from tables.core.entities import Entity, key_parts, made_new
from tables.core.natural_keys import natural_partition_key
from tables.core.values import AttributeValue, Item
from tables.items.clock import now
from tables.items.target import Target

NOTHING: Mapping[str, AttributeValue] = MappingProxyType({})
_BLANK = ({"NULL": True}, {"S": ""})


def makes_key(target: Target) -> bool:
    """Whether the server alone makes the partition keys of new items, and no pattern does."""
    key, entity = target.description.partition_key, target.table.entity
    if entity is not None and key.name in entity.key:
        return False
    is_made = bool(target.table.natural_key) or not target.table.client_keys
    return is_made and key.type == "S"


def made_key(item: Item, target: Target, random: str = "") -> AttributeValue:
    """The partition key of a new item: uuid5 of its natural key, else `random` or a uuid4.

    Raises InvalidRequest where a part of the natural key is missing.
    """
    if target.table.natural_key:
        return {"S": natural_partition_key(item, target.table)}
    return {"S": random or str(uuid.uuid4())}


def without_blank_parts(item: Item, entity: Entity) -> Item:
    """A new item without the parts of its key that are null or empty: no key holds them."""
    return {
        name: value
        for name, value in item.items()
        if name not in entity.parts or value not in _BLANK
    }


def completed_new(item: Item, target: Target, made: Mapping[str, AttributeValue] = NOTHING) -> Item:
    """A new item with what its alias gives each: constants, made values, keys by their patterns.

    What was `made` already is not made again, where neither the item nor its key says another.
    Raises InvalidValue where a part of a key is missing.
    """
    entity = target.table.entity
    if entity is None:
        return item
    types = {attribute.name: attribute.type for attribute in target.description.key_attributes}
    item = without_blank_parts(item, entity)
    told = key_parts(item, entity)
    whole = {**{name: made[name] for name in made if name not in told}, **item}
    return made_new(whole, entity, now(), types)
