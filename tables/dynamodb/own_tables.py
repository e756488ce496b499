"""Tables of this site's own: created when absent, looked at before they are used."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tables.core.descriptions import TableDescription, describe
from tables.core.errors import Conflict, TablesError, Unavailable
from tables.dynamodb.client import call
from tables.dynamodb.descriptions import list_tables

# Records carry the second (Unix time) after which DynamoDB may remove them.
TTL_ATTRIBUTE = "expires"
_READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table of ours looks like: its key, and its indexes by name, with what they hold.

    Keys are names of attributes with their types, partition key first.
    """

    setting: str
    key: Mapping[str, str]
    indexes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    indexed: tuple[str, ...] = ()


def create_table(name: str, shape: Shape) -> bool:
    """Create the table, billed on demand; whether it was absent.

    Raises Conflict when a table of that name has another key or lacks an index, TablesError when
    AWS refuses.
    """
    was_absent = _create(name, shape)
    _wait_until_active(name, shape)
    return was_absent


def description_of(shape: Shape) -> TableDescription:
    """The key and the indexes of such a table, whatever its name is."""
    return describe({"TableName": "", **_members(shape)})


def fits(name: str, shape: Shape) -> bool:
    """Whether the table is there, with this key and these indexes. Raises TablesError."""
    table = _described(name)
    return table is not None and _has_shape(table, shape)


def enable_expiry(name: str) -> None:
    """Let DynamoDB remove expired records. Raises TablesError; some engines have no such thing."""
    answer = call("DescribeTimeToLive", TableName=name)
    status = answer.get("TimeToLiveDescription", {}).get("TimeToLiveStatus")
    if status in ("ENABLED", "ENABLING"):
        return
    call(
        "UpdateTimeToLive",
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE},
    )


def _create(name: str, shape: Shape) -> bool:
    if _described(name) is not None:
        return False
    try:
        call("CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST", **_members(shape))
    except TablesError as error:
        if error.aws_code != "ResourceInUseException":
            raise
        return False  # another process was faster
    return True


def _members(shape: Shape) -> dict[str, Any]:
    types = {**shape.key}
    for key in shape.indexes.values():
        types |= key
    members: dict[str, Any] = {
        "KeySchema": _key_schema(shape.key),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": tag} for attribute, tag in types.items()
        ],
    }
    if shape.indexes:
        members["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": _key_schema(key),
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": list(shape.indexed),
                },
            }
            for index, key in shape.indexes.items()
        ]
    return members


def _key_schema(key: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"AttributeName": attribute, "KeyType": kind}
        for attribute, kind in zip(key, ("HASH", "RANGE"), strict=False)
    ]


def _wait_until_active(name: str, shape: Shape) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        table = _described(name) or {}
        if table and not _has_shape(table, shape):
            raise Conflict(
                "The table {name} exists with another key. Name another one in {setting}.",
                name=repr(name),
                setting=shape.setting,
            )
        if table.get("TableStatus") == "ACTIVE":
            return
        if time.monotonic() > deadline:
            raise Unavailable(
                "The table {name} is still not active; try again later.", name=repr(name)
            )
        time.sleep(0.5)


def _described(name: str) -> dict[str, Any] | None:
    # Asking for a table that is absent would be an error in the log.
    if name not in list_tables():
        return None
    table: dict[str, Any] = call("DescribeTable", TableName=name)["Table"]
    return table


def _has_shape(table: dict[str, Any], shape: Shape) -> bool:
    types = {
        entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]
    }
    indexes = {
        index["IndexName"]: _key_of(index["KeySchema"], types)
        for index in table.get("GlobalSecondaryIndexes") or []
    }
    wanted = {name: list(key.items()) for name, key in shape.indexes.items()}
    is_keyed = _key_of(table["KeySchema"], types) == list(shape.key.items())
    return is_keyed and wanted.items() <= indexes.items()


def _key_of(key_schema: list[dict[str, str]], types: Mapping[str, str]) -> list[tuple[str, str]]:
    ordered = sorted(key_schema, key=lambda entry: entry["KeyType"])
    return [(entry["AttributeName"], types[entry["AttributeName"]]) for entry in ordered]
