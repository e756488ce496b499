"""What was changed lately: in a table, or by a person in the tables that one may look at."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from tables.core.cursors import read_cursor, sign_cursor
from tables.core.history import Entry
from tables.core.values import Item
from tables.dynamodb.history_table import Bookmark, Index, bookmark_of, changes_of
from tables.items.history import require_kept
from tables.items.seen_history import seen_entries
from tables.items.target import Target

# Entries that one page may look at before it says where to go on.
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class WhichChanges:
    """Which changes: of this author's sub and action, in a time (milliseconds, 0 for no end)."""

    person: str = ""
    action: str = ""
    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries newest first; `next` says where to go on, empty at the end."""

    entries: Sequence[Entry]
    next: str = ""


def changes_in(target: Target, asked: WhichChanges, *, after: str = "", limit: int = 50) -> Changes:
    """A page of a table's changes. Raises Forbidden, NotFound, InvalidCursor."""
    require_kept(target)
    return _page(
        "by-line",
        target.name,
        asked,
        lambda entry: not asked.person or entry.author.sub == asked.person,
        partial(seen_entries, target),
        after=after,
        limit=limit,
    )


def changes_by(
    person: str, tables: frozenset[str], asked: WhichChanges, *, after: str = "", limit: int = 50
) -> Changes:
    """A page of a person's changes in these real tables. Raises InvalidCursor."""
    return _page(
        "by-person", person, asked, lambda e: e.table in tables, list, after=after, limit=limit
    )


def read_bookmark(cursor: str, bound_to: str) -> Bookmark | None:
    """Where a page goes on; None for the first. Raises InvalidCursor for one of another list."""
    if not cursor:
        return None
    start = read_cursor(cursor, bound_to=bound_to, secret=settings.SECRET_KEY)
    return Bookmark(int(start["at"]["N"]), start["digest"]["S"], int(start["n"]["N"]))


def cursor_after(entry: Entry, bound_to: str) -> str:
    """The cursor of the page that goes on after an entry. `bound_to` spells what was asked."""
    mark = bookmark_of(entry)
    start: Item = {
        "at": {"N": str(mark.at)},
        "digest": {"S": mark.digest},
        "n": {"N": str(mark.n)},
    }
    return sign_cursor(start, bound_to=bound_to, secret=settings.SECRET_KEY)


def unexpired(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries that are kept still; DynamoDB removes expired ones within days."""
    now = int(time.time())
    return (entry for entry in entries if not entry.expires or entry.expires > now)


def _page(
    index: Index,
    name: str,
    asked: WhichChanges,
    is_wanted: Callable[[Entry], bool],
    seen: Callable[[Sequence[Entry]], Sequence[Entry]],
    *,
    after: str,
    limit: int,
) -> Changes:
    bound_to = repr((index, name, asked))
    before = read_bookmark(after, bound_to)
    source = unexpired(changes_of(index, name, since=asked.since, until=asked.until, before=before))
    found: list[Entry] = []
    last = None
    for looked_at in range(0, _LOOKED_AT, limit):
        chunk = list(itertools.islice(source, min(limit, _LOOKED_AT - looked_at)))
        wanted = [e for e in chunk if is_wanted(e) and asked.action in ("", e.action)]
        found += seen(wanted)
        last = chunk[-1] if chunk else last
        if len(found) >= limit or not chunk:
            break
    if len(found) > limit:
        return Changes(found[:limit], cursor_after(found[limit - 1], bound_to))
    is_more = last is not None and next(source, None) is not None
    return Changes(found, cursor_after(last, bound_to) if is_more and last else "")
