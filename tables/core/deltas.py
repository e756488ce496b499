"""What one write did to an item: old and new value by path, told small, applied either way.

A delta of the whole item stands at the empty path: a create or a delete. Of long texts and lists
only the middle that differs is told, with its position; of sets what went and what came.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tables.core.expressions import Path, value_at
from tables.core.updates import Change, apply_changes, diff, same_value
from tables.core.values import SET_TYPES, AttributeValue, Item, content_of, type_of

# Shorter ones are told whole: their middle would not be smaller than they are.
_SPLICED_FROM = 8


@dataclass(frozen=True, slots=True)
class Delta:
    """What stood at a path and what stands there now; None is absent.

    `at` is None where the values are whole. Else they are parts of one text or list, which begin
    at that character or element; of a set, what went and what came (`at` is 0 then).
    """

    path: Path
    old: AttributeValue | None
    new: AttributeValue | None
    at: int | None = None


class Contested(Exception):
    """A delta does not fit what is there: the value is not what the delta says it was."""


def deltas_between(before: Item | None, after: Item | None) -> list[Delta]:
    """The deltas that turn one state into the other; both None, or equal: none."""
    if before is None or after is None:
        if before is after:
            return []
        return [Delta((), _map_of(before), _map_of(after))]
    return [
        _spliced(Delta(change.path, value_at(before, change.path), change.value))
        for change in diff(before, after, nested=True)
    ]


def reversed_deltas(deltas: Iterable[Delta]) -> list[Delta]:
    """The deltas that take these back."""
    return [replace(delta, old=delta.new, new=delta.old) for delta in deltas]


def apply_deltas(deltas: Iterable[Delta], item: Item | None) -> Item | None:
    """The item after the deltas. Raises Contested where they don't fit."""
    changes: list[Change] = []
    for delta in deltas:
        if not delta.path:
            if not _equal(delta.old, _map_of(item)):
                raise Contested
            return copy.deepcopy(delta.new["M"]) if delta.new is not None else None
        if item is None:
            raise Contested
        changes.append(change_of(delta, item))
    return apply_changes(changes, item or {}) if changes else item


def change_of(delta: Delta, item: Item) -> Change:
    """The delta of a path as a change to this item. Raises Contested where it does not fit."""
    stored = value_at(item, delta.path)
    value = _applied(delta, stored)
    return Change("remove", delta.path) if value is None else Change("set", delta.path, value)


def is_made(delta: Delta, item: Item) -> bool:
    """Whether the path holds already what the delta would put there; a part is never known to."""
    return delta.at is None and _equal(value_at(item, delta.path), delta.new)


def _applied(delta: Delta, stored: AttributeValue | None) -> AttributeValue | None:
    if delta.at is None:
        if not _equal(delta.old, stored):
            raise Contested
        return copy.deepcopy(delta.new)
    if delta.old is None or delta.new is None or stored is None:
        raise Contested
    tag = type_of(delta.old)
    if type_of(stored) != tag:
        raise Contested
    swap = _swap_members if tag in SET_TYPES else _swap_middle
    content = swap(content_of(stored), content_of(delta.old), content_of(delta.new), delta.at)
    return None if tag in SET_TYPES and not content else {tag: content}


def _swap_middle(stored: Any, old: Any, new: Any, at: int) -> Any:
    """A text or list with its middle exchanged; it must stand where it stood."""
    there = stored[at : at + len(old)]
    alike = there == old or (isinstance(old, list) and same_value({"L": there}, {"L": old}))
    if len(stored) < at or not alike:
        raise Contested
    return stored[:at] + copy.deepcopy(new) + stored[at + len(old) :]


def _swap_members(stored: list[str], went: list[str], came: list[str], _at: int) -> list[str]:
    there, gone = set(stored), set(went)
    if not gone <= there or not there.isdisjoint(came):
        raise Contested
    return [entry for entry in stored if entry not in gone] + came


def _spliced(delta: Delta) -> Delta:
    """The delta told by the middle that differs, where that is shorter."""
    if delta.old is None or delta.new is None:
        return delta
    tag = type_of(delta.old)
    part = _PARTS.get(tag)
    if part is None or type_of(delta.new) != tag or _is_short(delta):
        return delta
    old, new, at = part(content_of(delta.old), content_of(delta.new))
    if len(old) == len(content_of(delta.old)):
        return delta
    return Delta(delta.path, {tag: old}, {tag: new}, at)


def _is_short(delta: Delta) -> bool:
    return min(len(content_of(delta.old or {})), len(content_of(delta.new or {}))) < _SPLICED_FROM


def middles(old: Any, new: Any) -> tuple[Any, Any, int]:
    """What differs of two texts or lists, and where it begins."""
    head = _common(lambda n: old[:n] == new[:n], min(len(old), len(new)))
    left, right = old[head:], new[head:]
    most = min(len(left), len(right))
    tail = _common(lambda n: left[len(left) - n :] == right[len(right) - n :], most)
    return left[: len(left) - tail], right[: len(right) - tail], head


def _common(is_same: Callable[[int], bool], most: int) -> int:
    """The largest length at which both are the same: by halving, so that slices compare in C."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_same(middle) else (low, middle - 1)
    return low


def _members(old: list[str], new: list[str]) -> tuple[list[str], list[str], int]:
    there, wanted = set(old), set(new)
    went = [entry for entry in old if entry not in wanted]
    return went, [entry for entry in new if entry not in there], 0


_PARTS: dict[str, Callable[[Any, Any], tuple[Any, Any, int]]] = {
    "S": middles,
    "L": middles,
    **dict.fromkeys(SET_TYPES, _members),
}


def _map_of(item: Item | None) -> AttributeValue | None:
    return {"M": item} if item is not None else None


def _equal(left: AttributeValue | None, right: AttributeValue | None) -> bool:
    if left is None or right is None:
        return left is right
    return same_value(left, right)


def rows_of(deltas: Sequence[Delta]) -> list[list[Any]]:
    """Deltas as JSON rows: path, old, new, and the position of a part."""
    return [
        [list(delta.path), delta.old, delta.new, *([] if delta.at is None else [delta.at])]
        for delta in deltas
    ]


def deltas_of(rows: Iterable[Sequence[Any]]) -> list[Delta]:
    """Deltas from their rows."""
    return [Delta(tuple(row[0]), row[1], row[2], row[3] if len(row) > 3 else None) for row in rows]
