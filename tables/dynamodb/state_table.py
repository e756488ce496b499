"""The state table: what is remembered about requests, each record until its time has passed."""

from __future__ import annotations

import time
from typing import Any

from tables.core.errors import Conflict, TablesError, Unavailable
from tables.dynamodb.client import call
from tables.dynamodb.descriptions import list_tables

PARTITION_KEY = "id"
# Records carry the second (Unix time) after which DynamoDB may remove them.
TTL_ATTRIBUTE = "expires"
_READY_SECONDS = 120


def create_state_table(name: str) -> bool:
    """Create the table, billed on demand; whether it was absent.

    Raises Conflict when a table of that name has another key, TablesError when AWS refuses.
    """
    was_absent = _create(name)
    _wait_until_active(name)
    return was_absent


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


def _create(name: str) -> bool:
    if _described(name) is not None:
        return False
    try:
        call(
            "CreateTable",
            TableName=name,
            KeySchema=[{"AttributeName": PARTITION_KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": PARTITION_KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    except TablesError as error:
        if error.aws_code != "ResourceInUseException":
            raise
        return False  # another process was faster
    return True


def _wait_until_active(name: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        table = _described(name) or {}
        if table and not _has_our_key(table):
            raise Conflict(
                f"The table {name!r} exists with another key. Name another one in STATE_TABLE."
            )
        if table.get("TableStatus") == "ACTIVE":
            return
        if time.monotonic() > deadline:
            raise Unavailable(f"The table {name!r} is still not active; try again later.")
        time.sleep(0.5)


def _described(name: str) -> dict[str, Any] | None:
    # Asking for a table that is absent would be an error in the log.
    if name not in list_tables():
        return None
    table: dict[str, Any] = call("DescribeTable", TableName=name)["Table"]
    return table


def _has_our_key(table: dict[str, Any]) -> bool:
    keys = [(entry["AttributeName"], entry["KeyType"]) for entry in table["KeySchema"]]
    types = {
        entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]
    }
    return keys == [(PARTITION_KEY, "HASH")] and types[PARTITION_KEY] == "S"
