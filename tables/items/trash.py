"""What was deleted and is gone still, newest first, as the history of a table tells it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from tables.core.errors import HistoryBroken
from tables.core.history import Entry
from tables.core.values import Item, content_of
from tables.dynamodb.history_table import changes_of, whole_entries
from tables.dynamodb.reads import MAX_BATCH_GET, batch_get
from tables.items.changes import Changes, cursor_after, read_bookmark, unexpired
from tables.items.history import deltas_of, require_kept
from tables.items.seen_history import seen_deletions
from tables.items.target import Target

# Entries that one page may look at before it says where to go on.
_LOOKED_AT = 2000


def trash(target: Target, *, containing: str = "", after: str = "", limit: int = 50) -> Changes:
    """A page of deleted items, those whose key holds a text. Raises Forbidden, NotFound.

    Whether an item is gone still is asked of the table itself: one that somebody else's program
    wrote again is none of these.
    """
    require_kept(target)
    bound_to = repr(("trash", target.name, containing))
    before = read_bookmark(after, bound_to)
    source = unexpired(changes_of("by-line", target.name, before=before))
    found: list[Entry] = []
    seen: set[str] = set()
    for _ in range(0, _LOOKED_AT, MAX_BATCH_GET):
        chunk = list(itertools.islice(source, MAX_BATCH_GET))
        deleted = [
            entry
            for entry in _newest(chunk, seen)
            if is_deletion(entry) and _holds(entry, containing)
        ]
        found += seen_deletions(target, _gone(target, deleted))
        if len(found) > limit:
            return Changes(found[:limit], cursor_after(found[limit - 1], bound_to))
        if len(chunk) < MAX_BATCH_GET:
            return Changes(found)
    return Changes(found, cursor_after(chunk[-1], bound_to))


def held(entries: Sequence[Entry]) -> list[Item | None]:
    """What each deleted item was, None where it is too large to stand in its entry."""
    return [_held(entry) for entry in whole_entries(entries)]


def _held(entry: Entry) -> Item | None:
    try:
        deltas = deltas_of(entry) if entry.body is not None else ()
    except HistoryBroken:
        return None
    whole = deltas[0].old if deltas and not deltas[0].path else None
    item: Item | None = whole["M"] if whole is not None else None
    return item


def is_deletion(entry: Entry) -> bool:
    """Whether the write left no item, by whichever action."""
    return entry.happened and not entry.after and entry.action != "forgotten"


def _newest(chunk: Iterable[Entry], seen: set[str]) -> Iterator[Entry]:
    """The first entry of each item: what it said before that is past."""
    for entry in chunk:
        if entry.item not in seen:
            seen.add(entry.item)
            yield entry


def _gone(target: Target, deleted: Sequence[Entry]) -> list[Entry]:
    """Those whose key nothing has."""
    waiting, there = [entry.key for entry in deleted], set[str]()
    while waiting:
        items, waiting, _units = batch_get(target.name, waiting, consistent=True)
        there |= {_spelled(item, target) for item in items}
    return [entry for entry in deleted if _spelled(entry.key, target) not in there]


def _spelled(item: Item, target: Target) -> str:
    return repr([item[name] for name in target.description.key_names])


def _holds(entry: Entry, text: str) -> bool:
    return not text or any(text in str(content_of(value)) for value in entry.key.values())
