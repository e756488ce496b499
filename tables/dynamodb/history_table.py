"""The history table: entries by item and number, their chunks, and two indexes in time's order."""

from __future__ import annotations

import base64
import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from tables.core.expressions import Placeholders
from tables.core.history import SHARDS, Entry, line, number, person, read_entry
from tables.core.history_bodies import Body, BrokenBody, digest_of, unpack
from tables.core.operations import Put
from tables.core.values import Item
from tables.dynamodb.client import call
from tables.dynamodb.own_tables import Shape, create_table, description_of, fits
from tables.dynamodb.reads import MAX_BATCH_GET, batch_get, get_item

Index = Literal["by-line", "by-person"]

# What a list of changes shows; bodies stay in the table, or each index would hold them again.
_INDEXED = (
    "action",
    "after",
    "alias",
    "announced",
    "before",
    "by",
    "door",
    "expires",
    "group",
    "key",
    "name",
    "of",
    "outcome",
    "request",
    "table",
)
SHAPE = Shape(
    "HISTORY_TABLE",
    {"item": "S", "n": "S"},
    {"by-line": {"line": "S", "at": "N"}, "by-person": {"person": "S", "at": "N"}},
    _INDEXED,
)
# What a write of an entry takes follows from it.
DESCRIPTION = description_of(SHAPE)
_PARTITIONS = {"by-line": ("line", line), "by-person": ("person", person)}
# Entries of one page of an index (the largest is far below the 1 MB of a page).
_PAGE = 50


@dataclass(frozen=True, slots=True, order=True)
class Bookmark:
    """Where a list of changes goes on: after this entry, newest first.

    `digest` is that of the item's key: names of real tables are nobody's business.
    """

    at: int
    digest: str
    n: int


def bookmark_of(entry: Entry) -> Bookmark:
    """Where an entry stands among the changes of its table or its author."""
    return Bookmark(entry.at, entry.item.rpartition("#")[2], entry.n)


def create_history_table(name: str) -> bool:
    """Create the table with its indexes; whether it was absent. Raises as `create_table` does."""
    return create_table(name, SHAPE)


def history_table_fits(name: str) -> bool:
    """Whether the table is there as entries need it. Raises TablesError."""
    return fits(name, SHAPE)


def last_entry(item: str) -> Entry | None:
    """The newest entry of an item, read consistently: one read unit, as long as it is small."""
    found = _query(item, limit=1, consistent=True)
    return read_entry(found["Items"][0]) if found["Items"] else None


def entries_of(
    item: str, *, below: int | None = None, limit: int = _PAGE, consistent: bool = False
) -> list[Entry]:
    """At most `limit` entries, newest first, with numbers below the one given."""
    found: list[Entry] = []
    start: Item | None = None
    while len(found) < limit:
        answer = _query(
            item, below=below, limit=limit - len(found), start=start, consistent=consistent
        )
        found += map(read_entry, answer["Items"])
        start = answer.get("LastEvaluatedKey")
        if start is None:
            break
    return found


def all_entries_of(item: str) -> list[Entry]:
    """Every entry of an item, oldest first, read consistently."""
    found: list[Entry] = []
    below: int | None = None
    while page := entries_of(item, below=below, consistent=True):
        found += page
        below = page[-1].n
    return found[::-1]


def item_names(table: str = "") -> Iterator[str]:
    """The names of all items that have entries, or of one real table's, each once."""
    seen: set[str] = set()
    start: dict[str, Any] = {}
    pool = Placeholders()
    members = {"ProjectionExpression": pool.name("item"), **pool.request()}
    while True:
        answer = call("Scan", TableName=settings.HISTORY_TABLE, **members, **start)
        for name in (stored["item"]["S"] for stored in answer["Items"]):
            if _is_item(name, table) and name not in seen:
                seen.add(name)
                yield name
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _is_item(name: str, table: str) -> bool:
    """Whether a partition holds an item's entries: chunks and groups have partitions too."""
    owner, _, digest = name.partition("#")
    return "#" not in digest and owner != "group" and table in ("", owner)


def entry_of(item: str, n: int) -> Entry | None:
    """One entry, read consistently."""
    key = {"item": {"S": item}, "n": {"S": number(n)}}
    stored = get_item(settings.HISTORY_TABLE, key, consistent=True).item
    return read_entry(stored) if stored else None


def whole_entries(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries, which an index told, with the bodies that stand in them.

    One that can't be read at the moment stays as it is.
    """
    found = {(each.item, each.n): each for each in _got([each.stored_key for each in entries])}
    return [found.get((entry.item, entry.n), entry) for entry in entries]


def these_entries(places: Sequence[tuple[str, int]]) -> list[Entry]:
    """The entries of these items and numbers that are there and can be read at the moment."""
    return [*_got([{"item": {"S": item}, "n": {"S": number(n)}} for item, n in places])]


def _got(keys: list[Item]) -> Iterator[Entry]:
    for start in range(0, len(keys), MAX_BATCH_GET):
        stored, _left, _units = batch_get(
            settings.HISTORY_TABLE, keys[start : start + MAX_BATCH_GET]
        )
        yield from map(read_entry, stored)


def body_of(entry: Entry) -> Body:
    """What an entry tells. Raises BrokenBody where it is not what the entry's digest says."""
    packed = entry.body if entry.body is not None else _read_chunks(entry)
    if digest_of(packed) != entry.digest:
        raise BrokenBody
    return unpack(packed)


def chunk_keys(entry: Entry) -> list[Item]:
    """The keys of an entry's chunks: in a partition of their own, which no list reads."""
    name = f"{entry.item}#{number(entry.n)}"
    return [{"item": {"S": name}, "n": {"S": number(part)}} for part in range(entry.chunks)]


def chunk_puts(entry: Entry, chunks: list[bytes]) -> list[Put]:
    """The writes of an entry's chunks."""
    expiry: Item = {"expires": {"N": str(entry.expires)}} if entry.expires else {}
    return [
        Put(
            settings.HISTORY_TABLE,
            {
                **key,
                "part": {"B": base64.b64encode(chunk).decode()},
                **expiry,
            },
        )
        for key, chunk in zip(chunk_keys(entry), chunks, strict=True)
    ]


def changes_of(
    index: Index, name: str, *, since: int = 0, before: Bookmark | None = None, until: int = 0
) -> Iterator[Entry]:
    """Changes of a real table or of a person's sub, newest first, from both ends of a time.

    Times are milliseconds, `until` 0 is now. The index lags behind the table for a moment.
    """
    until = min(time for time in (until, before.at if before else 0, 10**14) if time)
    if since > until:
        return iter(())
    partitions = [_partition(index, name, shard, since, until) for shard in range(SHARDS)]
    merged = heapq.merge(*partitions, key=bookmark_of, reverse=True)
    return itertools.dropwhile(lambda e: before is not None and bookmark_of(e) >= before, merged)


def _partition(index: Index, name: str, shard: int, since: int, until: int) -> Iterator[Entry]:
    """The changes of one shard, newest first; those of one millisecond in a settled order."""
    attribute, spelled = _PARTITIONS[index]
    pool = Placeholders()
    partition = pool.value({"S": spelled(name, shard)})
    first, last = pool.value({"N": str(since)}), pool.value({"N": str(until)})
    names = (pool.name(attribute), pool.name("at"))
    condition = f"{names[0]} = {partition} AND {names[1]} BETWEEN {first} AND {last}"
    found = _pages(IndexName=index, KeyConditionExpression=condition, Limit=_PAGE, **pool.request())
    for _at, alike in itertools.groupby(found, key=lambda entry: entry.at):
        yield from sorted(alike, key=bookmark_of, reverse=True)


def _pages(**members: Any) -> Iterator[Entry]:
    start: dict[str, Any] = {}
    while True:
        answer = call(
            "Query", TableName=settings.HISTORY_TABLE, ScanIndexForward=False, **members, **start
        )
        yield from map(read_entry, answer["Items"])
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _query(
    item: str,
    *,
    below: int | None = None,
    limit: int,
    start: Item | None = None,
    consistent: bool = False,
) -> dict[str, Any]:
    pool = Placeholders()
    condition = f"{pool.name('item')} = {pool.value({'S': item})}"
    if below is not None:
        condition += f" AND {pool.name('n')} < {pool.value({'S': number(below)})}"
    members: dict[str, Any] = {
        "KeyConditionExpression": condition,
        "ReturnConsumedCapacity": "TOTAL",
        "ScanIndexForward": False,
        "ConsistentRead": consistent,
        "Limit": limit,
        **pool.request(),
    }
    if start is not None:
        members["ExclusiveStartKey"] = start
    return call("Query", TableName=settings.HISTORY_TABLE, **members)


def _read_chunks(entry: Entry) -> bytes:
    parts = []
    for key in chunk_keys(entry):
        stored = get_item(settings.HISTORY_TABLE, key, consistent=True).item
        if not stored:
            raise BrokenBody
        parts.append(base64.b64decode(stored["part"]["B"]))
    return b"".join(parts)
