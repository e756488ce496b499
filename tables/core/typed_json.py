"""Typed JSON: the wire form as clients write it, checked and made canonical."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tables.core.errors import InvalidValue
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH
from tables.core.values import (
    SET_TYPES,
    TYPES,
    AttributeValue,
    Item,
    is_base64,
    join_pointer,
    problem_at,
    require_depth,
    require_names,
)

# A JSON pointer, or one and the name or position that it goes on with: it is put together for an
# error alone, not for each of the values that are right.
Where: TypeAlias = "str | tuple[Where, str | int]"


def typed_item(value: Mapping[str, Any]) -> Item:
    """A checked, canonical copy of an item written in typed JSON (wire form from outside)."""
    require_names(value)
    return {name: typed_value(child, ("", name)) for name, child in value.items()}


def typed_value(value: Any, where: Where = "", depth: int = 1) -> AttributeValue:
    """A checked, canonical copy of one typed value: `{"N": "1.0"}` becomes `{"N": "1"}`.

    Raises InvalidValue with the pointer of the culprit.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise _problem(where, 'A typed value is an object with one type, as {"S": "text"}.')
    ((tag, content),) = value.items()
    if tag not in _CHECKS:
        raise _problem(
            where,
            "{name} is not a type; the types are {types}.",
            name=repr(tag[:40]),
            types=", ".join(TYPES),
        )
    return {tag: _CHECKS[tag](content, (where, tag), depth)}


def make_set(tag: str, entries: Any, where: Where = "") -> AttributeValue:
    """A checked set: an array that is not empty, no duplicates, every entry of the set's type."""
    if not isinstance(entries, list) or not entries:
        raise _problem(where, "A {kind} is an array of at least one value.", kind=TYPES[tag])
    check = _CHECKS[SET_TYPES[tag]]
    checked = [check(entry, (where, i), 1) for i, entry in enumerate(entries)]
    if len(set(checked)) != len(checked):
        raise _problem(where, "A {kind} can't hold the same value twice.", kind=TYPES[tag])
    return {tag: checked}


def _pointer(where: Where) -> str:
    return where if isinstance(where, str) else join_pointer(_pointer(where[0]), str(where[1]))


def _problem(where: Where, template: str, /, **parts: Any) -> InvalidValue:
    return problem_at(_pointer(where), template, **parts)


def _require_depth(depth: int, where: Where) -> None:
    if depth > MAX_DEPTH:
        require_depth(depth, _pointer(where))


def _string(content: Any, where: Where, _depth: int) -> str:
    if not isinstance(content, str):
        raise _problem(where, "Strings, numbers and binary are written as a JSON string.")
    return content


def _number(content: Any, where: Where, depth: int) -> str:
    try:
        return canonical_number(_string(content, where, depth))
    except InvalidValue as error:
        raise _problem(where, error.message) from error


def _binary(content: Any, where: Where, depth: int) -> str:
    if not is_base64(_string(content, where, depth)):
        raise _problem(where, "Binary is base64 text (standard alphabet, padded).")
    text: str = content
    return text


def _boolean(content: Any, where: Where, _depth: int) -> bool:
    if not isinstance(content, bool):
        raise _problem(where, "BOOL takes true or false.")
    return content


def _null(content: Any, where: Where, _depth: int) -> bool:
    if content is not True:
        raise _problem(where, "NULL takes true.")
    return True


def _list(content: Any, where: Where, depth: int) -> list[AttributeValue]:
    _require_depth(depth, where)
    if not isinstance(content, list):
        raise _problem(where, "L takes an array.")
    return [typed_value(child, (where, i), depth + 1) for i, child in enumerate(content)]


def _map(content: Any, where: Where, depth: int) -> Item:
    _require_depth(depth, where)
    if not isinstance(content, dict):
        raise _problem(where, "M takes an object.")
    return {name: typed_value(child, (where, name), depth + 1) for name, child in content.items()}


_CHECKS: dict[str, Callable[[Any, Where, int], Any]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "BOOL": _boolean,
    "NULL": _null,
    "L": _list,
    "M": _map,
    "SS": lambda content, where, _depth: make_set("SS", content, where)["SS"],
    "NS": lambda content, where, _depth: make_set("NS", content, where)["NS"],
    "BS": lambda content, where, _depth: make_set("BS", content, where)["BS"],
}
