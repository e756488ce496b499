"""PutItem, DeleteItem and BatchWriteItem of API version 2011-12-05."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tables.access.callers import Caller
from tables.access.rights import can, require
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import require_showable, shown, units, written_answer
from tables.api.putitem.targets import (
    Members,
    Target,
    object_of,
    require_count,
    require_distinct,
    return_values_of,
    target,
)
from tables.core.admission import admit_new
from tables.core.errors import Forbidden, InvalidValue, PreconditionFailed
from tables.core.expressions import Placeholders
from tables.core.filters import compile_filter
from tables.core.keys import key_of
from tables.core.operations import Delete, Put
from tables.core.preconditions import absent
from tables.dynamodb import writes


def put_item(members: Members, caller: Caller) -> dict[str, Any]:
    """PutItem: a full replace, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "view", "add")
    item = protocol2011.read_item(members.get("Item"))
    admitted = admit_new(item, at.table, at.description, caller.identity, datetime.now(UTC))
    key = key_of(admitted, at.description)
    return_values = return_values_of(members, "NONE", "ALL_OLD")
    if return_values != "NONE":
        require_showable(at, key)
    pool = Placeholders()
    conditions = [_condition(members, pool)]
    may_overwrite = can(caller, "change", at.table)
    if not may_overwrite:
        conditions.append(absent(at.description, pool))
    operation = Put(at.table.table, admitted, _all_of(conditions), pool)
    try:
        written = writes.write(operation, return_values=return_values)
    except PreconditionFailed as error:
        if not may_overwrite and error.current is not None:
            raise Forbidden("The item exists, and you may not change items.") from error
        raise
    return written_answer(written, at)


def delete_item(members: Members, caller: Caller) -> dict[str, Any]:
    """DeleteItem, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "view", "delete")
    key = protocol2011.read_key(members.get("Key"), at.description)
    return_values = return_values_of(members, "NONE", "ALL_OLD")
    if return_values != "NONE":
        require_showable(at, key)
    pool = Placeholders()
    operation = Delete(at.table.table, key, _condition(members, pool), pool)
    return written_answer(writes.write(operation, return_values=return_values), at)


def batch_write_item(members: Members, caller: Caller) -> dict[str, Any]:
    """BatchWriteItem: up to 25 puts and deletes, each on its own."""
    requests = object_of(members.get("RequestItems"), "RequestItems")
    require_count(requests.values(), writes.MAX_BATCH_WRITE)
    plans = [_batch_entries(alias, entries, caller) for alias, entries in requests.items()]
    responses, unprocessed = {}, {}
    for at, entries in plans:
        left, capacity = writes.batch_write_once(at.table.table, entries)
        responses[at.table.alias] = {"ConsumedCapacityUnits": units(capacity)}
        if left:
            unprocessed[at.table.alias] = [_batch_entry_shown(entry, at) for entry in left]
    return {"Responses": responses, "UnprocessedItems": unprocessed}


def _batch_entries(
    alias: str, entries: list[Any], caller: Caller
) -> tuple[Target, list[writes.BatchEntry]]:
    at = target(alias, caller, "view")
    read = [_batch_entry(entry, at, caller) for entry in entries]
    keys = [key_of(item, at.description) if kind == "PutRequest" else item for kind, item in read]
    require_distinct(keys)
    return at, read


def _batch_entry(entry: Any, at: Target, caller: Caller) -> writes.BatchEntry:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise InvalidValue("A write request is one PutRequest or one DeleteRequest.")
    kind, request = next(iter(entry.items()))
    if kind == "PutRequest":
        # A batch can't be conditional, so a put here may always overwrite.
        require(caller, "add", at.table)
        require(caller, "change", at.table)
        item = protocol2011.read_item(object_of(request, kind).get("Item"))
        now = datetime.now(UTC)
        return kind, admit_new(item, at.table, at.description, caller.identity, now)
    if kind == "DeleteRequest":
        require(caller, "delete", at.table)
        return kind, protocol2011.read_key(object_of(request, kind).get("Key"), at.description)
    raise InvalidValue("A write request is one PutRequest or one DeleteRequest.")


def _batch_entry_shown(entry: writes.BatchEntry, at: Target) -> dict[str, Any]:
    kind, item = entry
    if kind == "PutRequest":
        return {kind: {"Item": shown(item, at)}}
    return {kind: {"Key": protocol2011.write_key(item, at.description)}}


def _condition(members: Members, pool: Placeholders) -> str:
    return compile_filter(protocol2011.read_expected(members.get("Expected")), pool)


def _all_of(conditions: Iterable[str]) -> str:
    return " AND ".join(condition for condition in conditions if condition)
