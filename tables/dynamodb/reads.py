"""Reads: GetItem, Query and Scan, page by page, always in wire form."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tables.core.admission import needed_fields
from tables.core.descriptions import TableDescription
from tables.core.errors import Throttled
from tables.core.expressions import Path, Placeholders, compile_projection
from tables.core.filters import matches
from tables.core.keys import start_key_attributes
from tables.core.plans import Plan, require_start_key
from tables.core.values import Item
from tables.dynamodb.client import call, consumed_units

# Most keys of one BatchGetItem (AWS: API_BatchGetItem).
MAX_BATCH_GET = 100
# Times that DynamoDB may leave the same keys unread before we say that it is busy.
_FRUITLESS_READS = 5
_FIRST_PAUSE_SECONDS = 0.05
# A call reads 1 MB at most: so few items of a full one have 10 KB each and more.
_FEW_ITEMS = 100
# Items that must have been read whole before the others may be read in part.
_SAMPLE_ITEMS = 5

# What to read of further items, from those that were read whole.
Narrowed = Callable[[Sequence[Item]], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """What GetItem gave: the item or None, and the capacity units it took."""

    item: Item | None
    capacity: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and where to go on. `last_evaluated_key` is None at the end.

    `stopped` says why a page read under a budget ended: at its limit of items, at the budget, or
    at the end of the data.
    """

    items: list[Item]
    last_evaluated_key: Item | None = None
    scanned_count: int = 0
    capacity: float = 0.0
    calls: int = 1
    stopped: Literal["limit", "budget", "end"] = "end"


@dataclass(frozen=True, slots=True)
class Across:
    """Items of several tables, each with the name of its table."""

    items: list[tuple[str, Item]]
    capacity: float
    calls: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one page may read before it answers with what it has."""

    items: int
    seconds: float


def get_item(
    table: str, key: Item, *, consistent: bool = False, fields: Iterable[Path] = ()
) -> Found:
    """One item by its key. Raises TablesError."""
    pool = Placeholders()
    projection = compile_projection(fields, pool)
    members = {"ProjectionExpression": projection, **pool.request()} if projection else {}
    answer = call(
        "GetItem",
        TableName=table,
        Key=key,
        ConsistentRead=consistent,
        ReturnConsumedCapacity="TOTAL",
        **members,
    )
    return Found(answer.get("Item"), consumed_units(answer))


def batch_get(
    table: str, keys: list[Item], *, fields: Iterable[Path] = (), consistent: bool = False
) -> tuple[list[Item], list[Item], float]:
    """Up to 100 items by key: those found, the keys DynamoDB left unprocessed, capacity units."""
    pool = Placeholders()
    projection = compile_projection(fields, pool)
    wanted: dict[str, Any] = {"Keys": keys, **pool.request()}
    wanted["ConsistentRead"] = consistent
    if projection:
        wanted["ProjectionExpression"] = projection
    answer = call("BatchGetItem", RequestItems={table: wanted}, ReturnConsumedCapacity="TOTAL")
    unprocessed = (answer.get("UnprocessedKeys") or {}).get(table, {}).get("Keys", [])
    return answer["Responses"].get(table, []), unprocessed, consumed_units(answer)


def get_items(
    description: TableDescription, keys: Sequence[Item], *, consistent: bool = False
) -> Page:
    """The items of these keys that are there, in no order, a hundred keys to a call.

    Keys that DynamoDB leaves unprocessed are asked for again; raises Throttled where it keeps
    leaving them.
    """
    found = get_across([(description.name, key) for key in keys], consistent=consistent)
    items = [item for _table, item in found.items]
    return Page(items, None, len(items), found.capacity, found.calls)


def get_across(keys: Sequence[tuple[str, Item]], *, consistent: bool = False) -> Across:
    """As `get_items`, of several tables: distinct keys, each with the name of its table."""
    items: list[tuple[str, Item]] = []
    capacity, calls = 0.0, 0
    for start in range(0, len(keys), MAX_BATCH_GET):
        left = list(keys[start : start + MAX_BATCH_GET])
        fruitless = 0
        while left:
            found, unread, units = _batch_get_once(left, consistent=consistent)
            items += found
            capacity += units
            calls += 1
            fruitless = fruitless + 1 if len(unread) == len(left) else 0
            if fruitless == _FRUITLESS_READS:
                raise Throttled("DynamoDB asks to slow down. Try again in a moment.", retry_after=5)
            if unread:
                time.sleep(_FIRST_PAUSE_SECONDS * 2**fruitless)
            left = unread
    return Across(items, capacity, calls)


def _batch_get_once(
    keys: Sequence[tuple[str, Item]], *, consistent: bool
) -> tuple[list[tuple[str, Item]], list[tuple[str, Item]], float]:
    """One BatchGetItem: items found and keys left unprocessed, with their tables, and the units."""
    wanted: dict[str, Any] = {}
    for table, key in keys:
        members = wanted.setdefault(table, {"Keys": [], "ConsistentRead": consistent})
        members["Keys"].append(key)
    answer = call("BatchGetItem", RequestItems=wanted, ReturnConsumedCapacity="TOTAL")
    found = [(table, item) for table, items in answer["Responses"].items() for item in items]
    unread = [
        (table, key)
        for table, members in (answer.get("UnprocessedKeys") or {}).items()
        for key in members["Keys"]
    ]
    return found, unread, consumed_units(answer)


def read_page(
    description: TableDescription,
    plan: Plan,
    *,
    limit: int | None = None,
    start_key: Item | None = None,
    fields: tuple[Path, ...] = (),
    consistent: bool = False,
    segment: tuple[int, int] | None = None,
) -> Page:
    """One call of the plan's operation. `limit` counts items read, before the filter.

    `segment` is (number, total) of a parallel scan. Raises TablesError, InvalidCursor for a start
    key outside of what the plan reads.
    """
    if start_key is not None:
        require_start_key(start_key, plan)
    fields = needed_fields(fields, description, plan.index)
    if plan.operation == "GetItem" and plan.key is not None:
        if start_key is not None:
            return Page([], calls=0)  # after the only key there is nothing
        found = get_item(description.name, plan.key, consistent=consistent, fields=fields)
        items = [found.item] if found.item else []
        return Page(items, None, len(items), found.capacity)
    answer = call(
        plan.operation,
        TableName=description.name,
        ReturnConsumedCapacity="TOTAL",
        **_expressions(plan, fields, description),
        **_optional(limit, start_key, consistent, segment),
    )
    items = answer["Items"]
    if plan.local:
        items = [item for item in items if matches(plan.local, item)]
    return Page(
        items,
        answer.get("LastEvaluatedKey"),
        answer.get("ScannedCount", len(items)),
        consumed_units(answer),
    )


def iterate(
    description: TableDescription,
    plan: Plan,
    *,
    fields: tuple[Path, ...] = (),
    start_key: Item | None = None,
    consistent: bool = False,
    segment: tuple[int, int] | None = None,
) -> Iterator[Page]:
    """Every page of the plan, one call each, as they are asked for; none is held on to."""
    while True:
        pages = [
            read_page(
                description,
                plan,
                start_key=start_key,
                fields=fields,
                consistent=consistent,
                segment=segment,
            )
        ]
        start_key = pages[0].last_evaluated_key
        yield pages.pop()
        if start_key is None:
            return


def read_until(
    description: TableDescription,
    plan: Plan,
    *,
    limit: int,
    budget: Budget,
    start_key: Item | None = None,
    fields: tuple[Path, ...] = (),
    consistent: bool = False,
    narrowed: Narrowed | None = None,
) -> Page:
    """Up to `limit` matching items, with as few calls as the data needs and the budget allows.

    Of large items, only the first are whole where `narrowed` says what is needed of the others.
    """
    deadline = time.monotonic() + budget.seconds
    items: list[Item] = []
    scanned, capacity, calls = 0, 0.0, 0
    while True:
        # Unfiltered, every item read is one of the page; filtered, a call takes what it can.
        left = max(budget.items - scanned, 1)
        ask = left if plan.is_filtered else min(limit - len(items), left)
        page = read_page(
            description,
            plan,
            limit=ask,
            start_key=start_key,
            fields=fields,
            consistent=consistent,
        )
        items += page.items
        scanned += page.scanned_count
        capacity += page.capacity
        calls += 1
        start_key = page.last_evaluated_key
        if len(items) > limit:
            items = items[:limit]
            start_key = start_key_after(items[-1], description, plan.index)
            return Page(items, start_key, scanned, capacity, calls, "limit")
        if start_key is None:
            return Page(items, None, scanned, capacity, calls, "end")
        if len(items) == limit:
            return Page(items, start_key, scanned, capacity, calls, "limit")
        if scanned >= budget.items or time.monotonic() >= deadline:
            return Page(items, start_key, scanned, capacity, calls, "budget")
        if narrowed and page.scanned_count <= _FEW_ITEMS and len(items) >= _SAMPLE_ITEMS:
            fields = fields or narrowed(items)


def start_key_after(item: Item, description: TableDescription, index: str | None) -> Item:
    """The start key that continues after an item."""
    return {name: item[name] for name in start_key_names(description, index)}


def start_key_names(description: TableDescription, index: str | None) -> tuple[str, ...]:
    """What a start key is made of: the keys of the table, then those of the index."""
    return tuple(attribute.name for attribute in start_key_attributes(description, index))


def _expressions(
    plan: Plan, fields: tuple[Path, ...], description: TableDescription
) -> dict[str, Any]:
    pool = Placeholders()
    members = plan.compile(pool)
    projection = compile_projection(fields, pool)
    index = description.index(plan.index) if plan.index else None
    if projection:
        members["ProjectionExpression"] = projection
    elif index is not None and not (index.is_global or index.projected is None):
        # DynamoDB then reads from the table what a local index lacks.
        members["Select"] = "ALL_ATTRIBUTES"
    return {**members, **pool.request()}


def _optional(
    limit: int | None,
    start_key: Item | None,
    consistent: bool,
    segment: tuple[int, int] | None,
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if limit is not None:
        members["Limit"] = limit
    if start_key is not None:
        members["ExclusiveStartKey"] = start_key
    if consistent:
        members["ConsistentRead"] = True
    if segment is not None:
        members["Segment"], members["TotalSegments"] = segment
    return members
