"""Pages of items as answers: what was found, how it was read, and where it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.request import Request

from tables.access.limits.rates import concurrent_scan, spend
from tables.api.v1.responses.items import Representation
from tables.api.v1.responses.links import item_link
from tables.core.queries import CollectionQuery
from tables.core.sight import Sight
from tables.core.values import Item, content_of, dumps
from tables.items.lists import CollectionPage, plan_query, read_collection
from tables.items.target import Target
from tables.items.told import told_all
from tables.speed import with_room


def read_page(request: Request, target: Target, query: CollectionQuery) -> CollectionPage:
    """The page that a query asks for. Raises TablesError, and DRF's Throttled for too many scans.

    A scan is counted as one, and takes one of the caller's slots: queries are cheap.
    """
    planned, limit = plan_query(query, target), target.table.list_per_page
    if planned.plan.operation != "Scan":
        return read_collection(planned, limit=limit)
    spend(request, "scan")
    with concurrent_scan(target.caller):
        return read_collection(planned, limit=limit)


@with_room
def page_document(
    found: CollectionPage, sight: Sight, representation: Representation, following: str | None
) -> dict[str, Any]:
    """The members of a page; `following` is the URL of the next one."""
    page = found.page
    items = map(sight.see, _shown(page.items, representation))
    return {
        "items": [representation.spell(item) for item in items],
        "count": len(page.items),
        "scanned_count": page.scanned_count,
        "consumed_capacity": page.capacity,
        "plan": _plan(found),
        "next": following,
    }


def one_document(lines: Iterator[bytes], rest: Mapping[str, Any]) -> Iterator[bytes]:
    """A document of items that stand in blocks of JSON lines, then of its other members."""
    yield b'{"items":['
    is_first = True
    for block in lines:
        items = b",".join(block.splitlines())
        yield items if is_first else b"," + items
        is_first = False
    yield b"]," + dumps(rest)[1:]


def links_to_items(
    request: Request, target: Target, found: CollectionPage
) -> list[tuple[str, str]]:
    """The key of each item in words, and its URL."""
    table, description = target.table, target.description
    keys = [{name: item[name] for name in description.key_names} for item in found.page.items]
    return [
        (
            " / ".join(str(content_of(value)) for value in key.values()),
            item_link(request, table, description, key),
        )
        for key in keys
    ]


def _plan(found: CollectionPage) -> dict[str, Any]:
    """What was read; where it applies, that key patterns led there, as which types values were
    compared that have no declared one, and which attributes an index holds that has but a part of
    each item.
    """
    types = found.plan.guessed_types
    return {
        "operation": found.plan.operation,
        "index": found.plan.index,
        **({"by_pattern": True} if found.plan.by_pattern else {}),
        **({"types": types} if types else {}),
        **({"holds": list(found.holds)} if found.holds is not None else {}),
    }


def _shown(items: list[Item], representation: Representation) -> list[Item]:
    """The items without the keys that were read for the cursor only, and with what is asked for of
    what these alone say.
    """
    names = {path[0] for path in representation.fields}
    if not names:
        return items
    whole = {path[0] for path in representation.fields if len(path) == 1}
    return [
        {name: full[name] for name in full if name in (names if name in item else whole)}
        for item, full in zip(items, told_all(items, representation.table), strict=True)
    ]
