"""The partition key that the server makes for a new item: random, or from its natural key."""

from __future__ import annotations

import uuid

from tables.core.natural_keys import natural_partition_key
from tables.core.values import AttributeValue, Item
from tables.items.target import Target


def makes_key(target: Target) -> bool:
    """Whether the server alone makes the partition keys of new items."""
    is_made = bool(target.table.natural_key) or not target.table.client_keys
    return is_made and target.description.partition_key.type == "S"


def made_key(item: Item, target: Target, random: str = "") -> AttributeValue:
    """The partition key of a new item: uuid5 of its natural key, else `random` or a uuid4.

    Raises InvalidRequest where a part of the natural key is missing.
    """
    if target.table.natural_key:
        return {"S": natural_partition_key(item, target.table)}
    return {"S": random or str(uuid.uuid4())}
