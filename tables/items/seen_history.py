"""History as a caller may see it: of the items that their sight has, and of no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tables.core.errors import HistoryBroken
from tables.core.history import Entry
from tables.core.history_bodies import BrokenBody
from tables.core.values import Item, content_of
from tables.dynamodb.history_table import body_of, last_entry, whole_entries
from tables.dynamodb.reads import MAX_BATCH_GET, batch_get
from tables.items.target import Target


def seen_entries(target: Target, entries: Sequence[Entry]) -> list[Entry]:
    """Those of items that the caller sees as they are now or, deleted, as they last were.

    Where no rule limits the caller nothing is asked; else a BatchGetItem for a hundred items, and
    for each deleted one its last entry. Raises TablesError.
    """
    if not target.sight.rule:
        return list(entries)
    keys = {entry.item: entry.key for entry in entries if _may_be_seen(target, entry.key)}
    there = _items_there(target, list(keys.values()))
    seen = {
        item: target.sight.holds(there[_spelled(key, target)])
        if _spelled(key, target) in there
        else is_seen_deletion(target, last_entry(item))
        for item, key in keys.items()
    }
    return [entry for entry in entries if seen.get(entry.item)]


def seen_deletions(target: Target, entries: Sequence[Entry]) -> list[Entry]:
    """Those of these deletes whose items the caller would have seen; a rule costs their bodies."""
    if not target.sight.rule or not entries:
        return list(entries)
    whole = whole_entries(entries)
    return [entry for entry in whole if is_seen_deletion(target, entry)]


def is_seen_deletion(target: Target, entry: Entry | None) -> bool:
    """Whether an entry deleted an item that the caller would see; what is not known is hidden."""
    if entry is None or not target.sight.rule:
        return entry is not None
    try:
        deltas = body_of(entry).deltas
    except (BrokenBody, HistoryBroken):
        return False
    whole = deltas[0].old if deltas and not deltas[0].path else None
    return whole is not None and target.sight.holds(whole["M"])


def _may_be_seen(target: Target, key: Item) -> bool:
    """Whether a key can be one that the alias's patterns make: no other is asked for."""
    if not key:
        return False  # it was forgotten
    for name, pattern in target.sight.patterns.items():
        if name in key and pattern.read(str(content_of(key[name]))) is None:
            return False
    return True


def _items_there(target: Target, keys: Sequence[Item]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for chunk in _chunks(keys):
        waiting = chunk
        while waiting:
            items, waiting, _units = batch_get(target.name, waiting, consistent=True)
            found |= {_spelled(item, target): item for item in items}
    return found


def _chunks(keys: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(keys), MAX_BATCH_GET):
        yield list(keys[start : start + MAX_BATCH_GET])


def _spelled(item: Item, target: Target) -> str:
    return repr([item[name] for name in target.description.key_names])
