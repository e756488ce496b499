"""The size of an item as DynamoDB counts it (AWS: DynamoDB item sizes and formats)."""

from __future__ import annotations

from tables.core.errors import TooLarge
from tables.core.values import AttributeValue, Item

MAX_ITEM_BYTES = 400 * 1024
# A list or map costs 3 bytes, and 1 byte for each element, beyond what it holds.
_CONTAINER_BYTES = 3


def item_size(item: Item) -> int:
    """Bytes of all attribute names and values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: AttributeValue) -> int:
    """Bytes of one attribute value, nested values included."""
    ((tag, content),) = value.items()
    if tag == "S":
        return len(content.encode())
    if tag == "N":
        return _number_size(content)
    if tag == "B":
        return _binary_size(content)
    if tag in ("BOOL", "NULL"):
        return 1
    if tag == "M":
        return _CONTAINER_BYTES + sum(
            1 + len(name.encode()) + value_size(child) for name, child in content.items()
        )
    if tag == "L":
        return _CONTAINER_BYTES + sum(1 + value_size(child) for child in content)
    return sum(value_size({tag[0]: entry}) for entry in content)


def require_item_fits(item: Item, limit: int = MAX_ITEM_BYTES) -> None:
    """Raise TooLarge when the item is over `limit` bytes (400 KB unless told)."""
    size = item_size(item)
    if size > limit:
        raise TooLarge(
            "The item is {size} bytes; DynamoDB holds at most {most} bytes in one item.",
            size=size,
            most=limit,
        )


def _number_size(text: str) -> int:
    # About one byte for two significant digits, one for the exponent, one for a minus sign.
    digits = text.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_size(text: str) -> int:
    return len(text) * 3 // 4 - text.count("=", -2)
