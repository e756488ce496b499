"""Which items a job is about: those of some keys, or all that a filter lets through."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from tables.core.adminapi_scan import parse_scan
from tables.core.errors import ItemNotFound
from tables.core.filters import Group
from tables.core.key_patterns import NO_PATTERNS
from tables.core.keys import decode_token, encode_token
from tables.core.operand_types import filter_types
from tables.core.plans import Plan, choose_plan, scan_plan
from tables.core.queries import parse_query
from tables.core.sizes import size_at_most
from tables.core.strict_json import parse
from tables.core.values import Item, dumps, member_error
from tables.dynamodb.reads import get_items, read_page
from tables.items.target import Target
from tables.jobs.kind import Begun, Candidate, Chunk, Cursor, Spec, Work, at_member

# As many keys as a page can show: more at once takes the right `bulk`.
MOST_KEYS = 1000
# Where little matches, a chunk ends after so much.
_MOST_SCANNED = 5_000
_MOST_SECONDS = 3.0
_MOST_BYTES = 1_000_000
# A smaller table is read in one go.
_PARTED_FROM_BYTES = 10_000_000
_WAYS = ("keys", "filter", "query")


def read_which(given: Mapping[str, Any], target: Target) -> Spec:
    """What of an order says which items, as it is kept. Raises InvalidRequest."""
    ways = [way for way in _WAYS if given.get(way) is not None]
    if len(ways) != 1:
        raise member_error(
            "",
            'An order says which items by one of "keys", "filter" and "query"; an empty filter '
            "means all.",
        )
    with at_member(f"/{ways[0]}"):
        spec: Spec = {ways[0]: _KEPT[ways[0]](given[ways[0]], target)}
        if "keys" in spec:
            spec["count"] = len(spec["keys"])
        else:
            plan_of(spec, target)
    return spec


def is_bulk(spec: Spec) -> bool:
    """Whether it is about more items than one page may show."""
    return "keys" not in spec


def reads_everything(spec: Spec, target: Target) -> bool:
    """Whether finding them takes reading the whole table."""
    return _WAYS[0] not in spec and (
        spec.keys().isdisjoint(_WAYS) or plan_of(spec, target).operation == "Scan"
    )


def cut(work: Work) -> Sequence[Cursor]:
    """Where each part begins: a large table is read in segments."""
    plan = plan_of(work.spec, work.target) if "keys" not in work.spec else None
    is_large = (work.target.description.size_bytes or 0) >= _PARTED_FROM_BYTES
    is_scan = plan is not None and plan.operation == "Scan"
    return [None] * (settings.JOB_PARTS if is_scan and is_large else 1)


def read(work: Work, cursor: Cursor) -> Chunk:
    """The next chunk of these items, read consistently. Raises TablesError."""
    if "keys" in work.spec:
        return _read_keys(work, cursor or 0)
    plan = plan_of(work.spec, work.target)
    found = _Reading(plan, work, cursor)
    while not found.is_enough():
        found.read_on()
    names = work.target.description.key_names
    candidates = [Candidate({name: item[name] for name in names}, item) for item in found.items]
    return Chunk(candidates, found.cursor, found.scanned)


def again(work: Work, _cursor: Cursor, begun: Sequence[Begun]) -> Sequence[Candidate]:
    """These items as they are now."""
    keys = [each.key for each in begun]
    return [
        Candidate(key, item) for key, item in zip(keys, read_now(work.target, keys), strict=True)
    ]


def read_now(target: Target, keys: Sequence[Item]) -> list[Item | None]:
    """The items of these keys, read consistently; None where the caller has none."""
    return read_all(target, keys).items


@dataclass(frozen=True, slots=True)
class Read:
    """Items by key, None where the caller has none.

    `hidden` are the tokens of keys that items have which the caller doesn't see: nothing can be
    made there.
    """

    items: list[Item | None]
    hidden: frozenset[str]


def read_all(target: Target, keys: Sequence[Item]) -> Read:
    """The items of these keys, read consistently. Raises TablesError."""
    description = target.description
    page = get_items(description, _distinct(keys, target), consistent=True)
    there = {encode_token(item, description): item for item in page.items}
    seen = {token: item for token, item in there.items() if target.sight.holds(item)}
    items = [seen.get(encode_token(key, description)) for key in keys]
    return Read(items, frozenset(there.keys() - seen.keys()))


def _distinct(keys: Sequence[Item], target: Target) -> list[Item]:
    return [*{encode_token(key, target.description): key for key in keys}.values()]


def _read_keys(work: Work, start: int) -> Chunk:
    tokens = work.spec["keys"][start : start + work.most]
    keys = [decode_token(token, work.target.description) for token in tokens]
    items = read_now(work.target, keys)
    candidates = [Candidate(key, item) for key, item in zip(keys, items, strict=True)]
    end = start + len(tokens)
    following = end if end < len(work.spec["keys"]) else None
    return Chunk(candidates, following, len(tokens))


@dataclass(slots=True)
class _Reading:
    """A chunk that is being read: page after page, until it is enough."""

    plan: Plan
    work: Work
    cursor: Cursor
    items: list[Item]
    scanned: int = 0
    size: int = 0
    until: float = 0.0

    def __init__(self, plan: Plan, work: Work, cursor: Cursor) -> None:
        self.plan, self.work, self.cursor = plan, work, cursor
        self.items, self.scanned, self.size = [], 0, 0
        self.until = time.monotonic() + _MOST_SECONDS
        self.read_on()

    def is_enough(self) -> bool:
        return (
            self.cursor is None
            or len(self.items) > self.work.most // 2
            or self.scanned >= _MOST_SCANNED
            or self.size >= _MOST_BYTES
            or time.monotonic() > self.until
        )

    def read_on(self) -> None:
        is_scan = self.plan.operation == "Scan"
        page = read_page(
            self.work.target.description,
            self.plan,
            limit=self.work.most,
            start_key=self.cursor,
            consistent=True,
            segment=(self.work.number, self.work.total)
            if is_scan and self.work.total > 1
            else None,
        )
        self.items += page.items
        self.cursor = page.last_evaluated_key
        self.scanned += page.scanned_count
        self.size += sum(map(size_at_most, page.items))


def plan_of(spec: Spec, target: Target) -> Plan:
    """How they are read: by the table alone, because an index lags behind it."""
    wanted, is_by_patterns = _filter(spec, target)
    asked = target.sight.ask(wanted)
    patterns = target.sight.patterns if is_by_patterns else NO_PATTERNS
    plan = choose_plan(asked, target.description, patterns=patterns)
    return plan if plan.index is None else scan_plan(asked)


def _filter(spec: Spec, target: Target) -> tuple[Group, bool]:
    """The filter, and whether keys may be told by their patterns: as in the list of that query."""
    if "filter" in spec:
        return parse_scan(parse(spec["filter"])), True
    table = target.table
    query = parse_query(
        parse_qsl(spec["query"], keep_blank_values=True),
        types=filter_types(table, target.description),
        search_fields=table.search_fields,
        search_lowercase=table.search_lowercase,
    )
    return query.filter, not query.scan_only


def _keys(given: Any, target: Target) -> list[str]:
    if not isinstance(given, list) or not given or len(given) > MOST_KEYS:
        raise member_error("/keys", '"keys" is a list of 1 to {most} keys.', most=MOST_KEYS)
    return list(dict.fromkeys(_token(k, place, target) for place, k in enumerate(given)))


def _token(given: Any, place: int, target: Target) -> str:
    if not isinstance(given, str):
        raise member_error(f"/keys/{place}", "A key is a text: its item's token, as URLs spell it.")
    try:
        return encode_token(decode_token(given, target.description), target.description)
    except ItemNotFound as error:
        name = repr(given[:100])
        raise member_error(f"/keys/{place}", "{name} is no item's key here.", name=name) from error


def _scan(given: Any, _target: Target) -> str:
    given = parse(given) if isinstance(given, str) else given  # as it is kept
    if not isinstance(given, Mapping):
        raise member_error(
            "/filter", '"filter" is an object of the scan language; {} means everything.'
        )
    return dumps(dict(given)).decode()


def _query(given: Any, _target: Target) -> str:
    if not isinstance(given, str):
        raise member_error("/query", '"query" is the query string of a list.')
    return given


_KEPT = {"keys": _keys, "filter": _scan, "query": _query}
