"""GetItem, BatchGetItem, Query, Scan, ListTables and DescribeTable of API version 2011-12-05."""

from __future__ import annotations

from typing import Any

from tables.access.callers import Caller
from tables.access.rights import can
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import shown, units
from tables.api.putitem.targets import (
    Members,
    flag_of,
    limit_of,
    object_of,
    paths_of,
    require_count,
    require_distinct,
    target,
)
from tables.configuration import registry
from tables.core.errors import InvalidValue
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.plans import Plan, partition_plan, scan_plan
from tables.core.values import Item
from tables.dynamodb import reads
from tables.items.reads import judged_fields
from tables.items.target import Target

MAX_LISTED_TABLES = 100


def get_item(members: Members, caller: Caller) -> dict[str, Any]:
    """GetItem."""
    at = target(members.get("TableName"), caller, "view")
    names = protocol2011.read_names(members.get("AttributesToGet"))
    found = reads.get_item(
        at.table.table,
        protocol2011.read_key(members.get("Key"), at.description),
        consistent=flag_of(members, "ConsistentRead"),
        fields=judged_fields(names, at),
    )
    answer = {"ConsumedCapacityUnits": units(found.capacity)}
    item = at.sight.kept(found.item)
    if item is None:
        return answer
    return {"Item": _only(shown(at.sight.see(item), at, names), names), **answer}


def batch_get_item(members: Members, caller: Caller) -> dict[str, Any]:
    """BatchGetItem: up to 100 items by key."""
    requests = object_of(members.get("RequestItems"), "RequestItems")
    require_count(
        (object_of(r, "RequestItems").get("Keys") for r in requests.values()), reads.MAX_BATCH_GET
    )
    plans = [_batch_get(alias, request, caller) for alias, request in requests.items()]
    responses, unprocessed = {}, {}
    for at, keys, names in plans:
        found, left, capacity = reads.batch_get(
            at.table.table, keys, fields=judged_fields(names, at)
        )
        items = [
            _only(shown(at.sight.see(item), at, names), names)
            for item in filter(at.sight.holds, found)
        ]
        responses[at.table.alias] = {"Items": items, "ConsumedCapacityUnits": units(capacity)}
        if left:
            again = [protocol2011.write_key(key, at.description) for key in left]
            unprocessed[at.table.alias] = {
                "Keys": again,
                **({"AttributesToGet": list(names)} if names else {}),
            }
    return {"Responses": responses, "UnprocessedKeys": unprocessed}


def _batch_get(
    alias: str, request: dict[str, Any], caller: Caller
) -> tuple[Target, list[Item], tuple[str, ...]]:
    at = target(alias, caller, "view")
    keys = [protocol2011.read_key(key, at.description) for key in request["Keys"]]
    require_distinct(keys)
    return at, keys, protocol2011.read_names(request.get("AttributesToGet"))


def query(members: Members, caller: Caller) -> dict[str, Any]:
    """Query: one partition, a condition on the sort key."""
    at = target(members.get("TableName"), caller, "view")
    partition_key, sort_key = at.description.partition_key, at.description.sort_key
    value = protocol2011.read_hash_key(members.get("HashKeyValue"), at.description)
    terms = [make_term((partition_key.name,), BY_SUFFIX["eq"], [value])]
    if members.get("RangeKeyCondition") is not None:
        if sort_key is None:
            raise InvalidValue("RangeKeyCondition: this table has no range key.")
        rule = members["RangeKeyCondition"]
        terms.append(protocol2011.read_range_condition(rule, sort_key, at.description))
    descending = not flag_of(members, "ScanIndexForward", default=True)
    plan = partition_plan(at.sight.ask(Group(tuple(terms))), at.description, descending=descending)
    return _page(members, at, plan, scanned=False)


def scan(members: Members, caller: Caller) -> dict[str, Any]:
    """Scan: the whole table, page by page, under a ScanFilter."""
    at = target(members.get("TableName"), caller, "view")
    plan = scan_plan(at.sight.ask(protocol2011.read_scan_filter(members.get("ScanFilter"))))
    return _page(members, at, plan, scanned=True)


def _page(members: Members, at: Target, plan: Plan, *, scanned: bool) -> dict[str, Any]:
    names = protocol2011.read_names(members.get("AttributesToGet"))
    start = members.get("ExclusiveStartKey")
    counts_only = flag_of(members, "Count")
    if counts_only and names:
        raise InvalidValue("AttributesToGet can't be given when Count is true.")
    page = reads.read_page(
        at.description,
        plan,
        limit=limit_of(members),
        start_key=None if start is None else protocol2011.read_key(start, at.description),
        fields=paths_of(names),
        consistent=flag_of(members, "ConsistentRead"),
    )
    answer: dict[str, Any] = {"Count": len(page.items)}
    if not counts_only:
        answer["Items"] = [
            _only(shown(at.sight.see(item), at, names), names) for item in page.items
        ]
    if scanned:
        answer["ScannedCount"] = page.scanned_count
    if page.last_evaluated_key is not None:
        answer["LastEvaluatedKey"] = protocol2011.write_key(page.last_evaluated_key, at.description)
    return {**answer, "ConsumedCapacityUnits": units(page.capacity)}


def list_tables(members: Members, caller: Caller) -> dict[str, Any]:
    """ListTables: the aliases that the caller may view."""
    tables = registry().tables
    names = sorted(alias for alias, table in tables.items() if can(caller, "view", table))
    start = members.get("ExclusiveStartTableName")
    if start is not None:
        if not isinstance(start, str):
            raise InvalidValue("ExclusiveStartTableName must be a string.")
        names = [name for name in names if name > start]
    limit = min(limit_of(members) or MAX_LISTED_TABLES, MAX_LISTED_TABLES)
    answer: dict[str, Any] = {"TableNames": names[:limit]}
    return {**answer, "LastEvaluatedTableName": names[limit - 1]} if names[limit:] else answer


def describe_table(members: Members, caller: Caller) -> dict[str, Any]:
    """DescribeTable: keys and counts, under the alias."""
    at = target(members.get("TableName"), caller, "view")
    known = at.table.facts(at.description)
    schema = {
        element: {"AttributeName": attribute.name, "AttributeType": attribute.type}
        for element, attribute in zip(protocol2011.KEY_ELEMENTS, known.key_attributes, strict=False)
    }
    table = {
        "CreationDateTime": known.created_at.timestamp() if known.created_at else 0,
        "ItemCount": known.item_count or 0,
        "KeySchema": schema,
        # Tables billed per request have no provisioned throughput; AWS then says 0.
        "ProvisionedThroughput": {
            "ReadCapacityUnits": known.read_units,
            "WriteCapacityUnits": known.write_units,
        },
        "TableName": at.table.alias,
        "TableSizeBytes": known.size_bytes or 0,
        "TableStatus": known.status,
    }
    return {"Table": table}


def _only(item: Item, names: tuple[str, ...]) -> Item:
    """Without what was read for the sake of the cursor, or of the caller's sight."""
    return {name: item[name] for name in names if name in item} if names else item
