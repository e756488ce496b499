"""Table descriptions, read from DescribeTable and kept for a while."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

from tables.core.descriptions import TableDescription, describe
from tables.core.errors import Refused, TablesError, Unavailable
from tables.dynamodb.client import call, called

# Keys never change; counts are renewed by AWS every six hours, indexes by people.
KEPT_SECONDS = 300

_kept: dict[str, tuple[float, TableDescription]] = {}
_lock = threading.Lock()


def describe_table(name: str) -> TableDescription:
    """The description of a real table, at most five minutes old. Raises TablesError."""
    kept = kept_description(name)
    if kept is not None:
        return kept
    answer = call("DescribeTable", TableName=name)
    description = describe(
        answer["Table"], read_at=datetime.now(UTC), ttl_attribute=_ttl_attribute(name)
    )
    with _lock:
        _kept[name] = (time.monotonic(), description)
    return description


def kept_description(name: str) -> TableDescription | None:
    """What is kept of a real table, without asking."""
    kept = _kept.get(name)
    return kept[1] if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS else None


def forget_descriptions() -> None:
    """Drop every kept description: the next request reads it anew."""
    with _lock:
        _kept.clear()


def _forget_missing(*, table: str | None, error: TablesError | None, **_: Any) -> None:
    """Receiver of `called`: what a table, or its index, was before it went is told no more."""
    has_no_table = isinstance(error, Refused) and error.is_missing_table
    has_no_index = isinstance(error, Unavailable) and error.is_missing_index
    if table and (has_no_table or has_no_index):
        with _lock:
            _kept.pop(table, None)


called.connect(_forget_missing)


def list_tables() -> list[str]:
    """The names of every real table of the account and region."""
    names: list[str] = []
    members: dict[str, Any] = {}
    while True:
        answer = call("ListTables", **members)
        names += answer["TableNames"]
        if "LastEvaluatedTableName" not in answer:
            return names
        members = {"ExclusiveStartTableName": answer["LastEvaluatedTableName"]}


def _ttl_attribute(name: str) -> str | None:
    try:
        answer = call("DescribeTimeToLive", TableName=name)
    except TablesError:
        # Nice to know, and not every role or engine may ask.
        return None
    member = answer.get("TimeToLiveDescription") or {}
    attribute: str | None = member.get("AttributeName")
    return attribute if member.get("TimeToLiveStatus") == "ENABLED" else None
