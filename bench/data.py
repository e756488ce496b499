"""The table that the stub engine pretends to hold: items of about 1 KB each."""

from __future__ import annotations

from typing import Any

from tables.core.deltas import deltas_between
from tables.core.history import Author, Entry, fingerprint, wire_entry
from tables.core.history_bodies import Body, digest_of, pack

TABLE = "bench-Things"
ALIAS = "Things"
# The same table under an alias that keeps the history of its items, in this table.
KEPT_ALIAS = "KeptThings"
HISTORY_TABLE = "bench-history"
ITEMS = 100_000
# DynamoDB ends a page at 1 MB.
PAGE_ITEMS = 1000


def item(number: int) -> dict[str, Any]:
    """The item of that number, in wire form."""
    return {
        "id": {"S": f"thing-{number:06}"},
        "name": {"S": f"Thing number {number}"},
        "status": {"S": ("new", "open", "done")[number % 3]},
        "total": {"N": str(number * 37 % 100_003)},
        "price": {"N": f"{number % 997}.{number % 89:02}"},
        "active": {"BOOL": number % 2 == 0},
        "created": {"S": "2026-01-31T09:30:00.000Z"},
        "tags": {"SS": [f"tag-{number % 7}", f"tag-{number % 11 + 7}"]},
        "address": {
            "M": {
                "street": {"S": f"{number % 200} Long Street"},
                "city": {"S": "Zürich"},
                "position": {"L": [{"N": "47.3769"}, {"N": "8.5417"}]},
            }
        },
        "history": {
            "L": [
                {"M": {"at": {"N": str(1_700_000_000 + step)}, "by": {"S": "ada"}}}
                for step in range(6)
            ]
        },
        "note": {"S": "A line of text that somebody wrote about this thing. " * 6},
    }


def last_entry(number: int) -> dict[str, Any]:
    """The last entry of an item's history, as a write of one attribute leaves it."""
    after = item(number)
    before = {**after, "total": {"N": "0"}}
    packed = pack(Body(deltas_between(before, after)))
    entry = Entry(
        f"{TABLE}#{number:032x}",
        7,
        1_767_225_600_000,
        Author("bench-person", "bench.person", "v1", "0" * 32),
        "change",
        TABLE,
        KEPT_ALIAS,
        {"id": after["id"]},
        fingerprint(before),
        fingerprint(after),
        digest_of(packed),
        packed,
    )
    return wire_entry(entry)


def description() -> dict[str, Any]:
    """The table as DescribeTable tells it."""
    return {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "ItemCount": 900,
        "TableSizeBytes": 1_000_000,
        "CreationDateTime": 1_767_225_600.0,
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
    }


def history_description() -> dict[str, Any]:
    """The history table as DescribeTable tells it: a start looks at its keys."""
    keys = {"item": "S", "n": "S", "line": "S", "person": "S", "at": "N"}
    return {
        **description(),
        "TableName": HISTORY_TABLE,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": tag} for name, tag in keys.items()
        ],
        "KeySchema": _key("item", "n"),
        "GlobalSecondaryIndexes": [
            {"IndexName": f"by-{name}", "KeySchema": _key(name, "at")}
            for name in ("line", "person")
        ],
    }


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
