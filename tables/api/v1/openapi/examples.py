"""Example items: what a table's keys and schema say an item looks like, for forms and documents."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tables.core.descriptions import TableDescription
from tables.core.entities import Entity
from tables.core.expressions import parse_path
from tables.core.registry import Table
from tables.core.values import plain_item

_BY_TYPE: dict[str, Any] = {
    "string": "text",
    "number": 0,
    "integer": 0,
    "boolean": False,
    "array": [],
    "object": {},
    "null": None,
}
_BY_TAG = {"S": "text", "N": 0, "B": "AAEC"}


def example_item(table: Table, description: TableDescription) -> dict[str, Any]:
    """An item that a client could POST: its key where clients choose it, then what is required."""
    item: dict[str, Any] = {}
    entity = table.entity or Entity()
    for attribute in description.key_attributes:
        if attribute.name in entity.key:
            continue
        is_partition = attribute == description.partition_key
        if not is_partition or (table.client_keys and not table.natural_key):
            item[attribute.name] = _BY_TAG[attribute.type]
    for name in table.natural_key:
        item.setdefault(str(parse_path(name)[0]), "text")
    known = (table.schema or {}).get("properties") or {}
    item |= {name: _example(known.get(name)) for name in entity.asked}
    return item | dict(_required(table.schema or {}))


def example_at_url(
    table: Table, example: Mapping[str, Any], keys: Collection[str]
) -> dict[str, Any]:
    """The item that a client could PUT, its key left to the URL: with what makes it one of its
    kind, and what its key says.
    """
    entity = table.entity or Entity()
    known = (table.schema or {}).get("properties") or {}
    parts = {name: _example(known.get(name)) for name in entity.told}
    constants = plain_item(entity.constants, number=json.loads)
    whole = {**parts, **example, **constants}
    return {n: v for n, v in whole.items() if n not in keys and n not in entity.key_only}


def _required(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties") or {}
    for name in schema.get("required") or ():
        yield name, _example(properties.get(name))


def _example(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return "text"
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    for keyword in ("example", "default", "const"):
        if keyword in schema:
            return schema[keyword]
    if schema.get("type") == "object":
        return dict(_required(schema))
    kind = schema.get("type")
    return _BY_TYPE.get(kind if isinstance(kind, str) else "string", "text")
