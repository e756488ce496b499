"""PutItem, DeleteItem and BatchWriteItem of API version 2011-12-05."""

from __future__ import annotations

from typing import Any

from tables.access.callers import Caller
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import require_showable, shown, units, written_answer
from tables.api.putitem.targets import (
    Members,
    object_of,
    require_count,
    require_distinct,
    return_values_of,
    target,
)
from tables.core.errors import InvalidValue
from tables.core.keys import key_of
from tables.core.operations import MAX_BATCH_WRITE, BatchEntry
from tables.items.batches import delete_entry, put_entry, send_batch
from tables.items.conditions import Expected
from tables.items.deletes import delete
from tables.items.puts import put
from tables.items.target import Target
from tables.items.writes import send


def put_item(members: Members, caller: Caller) -> dict[str, Any]:
    """PutItem: a full replace, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "add")
    item = protocol2011.read_item(members.get("Item"))
    return_values = return_values_of(members, "NONE", "ALL_OLD")
    expected = _expected(members)
    write = put(at, item, condition=expected, return_values=return_values)
    if return_values != "NONE":
        require_showable(at, write.key)
    return written_answer(send(write), at)


def delete_item(members: Members, caller: Caller) -> dict[str, Any]:
    """DeleteItem, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "delete")
    key = protocol2011.read_key(members.get("Key"), at.description)
    return_values = return_values_of(members, "NONE", "ALL_OLD")
    if return_values != "NONE":
        require_showable(at, key)
    write = delete(at, key, condition=_expected(members), return_values=return_values)
    return written_answer(send(write), at)


def batch_write_item(members: Members, caller: Caller) -> dict[str, Any]:
    """BatchWriteItem: up to 25 puts and deletes, each on its own."""
    requests = object_of(members.get("RequestItems"), "RequestItems")
    require_count(requests.values(), MAX_BATCH_WRITE)
    plans = [_batch_entries(alias, entries, caller) for alias, entries in requests.items()]
    responses, unprocessed = {}, {}
    for at, entries in plans:
        left, capacity = send_batch(at, entries)
        responses[at.table.alias] = {"ConsumedCapacityUnits": units(capacity)}
        if left:
            unprocessed[at.table.alias] = [_batch_entry_shown(entry, at) for entry in left]
    return {"Responses": responses, "UnprocessedItems": unprocessed}


def _batch_entries(
    alias: str, entries: list[Any], caller: Caller
) -> tuple[Target, list[BatchEntry]]:
    at = target(alias, caller)
    read = [_batch_entry(entry, at) for entry in entries]
    keys = [key_of(item, at.description) if kind == "PutRequest" else item for kind, item in read]
    require_distinct(keys)
    return at, read


def _batch_entry(entry: Any, at: Target) -> BatchEntry:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise InvalidValue("A write request is one PutRequest or one DeleteRequest.")
    kind, request = next(iter(entry.items()))
    if kind == "PutRequest":
        return put_entry(at, protocol2011.read_item(object_of(request, kind).get("Item")))
    if kind == "DeleteRequest":
        key = protocol2011.read_key(object_of(request, kind).get("Key"), at.description)
        return delete_entry(at, key)
    raise InvalidValue("A write request is one PutRequest or one DeleteRequest.")


def _batch_entry_shown(entry: BatchEntry, at: Target) -> dict[str, Any]:
    kind, item = entry
    if kind == "PutRequest":
        return {kind: {"Item": shown(at.sight.see(item), at)}}
    return {kind: {"Key": protocol2011.write_key(item, at.description)}}


def _expected(members: Members) -> Expected:
    return Expected(protocol2011.read_expected(members.get("Expected")))
