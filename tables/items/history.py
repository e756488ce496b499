"""What history tells of an item: its versions newest first, and what came from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tables.core.deltas import Contested, Delta, deltas_between
from tables.core.errors import HistoryBroken, NotFound
from tables.core.history import Entry, fingerprint, item_name, without
from tables.core.history_bodies import BrokenBody
from tables.core.history_chain import Gap, gaps, judged, rebuilt
from tables.core.values import Item
from tables.dynamodb.history_table import body_of, entries_of, entry_of, last_entry
from tables.dynamodb.reads import get_item
from tables.items.seen_history import is_seen_deletion
from tables.items.target import Target

# A version is rebuilt from a whole state that is never farther back.
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries newest first, each judged, and the gaps among them; `below` is where to go on.

    `now` is the item as it is.
    """

    entries: Sequence[Entry]
    gaps: Sequence[Gap]
    now: Item | None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One entry, what it changed, and the item as it left it (None: deleted)."""

    entry: Entry
    deltas: Sequence[Delta]
    item: Item | None


def timeline(target: Target, key: Item, *, below: int | None = None, limit: int = 50) -> Timeline:
    """A page of an item's history. Raises Forbidden, TableNotFound where none is kept."""
    require_kept(target)
    found = entries_of(_name(target, key), below=below, limit=limit + 1, consistent=True)
    now = get_item(target.name, key, consistent=True).item
    if not _is_seen(target, key, now):
        return Timeline((), (), None)
    state = fingerprint(now, _ignored(target))
    if below is not None:
        state = _state_left(target, key, below - 1)
    known = judged(found[::-1], state)
    page = known[-limit:]
    last = page[0].n if len(known) > len(page) else None
    seen = gaps(known[-limit - 1 :], state if below is None else None)
    return Timeline(page[::-1], seen[::-1], now, last)


def version(target: Target, key: Item, n: int) -> Version:
    """One version. Raises NotFound, and HistoryBroken where it can't be proved to be right."""
    require_kept(target)
    entries = _entries_to(target, key, n)
    entry = entries[-1]
    try:
        item = rebuilt(entries, n, body_of)
        found = Version(entry, body_of(entry).deltas, item)
    except (Contested, BrokenBody) as error:
        raise HistoryBroken(
            "Version {version} can't be rebuilt as it was: an entry is missing or was altered.",
            version=n,
        ) from error
    is_seen = is_seen_deletion(target, entry) if item is None else target.sight.holds(item)
    if not is_seen:
        raise NotFound("This item has no such version.")
    return found


def deltas_of(entry: Entry) -> Sequence[Delta]:
    """What an entry changed. Raises HistoryBroken."""
    try:
        return body_of(entry).deltas
    except BrokenBody as error:
        raise HistoryBroken(
            "What version {version} changed was lost or altered.", version=entry.n
        ) from error


def left_out_of(entry: Entry) -> Item:
    """What the entry of a delete keeps of what history leaves out. Raises HistoryBroken."""
    try:
        return body_of(entry).left_out or {}
    except BrokenBody as error:
        raise HistoryBroken(
            "What version {version} changed was lost or altered.", version=entry.n
        ) from error


def left_out_now(target: Target, key: Item) -> Item:
    """The same of an item that is gone, as its last entry tells it."""
    last = last_entry(_name(target, key))
    return left_out_of(last) if last is not None and not last.after else {}


def outside(target: Target, key: Item, gap: Gap, now: Item | None) -> Sequence[Delta]:
    """What somebody else's program changed in a gap; nothing where it is only what history began,
    or ceased, to leave out. Raises HistoryBroken.
    """
    older = version(target, key, gap.older.n).item if gap.older is not None else None
    newer = now if gap.newer is None else _base_of(gap.newer)
    ignored = _ignored(target)
    kept = [None if item is None else without(item, ignored) for item in (older, newer)]
    return deltas_between(*kept)


def _base_of(entry: Entry) -> Item | None:
    try:
        return body_of(entry).base
    except BrokenBody as error:
        raise HistoryBroken("What was changed from outside was lost or altered.") from error


def require_kept(target: Target) -> None:
    """Raise NotFound where no history is kept, Forbidden where the caller may not see it."""
    if not target.keeps_history:
        raise NotFound("No history is kept of this table's items.")
    target.require("history")


def _entries_to(target: Target, key: Item, n: int) -> list[Entry]:
    """The entries up to version `n`, oldest first, judged. Raises NotFound."""
    found = entries_of(_name(target, key), below=n + 1, limit=_STEPS, consistent=True)[::-1]
    if not found or found[-1].n != n:
        raise NotFound("This item has no such version.")
    if not any(entry.announced for entry in found):
        return found
    return judged(found, _state_left(target, key, n))


def _state_left(target: Target, key: Item, n: int) -> str:
    """The fingerprint that stood after version `n`: what the next found, or the item's own."""
    newer = entry_of(_name(target, key), n + 1)
    if newer is not None:
        return newer.before
    item = get_item(target.name, key, consistent=True).item
    return fingerprint(item, _ignored(target))


def _is_seen(target: Target, key: Item, now: Item | None) -> bool:
    """Whether the caller sees the item, or would have seen it when it was deleted."""
    if not target.sight.rule:
        return True
    if now is not None:
        return target.sight.holds(now)
    return is_seen_deletion(target, last_entry(_name(target, key)))


def _name(target: Target, key: Item) -> str:
    return item_name(key, target.description)


def _ignored(target: Target) -> frozenset[str]:
    return frozenset(target.table.history_ignore)
