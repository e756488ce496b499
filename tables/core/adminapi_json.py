"""The two objects in the AdminAPI's plain JSON that stand for a set and for binary."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

from tables.core.errors import InvalidValue
from tables.core.typed_json import make_set
from tables.core.values import AttributeValue

_SET_TAGS = {"String": "SS", "Number": "NS", "Binary": "BS"}


def adminapi_special(value: dict[str, Any]) -> AttributeValue | None:
    """The set or binary that a Set wrapper or a Buffer stands for; None for any other object.

    Raises InvalidValue for one whose values are not of its type.
    """
    if value.get("wrapperName") == "Set" and value.keys() == {"wrapperName", "type", "values"}:
        return _wrapped_set(value)
    if _is_buffer(value):
        return _buffer(value["data"])
    return None


def _wrapped_set(value: dict[str, Any]) -> AttributeValue:
    tag = _SET_TAGS.get(str(value["type"]))
    entries = value["values"]
    if tag is None or not isinstance(entries, list):
        raise InvalidValue('A Set takes "type" String, Number or Binary and "values", an array.')
    if tag == "NS":
        entries = [str(entry) if _is_number(entry) else entry for entry in entries]
    if tag == "BS":
        entries = [_buffer(entry["data"])["B"] if _is_buffer(entry) else entry for entry in entries]
    return make_set(tag, entries, "/values")


def _is_buffer(value: Any) -> bool:
    # A map that only looks like one (its data is no array) stays a map.
    return (
        isinstance(value, dict)
        and value.keys() == {"type", "data"}
        and value["type"] == "Buffer"
        and isinstance(value["data"], list)
    )


def _buffer(data: list[Any]) -> AttributeValue:
    if not all(_is_number(byte) and 0 <= byte <= 255 and byte == int(byte) for byte in data):
        raise InvalidValue('A Buffer takes "data", an array of bytes from 0 to 255.')
    return {"B": base64.b64encode(bytes(map(int, data))).decode()}


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)
