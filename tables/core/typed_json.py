"""Typed JSON: the wire form as clients write it, checked and made canonical."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.core.values import (
    SET_TYPES,
    TYPES,
    AttributeValue,
    Item,
    is_base64,
    join_pointer,
    number_at,
    problem_at,
    require_depth,
    require_names,
)


def typed_item(value: Mapping[str, Any]) -> Item:
    """A checked, canonical copy of an item written in typed JSON (wire form from outside)."""
    require_names(value)
    return {name: typed_value(child, join_pointer("", name)) for name, child in value.items()}


def typed_value(value: Any, pointer: str = "", depth: int = 1) -> AttributeValue:
    """A checked, canonical copy of one typed value: `{"N": "1.0"}` becomes `{"N": "1"}`.

    Raises InvalidValue with the pointer of the culprit.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise problem_at(pointer, 'A typed value is an object with one type, as {"S": "text"}.')
    ((tag, content),) = value.items()
    if tag not in _CHECKS:
        raise problem_at(
            pointer,
            "{name} is not a type; the types are {types}.",
            name=repr(tag[:40]),
            types=", ".join(TYPES),
        )
    return {tag: _CHECKS[tag](content, join_pointer(pointer, tag), depth)}


def make_set(tag: str, entries: Any, pointer: str = "") -> AttributeValue:
    """A checked set: an array that is not empty, no duplicates, every entry of the set's type."""
    if not isinstance(entries, list) or not entries:
        raise problem_at(pointer, "A {kind} is an array of at least one value.", kind=TYPES[tag])
    check = _CHECKS[SET_TYPES[tag]]
    checked = [check(entry, f"{pointer}/{i}", 1) for i, entry in enumerate(entries)]
    if len(set(checked)) != len(checked):
        raise problem_at(pointer, "A {kind} can't hold the same value twice.", kind=TYPES[tag])
    return {tag: checked}


def _string(content: Any, pointer: str, _depth: int) -> str:
    if not isinstance(content, str):
        raise problem_at(pointer, "Strings, numbers and binary are written as a JSON string.")
    return content


def _number(content: Any, pointer: str, depth: int) -> str:
    return number_at(_string(content, pointer, depth), pointer)


def _binary(content: Any, pointer: str, depth: int) -> str:
    if not is_base64(_string(content, pointer, depth)):
        raise problem_at(pointer, "Binary is base64 text (standard alphabet, padded).")
    text: str = content
    return text


def _boolean(content: Any, pointer: str, _depth: int) -> bool:
    if not isinstance(content, bool):
        raise problem_at(pointer, "BOOL takes true or false.")
    return content


def _null(content: Any, pointer: str, _depth: int) -> bool:
    if content is not True:
        raise problem_at(pointer, "NULL takes true.")
    return True


def _list(content: Any, pointer: str, depth: int) -> list[AttributeValue]:
    require_depth(depth, pointer)
    if not isinstance(content, list):
        raise problem_at(pointer, "L takes an array.")
    return [typed_value(child, f"{pointer}/{i}", depth + 1) for i, child in enumerate(content)]


def _map(content: Any, pointer: str, depth: int) -> Item:
    require_depth(depth, pointer)
    if not isinstance(content, dict):
        raise problem_at(pointer, "M takes an object.")
    return {
        name: typed_value(child, join_pointer(pointer, name), depth + 1)
        for name, child in content.items()
    }


_CHECKS: dict[str, Callable[[Any, str, int], Any]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "BOOL": _boolean,
    "NULL": _null,
    "L": _list,
    "M": _map,
    "SS": lambda content, pointer, _depth: make_set("SS", content, pointer)["SS"],
    "NS": lambda content, pointer, _depth: make_set("NS", content, pointer)["NS"],
    "BS": lambda content, pointer, _depth: make_set("BS", content, pointer)["BS"],
}
