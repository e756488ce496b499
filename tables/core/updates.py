"""Changes to an item: compiled to an UpdateExpression, or applied to an item in memory.

Both forms follow the same rules, so that what is computed is what DynamoDB would have done.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tables.core.errors import InvalidExpression, Sentence
from tables.core.expressions import (
    MAX_PATH_DEPTH,
    Path,
    Placeholders,
    child_of,
    format_path,
    require_no_overlap,
    require_short,
    require_within_limits,
    value_at,
)
from tables.core.numbers import add, canonical_number
from tables.core.values import SET_TYPES, TYPES, AttributeValue, Item, content_of, same, type_of

Action = Literal["set", "remove", "add", "delete", "append"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change at one document path. `value` is None for remove only."""

    action: Action
    path: Path
    value: AttributeValue | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """How an action is written: its clause, one entry of it, and the guard it needs.

    Guards are ours: some engines append to non-lists and add numbers to strings.
    """

    keyword: str
    entry: str
    guard: str = ""


CLAUSES: dict[Action, Clause] = {
    "set": Clause("SET", "{path} = {value}"),
    "append": Clause(
        "SET", "{path} = list_append({path}, {value})", "attribute_type({path}, {type})"
    ),
    "remove": Clause("REMOVE", "{path}"),
    "add": Clause(
        "ADD",
        "{path} {value}",
        "(attribute_not_exists({path}) OR attribute_type({path}, {type}))",
    ),
    "delete": Clause(
        "DELETE",
        "{path} {value}",
        "(attribute_not_exists({path}) OR attribute_type({path}, {type}))",
    ),
}


def require_changes(changes: Sequence[Change], key_names: Iterable[str]) -> None:
    """Raise InvalidExpression for changes to key attributes, overlaps and values out of place."""
    names = set(key_names)
    for change in changes:
        if change.path[0] in names:
            raise InvalidExpression(
                "The key attribute {name} can't be changed: create an item with the new key and "
                "delete this one.",
                name=repr(change.path[0]),
            )
        _require_value_fits(change)
    require_no_overlap(change.path for change in changes)


def compile_update(changes: Sequence[Change], pool: Placeholders) -> tuple[str, str]:
    """The UpdateExpression of these changes, and the condition that guards their types."""
    entries: dict[str, list[str]] = {}
    guards = []
    # Removals from the end of a list to its start: right for engines that do one after another.
    removals = sorted((c for c in changes if c.action == "remove"), key=_removal, reverse=True)
    for change in [*(c for c in changes if c.action != "remove"), *removals]:
        clause = CLAUSES[change.action]
        path = pool.path(change.path)
        value = pool.value(change.value) if change.value is not None else ""
        entries.setdefault(clause.keyword, []).append(clause.entry.format(path=path, value=value))
        if clause.guard and change.value is not None:
            tag = pool.value({"S": type_of(change.value)})
            guards.append(clause.guard.format(path=path, type=tag))
    expression = " ".join(f"{word} {', '.join(parts)}" for word, parts in entries.items())
    return require_short(expression), require_within_limits(" AND ".join(guards))


def compile_parents(changes: Iterable[Change], pool: Placeholders) -> str:
    """The condition that every nested path leads through maps and lists that are there.

    DynamoDB refuses the update anyway; some engines make the way, others do nothing.
    """
    parents = dict.fromkeys(
        (change.path[:-1], "L" if isinstance(change.path[-1], int) else "M")
        for change in changes
        if len(change.path) > 1
    )
    return require_within_limits(
        " AND ".join(
            f"attribute_type({pool.path(path)}, {pool.value({'S': tag})})" for path, tag in parents
        )
    )


def apply_changes(changes: Sequence[Change], item: Item) -> Item:
    """The item after these changes, by UpdateItem's rules; the one given is not touched, and what
    no change leads into is shared with it.

    Every change sees the item as it was before: list positions too. Raises InvalidExpression where
    DynamoDB would refuse, InvalidValue for a sum that no number can hold.
    """
    result = dict(item)
    led_into = {str(change.path[0]) for change in changes if len(change.path) > 1}
    for name in led_into & item.keys():
        result[name] = copy.deepcopy(item[name])
    root: AttributeValue = {"M": result}
    assigned: list[tuple[Path, AttributeValue]] = []
    removed: list[Path] = []
    for change in changes:
        _require_parent(change, root)
        stored = value_at(item, change.path)
        value = _outcome(change, stored)
        if value is not None:
            assigned.append((change.path, value))
        elif stored is not None:
            removed.append(change.path)
    for path, value in sorted(assigned, key=_last_index):
        _assign(path, root, value)
    for path in sorted(removed, key=_position, reverse=True):
        _remove(path, root)
    return result


def diff(old: Item, new: Item, *, nested: bool = False) -> list[Change]:
    """The set and remove changes that turn `old` into `new`.

    Attributes are compared whole unless `nested`: then maps that stand on both sides are
    compared inside, so that changes to different members don't touch each other.
    """
    return _diff((), old, new, nested)


def _diff(prefix: Path, old: Item, new: Item, nested: bool) -> list[Change]:
    changes: list[Change] = []
    for name, value in new.items():
        path = (*prefix, name)
        stored = old.get(name)
        if stored is None or not same_value(stored, value):
            deeper = nested and len(path) < MAX_PATH_DEPTH
            if deeper and stored is not None and "M" in stored and "M" in value:
                changes += _diff(path, stored["M"], value["M"], nested)
            else:
                changes.append(Change("set", path, value))
    changes += [Change("remove", (*prefix, name)) for name in old if name not in new]
    return changes


def same_value(left: AttributeValue, right: AttributeValue) -> bool:
    """Whether two values are equal to DynamoDB: numbers by value, sets in any order."""
    return left == right or canonical_value(left) == canonical_value(right)


def canonical_value(value: AttributeValue) -> Any:
    """A value in one spelling: canonical numbers, sorted sets; maps keep the order of their names.

    A pair of the type and the content, and so on inside.
    """
    ((tag, content),) = value.items()
    return tag, _CANONICAL[tag](content)


# Every value of an item goes through here for its entity tag.
_CANONICAL: dict[str, Callable[[Any], Any]] = {
    "S": same,
    "N": canonical_number,
    "B": same,
    "BOOL": same,
    "NULL": same,
    "L": lambda content: [(t, _CANONICAL[t](c)) for child in content for t, c in child.items()],
    "M": lambda content: {
        name: (t, _CANONICAL[t](c)) for name, child in content.items() for t, c in child.items()
    },
    "SS": sorted,
    "NS": lambda content: sorted(map(canonical_number, content)),
    "BS": sorted,
}


def _require_value_fits(change: Change) -> None:
    shown = format_path(change.path)
    if change.action == "remove" or change.value is None:
        return
    tag = type_of(change.value)
    if change.action == "append" and tag != "L":
        raise InvalidExpression("{path}: a list is appended to with a list.", path=shown)
    if change.action == "add" and tag != "N" and tag not in SET_TYPES:
        raise InvalidExpression(
            "{path}: add takes a number or a set, not a {kind}.", path=shown, kind=TYPES[tag]
        )
    if change.action == "delete" and tag not in SET_TYPES:
        raise InvalidExpression(
            "{path}: delete takes a set, not a {kind}.", path=shown, kind=TYPES[tag]
        )


def _outcome(change: Change, stored: AttributeValue | None) -> AttributeValue | None:
    """What stands at the path afterwards; None for nothing."""
    value = change.value
    if change.action == "append" and value is not None:
        if stored is None or "L" not in stored:
            raise InvalidExpression(
                "{path} is not a list: {need}.",
                path=format_path(change.path),
                need=_NEEDS[change.action],
            )
        return {"L": stored["L"] + value["L"]}
    if change.action in ("add", "delete") and value is not None:
        if stored is not None and type_of(stored) != type_of(value):
            raise InvalidExpression(
                "{path} is a {kind}: {need}.",
                path=format_path(change.path),
                kind=TYPES[type_of(stored)],
                need=_NEEDS[change.action],
            )
        return _combine(change.action, stored, value)
    return value


def _combine(
    action: str, stored: AttributeValue | None, value: AttributeValue
) -> AttributeValue | None:
    """The sum, union or difference; None where nothing is left of a set."""
    tag, content = type_of(value), content_of(value)
    old: Any = stored[tag] if stored is not None else []
    if tag == "N":
        return {"N": add(old, content)} if stored is not None else value
    # Sets of a hundred thousand entries fit into an item: lists would be searched for minutes.
    if action == "delete":
        gone = set(content)
        rest = [entry for entry in old if entry not in gone]
        return {tag: rest} if rest else None
    there = set(old)
    return {tag: [*old, *(entry for entry in content if entry not in there)]}


def _require_parent(change: Change, root: AttributeValue) -> None:
    parent = _parent(change.path, root)
    if parent is None or ("M" if isinstance(change.path[-1], str) else "L") not in parent:
        raise InvalidExpression(
            "The path {path} leads through something that isn't there.",
            path=repr(format_path(change.path)),
        )


def _parent(path: Path, root: AttributeValue) -> AttributeValue | None:
    value: AttributeValue | None = root
    for segment in path[:-1]:
        value = child_of(value, segment)
    return value


def _assign(path: Path, root: AttributeValue, value: AttributeValue) -> None:
    parent: Any = _parent(path, root)
    last = path[-1]
    if isinstance(last, str):
        parent["M"][last] = value
    else:
        # Past the end DynamoDB appends.
        parent["L"][last : last + 1] = [value]


def _remove(path: Path, root: AttributeValue) -> None:
    parent: Any = _parent(path, root)
    del content_of(parent)[path[-1]]


def _last_index(assigned: tuple[Path, AttributeValue]) -> int:
    """Order of assignment: several elements past the end of a list go by their index."""
    last = assigned[0][-1]
    return last if isinstance(last, int) else -1


def _removal(change: Change) -> list[tuple[bool, int]]:
    return _position(change.path)


def _position(path: Path) -> list[tuple[bool, int]]:
    return [
        (isinstance(segment, int), segment if isinstance(segment, int) else 0) for segment in path
    ]


_NEEDS: dict[Action, Sentence] = {
    "append": Sentence("values are appended to lists only; set it to a list first"),
    "add": Sentence("add takes a number to a number, or elements to a set of their type"),
    "delete": Sentence("delete takes elements out of a set of their type"),
}
