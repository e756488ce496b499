"""New items: what the server adds to a payload, and the put that stores it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tables.api.adminapi.targets import Target
from tables.core.adminapi_json import adminapi_special
from tables.core.admission import admit_new
from tables.core.errors import Forbidden, InvalidValue, PreconditionFailed
from tables.core.keys import coerce_binary_keys
from tables.core.natural_keys import natural_partition_key
from tables.core.operations import Operation, Put
from tables.core.preconditions import compile_create
from tables.core.values import Item, wire_item
from tables.dynamodb.writes import write


def new_item(body: Mapping[str, Any], target: Target) -> Item:
    """The item of a create: in payload order, then a key made here, then the audit attributes.

    Raises InvalidValue, and TooLarge over 400 KB.
    """
    item = coerce_binary_keys(wire_item(body, special=adminapi_special), target.description)
    item = _with_partition_key(item, target)
    return admit_new(
        item, target.table, target.description, target.caller.identity, datetime.now(UTC)
    )


def compile_put(item: Item, target: Target) -> Put:
    """The put of a new item; one that refuses an existing key for a caller who may not change."""
    if target.may("change"):
        return Put(target.description.name, item)
    return compile_create(item, target.description)


def put(item: Item, target: Target, companions: Sequence[Operation]) -> None:
    """Write a new item. Raises Forbidden where it exists and the caller may not change it."""
    try:
        write(compile_put(item, target), companions=companions)
    except PreconditionFailed as error:
        if error.position > 0:
            raise
        raise Forbidden("The item exists, and you may not change it.") from error


def _with_partition_key(item: Item, target: Target) -> Item:
    attribute = target.description.partition_key
    if item.get(attribute.name, {"NULL": True}) not in ({"NULL": True}, {"S": ""}):
        return item
    if attribute.type != "S":
        raise InvalidValue(
            f"The key attribute {attribute.name!r} is missing; only a string is made here."
        )
    natural = target.table.natural_key
    made = natural_partition_key(item, target.table) if natural else str(uuid.uuid4())
    return {**item, attribute.name: {"S": made}}
