"""Describe a demo table: how it is created, and what it holds at first."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tables.core.numbers import canonical_number

Item = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `attributes` are projected beside the keys; None: all."""

    name: str
    keys: tuple[str, ...]
    attributes: tuple[str, ...] | None = None

    def definition(self) -> dict[str, Any]:
        projection: dict[str, Any] = {"ProjectionType": "ALL"}
        if self.attributes is not None:
            projection = {
                "ProjectionType": "INCLUDE",
                "NonKeyAttributes": list(self.attributes),
            }
        return {
            "IndexName": self.name,
            "KeySchema": _key_schema(self.keys),
            "Projection": projection,
        }


@dataclass(frozen=True, slots=True)
class DemoTable:
    """One table. `types` gives the type of every attribute that is a key of it or of an index."""

    name: str
    keys: tuple[str, ...]
    types: Mapping[str, str]
    items: Callable[[], Iterable[Item]]
    indexes: tuple[Index, ...] = ()
    expires: str = ""  # the TTL attribute

    def definition(self) -> dict[str, Any]:
        """The parameters of CreateTable."""
        parameters: dict[str, Any] = {
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _key_schema(self.keys),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind} for name, kind in self.types.items()
            ],
        }
        if self.indexes:
            parameters["GlobalSecondaryIndexes"] = [index.definition() for index in self.indexes]
        return parameters


def item(attributes: Mapping[str, Any]) -> Item:
    """An item in wire form, of Python values; see `wire`."""
    return {name: wire(value) for name, value in attributes.items()}


def wire(value: Any) -> dict[str, Any]:
    """One value in wire form: numbers are int or Decimal, binary bytes, sets frozensets."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | Decimal):
        return {"N": canonical_number(value)}
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return {"L": [wire(element) for element in value]}
    if isinstance(value, frozenset):
        elements = [wire(element) for element in sorted(value)]
        tag = next(iter(elements[0]))
        return {f"{tag}S": [element[tag] for element in elements]}
    return {"M": item(value)}


def _key_schema(keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": role}
        for name, role in zip(keys, ("HASH", "RANGE"), strict=False)
    ]
