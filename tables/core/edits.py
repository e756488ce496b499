"""What one write did to an item: old and new value by path, told small, applied either way.

An edit of the whole item stands at the empty path: a create or a delete. Of long texts and lists
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
class Edit:
    """What stood at a path and what stands there now; None is absent.

    `at` is None where the values are whole. Else they are parts of one text or list, which begin
    at that character or element; of a set, what went and what came (`at` is 0 then).
    """

    path: Path
    old: AttributeValue | None
    new: AttributeValue | None
    at: int | None = None


class Contested(Exception):
    """An edit does not fit what is there: the value is not what the edit says it was."""


def edits_between(before: Item | None, after: Item | None) -> list[Edit]:
    """The edits that turn one state into the other; both None, or equal: none."""
    if before is None or after is None:
        if before is after:
            return []
        return [Edit((), _map_of(before), _map_of(after))]
    return [
        _spliced(Edit(change.path, value_at(before, change.path), change.value))
        for change in diff(before, after, nested=True)
    ]


def reversed_edits(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that take these back."""
    return [replace(edit, old=edit.new, new=edit.old) for edit in edits]


def apply_edits(edits: Iterable[Edit], item: Item | None) -> Item | None:
    """The item after the edits. Raises Contested where they don't fit."""
    changes: list[Change] = []
    for edit in edits:
        if not edit.path:
            if not _equal(edit.old, _map_of(item)):
                raise Contested
            return copy.deepcopy(edit.new["M"]) if edit.new is not None else None
        if item is None:
            raise Contested
        changes.append(change_of(edit, item))
    return apply_changes(changes, item or {}) if changes else item


def change_of(edit: Edit, item: Item) -> Change:
    """The edit of a path as a change to this item. Raises Contested where it does not fit."""
    stored = value_at(item, edit.path)
    value = _edited(edit, stored)
    return Change("remove", edit.path) if value is None else Change("set", edit.path, value)


def is_made(edit: Edit, item: Item) -> bool:
    """Whether the path holds already what the edit would put there; a part is never known to."""
    return edit.at is None and _equal(value_at(item, edit.path), edit.new)


def _edited(edit: Edit, stored: AttributeValue | None) -> AttributeValue | None:
    if edit.at is None:
        if not _equal(edit.old, stored):
            raise Contested
        return copy.deepcopy(edit.new)
    if edit.old is None or edit.new is None or stored is None:
        raise Contested
    tag = type_of(edit.old)
    if type_of(stored) != tag:
        raise Contested
    swap = _swap_members if tag in SET_TYPES else _swap_middle
    content = swap(content_of(stored), content_of(edit.old), content_of(edit.new), edit.at)
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


def _spliced(edit: Edit) -> Edit:
    """The edit told by the middle that differs, where that is shorter."""
    if edit.old is None or edit.new is None:
        return edit
    tag = type_of(edit.old)
    part = _PARTS.get(tag)
    if part is None or type_of(edit.new) != tag or _is_short(edit):
        return edit
    old, new, at = part(content_of(edit.old), content_of(edit.new))
    if len(old) == len(content_of(edit.old)):
        return edit
    return Edit(edit.path, {tag: old}, {tag: new}, at)


def _is_short(edit: Edit) -> bool:
    return min(len(content_of(edit.old or {})), len(content_of(edit.new or {}))) < _SPLICED_FROM


def _middles(old: Any, new: Any) -> tuple[Any, Any, int]:
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
    "S": _middles,
    "L": _middles,
    **dict.fromkeys(SET_TYPES, _members),
}


def _map_of(item: Item | None) -> AttributeValue | None:
    return {"M": item} if item is not None else None


def _equal(left: AttributeValue | None, right: AttributeValue | None) -> bool:
    if left is None or right is None:
        return left is right
    return same_value(left, right)


def rows_of(edits: Sequence[Edit]) -> list[list[Any]]:
    """Edits as JSON rows: path, old, new, and the position of a part."""
    return [
        [list(edit.path), edit.old, edit.new, *([] if edit.at is None else [edit.at])]
        for edit in edits
    ]


def edits_of(rows: Iterable[Sequence[Any]]) -> list[Edit]:
    """Edits from their rows."""
    return [Edit(tuple(row[0]), row[1], row[2], row[3] if len(row) > 3 else None) for row in rows]
