"""The update language: its five actions, read into changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidExpression, InvalidRequest
from tables.core.expressions import MAX_EXPRESSION_BYTES, format_path, parse_path, value_at
from tables.core.typed_json import make_set
from tables.core.updates import Change
from tables.core.values import (
    SET_TYPES,
    TYPES,
    AttributeValue,
    Item,
    content_of,
    is_base64,
    type_of,
    wire_value,
)

# Each takes at least four bytes of an expression: `#0, `.
_MAX_CHANGES = MAX_EXPRESSION_BYTES // 4

Reader = Callable[[Any], list[Change]]
_SET_OF = {scalar: tag for tag, scalar in SET_TYPES.items()}


def read_actions(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The actions of a body in its order, and the names of what else stands there.

    Raises InvalidRequest when there is no action at all.
    """
    actions = {name: payload for name, payload in body.items() if name in ACTIONS}
    if not actions:
        raise InvalidRequest(f"The body needs at least one of {', '.join(ACTIONS)}.")
    return actions, [name for name in body if name not in ACTIONS]


def read_changes(action: str, payload: Any) -> list[Change]:
    """The changes of one action. Those of `delete` may hold a list still: see `settle`.

    Raises InvalidExpression and InvalidValue.
    """
    if isinstance(payload, dict | list) and len(payload) > _MAX_CHANGES:
        raise InvalidExpression(
            f"{action} has {len(payload)} paths; DynamoDB takes {_MAX_CHANGES} in one update."
        )
    return ACTIONS[action](payload)


def settle(changes: Iterable[Change], stored: Item) -> list[Change]:
    """The changes with every `delete` given as the type of set that is stored there.

    Raises InvalidExpression where something else is stored.
    """
    return [
        replace(change, value=_as_stored(change, value_at(stored, change.path)))
        if change.action == "delete"
        else change
        for change in changes
    ]


def _set(payload: Any) -> list[Change]:
    return [
        Change("set", parse_path(path), _value(value))
        for path, value in _members("set", payload).items()
    ]


def _remove(payload: Any) -> list[Change]:
    if isinstance(payload, str):
        payload = [payload]
    if isinstance(payload, dict):
        payload = list(payload)
    if not isinstance(payload, list) or not all(isinstance(path, str) for path in payload):
        raise InvalidExpression("remove takes an object, an array of paths or one path.")
    return [Change("remove", parse_path(path)) for path in payload]


def _add(payload: Any) -> list[Change]:
    changes = []
    for path, plain in _members("add", payload).items():
        value = _value(plain)
        if type_of(value) == "L":
            value = _set_of(path, value["L"])
        changes.append(Change("add", parse_path(path), value))
    return changes


def _delete(payload: Any) -> list[Change]:
    changes = []
    for path, plain in _members("delete", payload).items():
        value = _value(plain)
        if type_of(value) not in SET_TYPES and type_of(value) != "L":
            value = {"L": [value]}
        changes.append(Change("delete", parse_path(path), value))
    return changes


def _append(payload: Any) -> list[Change]:
    changes = []
    for path, plain in _members("setListAppend", payload).items():
        value = _value(plain)
        if type_of(value) != "L":
            raise InvalidExpression(f"{path}: setListAppend takes an array.")
        changes.append(Change("append", parse_path(path), value))
    return changes


ACTIONS: Mapping[str, Reader] = {
    "set": _set,
    "remove": _remove,
    "add": _add,
    "delete": _delete,
    "setListAppend": _append,
}


def _members(action: str, payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise InvalidExpression(f"{action} takes an object of document paths and values.")
    return payload


def _value(plain: Any) -> AttributeValue:
    return wire_value(plain, special=adminapi_special)


def _as_stored(change: Change, stored: AttributeValue | None) -> AttributeValue | None:
    value = change.value
    if value is None or type_of(value) in SET_TYPES:
        return value
    shown = format_path(change.path)
    if stored is None:
        return _set_of(shown, value["L"])
    tag = type_of(stored)
    if tag not in SET_TYPES:
        raise InvalidExpression(f"{shown} is a {TYPES[tag]}: delete takes elements out of sets.")
    return make_set(tag, [_element(shown, entry, tag) for entry in value["L"]])


def _element(shown: str, entry: AttributeValue, tag: str) -> Any:
    scalar, content = SET_TYPES[tag], content_of(entry)
    is_binary_text = scalar == "B" and type_of(entry) == "S" and is_base64(content)
    if type_of(entry) != scalar and not is_binary_text:
        raise InvalidExpression(
            f"{shown} is a {TYPES[tag]}; a {TYPES[type_of(entry)]} can't be one of its values."
        )
    return content


def _set_of(shown: str, entries: list[AttributeValue]) -> AttributeValue:
    """The set that an array stands for: all strings, all numbers or all binary."""
    tags = {type_of(entry) for entry in entries}
    tag = _SET_OF.get(tags.pop()) if len(tags) == 1 else None
    if tag is None:
        raise InvalidExpression(
            f"{shown}: a set is an array of strings, of numbers or of binary, and not empty."
        )
    return make_set(tag, [content_of(entry) for entry in entries])
