"""The size of an item as DynamoDB counts it (AWS: DynamoDB item sizes and formats)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from tables.core.errors import TooLarge
from tables.core.values import AttributeValue, Item

MAX_ITEM_BYTES = 400 * 1024
# A list or map costs 3 bytes, and 1 byte for each element, beyond what it holds.
_CONTAINER_BYTES = 3


def item_size(item: Item) -> int:
    """Bytes of all attribute names and values."""
    return _names_and_values(item, 0)


def size_at_most(item: Item) -> int:
    """No less than `item_size`, and told many times sooner: JSON spells all of it, and more."""
    try:
        return len(orjson.dumps(item))
    except orjson.JSONEncodeError:
        return item_size(item)


def value_size(value: AttributeValue) -> int:
    """Bytes of one attribute value, nested values included."""
    ((tag, content),) = value.items()
    return _SIZES[tag](content)


def require_item_fits(item: Item, limit: int = MAX_ITEM_BYTES) -> None:
    """Raise TooLarge when the item is over `limit` bytes (400 KB unless told)."""
    if size_at_most(item) <= limit:
        return
    size = item_size(item)
    if size > limit:
        raise TooLarge(
            "The item is {size} bytes; DynamoDB holds at most {most} bytes in one item.",
            size=size,
            most=limit,
        )


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number_size(text: str) -> int:
    # About one byte for two significant digits, one for the exponent, one for a minus sign.
    digits = text.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_size(text: str) -> int:
    return len(text) * 3 // 4 - text.count("=", -2)


def _names_and_values(members: Item, each: int) -> int:
    """Bytes of names and their values, and some for each."""
    size = each * len(members)
    for name, value in members.items():
        for tag, content in value.items():
            size += _text_size(name) + _SIZES[tag](content)
    return size


def _list_size(elements: Sequence[AttributeValue]) -> int:
    return _CONTAINER_BYTES + sum(1 + value_size(element) for element in elements)


# Every item that a job writes goes through here several times.
_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _text_size,
    "N": _number_size,
    "B": _binary_size,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list_size,
    "M": lambda members: _CONTAINER_BYTES + _names_and_values(members, 1),
    "SS": lambda texts: sum(map(_text_size, texts)),
    "NS": lambda numbers: sum(map(_number_size, numbers)),
    "BS": lambda contents: sum(map(_binary_size, contents)),
}
