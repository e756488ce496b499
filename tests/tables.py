"""Tables that tests make, each said in a line, and what is stored in them, past every door.

Keys are types by name, the partition key first: `{"country": "S", "rank": "N"}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tables.core.descriptions import TableDescription
from tables.core.values import Item
from tables.dynamodb.client import call
from tables.dynamodb.descriptions import describe_table
from tables.dynamodb.writes import batch_write_once

Keys = Mapping[str, str]
STRING_ID = {"id": "S"}


def definition(
    name: str,
    keys: Keys = STRING_ID,
    indexes: Mapping[str, Keys] | None = None,
    copied: Mapping[str, list[str]] | None = None,
) -> dict:
    """The members of CreateTable. An index in `copied` holds its keys and these; others, all."""
    indexes, copied = indexes or {}, copied or {}
    types = {name: tag for each in (keys, *indexes.values()) for name, tag in each.items()}
    members = {
        "TableName": name,
        "KeySchema": _schema(keys),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": tag} for attribute, tag in types.items()
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes:
        members["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": _schema(index_keys),
                "Projection": _projection(copied.get(index)),
            }
            for index, index_keys in indexes.items()
        ]
    return members


def create_table(*what, **more) -> None:
    """Make the table of this `definition`, without reading its description."""
    call("CreateTable", **definition(*what, **more))


def described(name: str, *what, **more) -> TableDescription:
    """Make the table of this `definition`; its description."""
    create_table(name, *what, **more)
    return describe_table(name)


def store(table: str, item: Item | None = None, /, **attributes) -> None:
    """Put an item in wire form, given as dict() takes it."""
    call("PutItem", TableName=table, Item=dict(item or {}, **attributes))


def stored(table: str, key: Item | str | None = None, /, **attributes) -> Item | None:
    """The item in wire form, or None; its key as dict() takes it, or as the text of its `id`."""
    key = {"id": {"S": key}} if isinstance(key, str) else key or {}
    members = {"TableName": table, "Key": {**key, **attributes}}
    return call("GetItem", **members, ConsistentRead=True).get("Item")


def fill(table: str, items: Iterable[Item]) -> None:
    """Put items, 25 a call, until every one is there."""
    waiting = [("PutRequest", item) for item in items]
    while waiting:
        left, _units = batch_write_once(table, waiting[:25])
        waiting = waiting[25:] + left


def _schema(keys: Keys) -> list[dict[str, str]]:
    roles = zip(keys, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": name, "KeyType": role} for name, role in roles]


def _projection(copied: list[str] | None) -> dict:
    if copied is None:
        return {"ProjectionType": "ALL"}
    if not copied:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": copied}
