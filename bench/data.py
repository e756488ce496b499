"""The table that the stub engine pretends to hold: items of about 1 KB each."""

from __future__ import annotations

from typing import Any

TABLE = "bench-Things"
ALIAS = "Things"
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
