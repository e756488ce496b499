"""Attribute values in one short line of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import takewhile
from typing import Any

from tables.admin.values.hidden_characters import visible_all
from tables.core.descriptions import TableDescription
from tables.core.numbers import EXACT
from tables.core.values import SET_TYPES, AttributeValue, Item, content_of, type_of

# Longest number that is shown as it is stored: a sign, `0.` and 38 digits.
NUMBER_CHARACTERS = 41
# Longest text of a cell before it is cut, in characters.
CELL_CHARACTERS = 80
_KEY_CHARACTERS = 120


def summary(value: AttributeValue, characters: int = CELL_CHARACTERS) -> tuple[str, bool]:
    """A value as one line of at most so many characters, and whether that is all of it.

    Only as much of the value is looked at as the line can hold.
    """
    scalar = value.get("S") or short_number(value.get("N") or "")
    if scalar and len(scalar) <= characters:
        return scalar, True
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > characters:
            return text[: characters - 1].rstrip() + "…", False
    return text, True


def beginning(value: AttributeValue, characters: int) -> AttributeValue:
    """The value without what stands after so many characters of its JSON: the same text up to
    there, and a longer one than that where the whole value's is longer.
    """
    room = characters

    def kept(child: AttributeValue) -> AttributeValue:
        nonlocal room
        tag, content = type_of(child), content_of(child)
        room -= 1
        if tag == "S":
            room -= len(content)
            return {"S": content[: characters + 1]}
        if tag == "M":
            return {"M": {name: kept(inner) for name, inner in begun(content.items())}}
        if tag == "L":
            return {"L": [kept(inner) for inner in begun(content)]}
        return {tag: content[: characters + 1]} if tag in SET_TYPES else child

    def begun(children: Iterable[Any]) -> Iterator[Any]:
        return takewhile(lambda _child: room >= 0, children)

    return kept(value)


def short_number(text: str) -> str:
    """A stored number as it is shown: one with very many zeros by its exponent, every digit kept.

    `1E+125` has 126 digits when it is written out; `0` and short numbers stay as they are stored.
    """
    if len(text) <= NUMBER_CHARACTERS:
        return text
    try:
        return str(Decimal(text).normalize(EXACT))
    except InvalidOperation:
        return text


def all_fit(texts: Sequence[str], characters: int) -> bool:
    """Whether none of the texts is empty or has more than so many characters."""
    return "" not in texts and len(max(texts, key=len, default="")) <= characters


def key_text(item: Item, description: TableDescription) -> str:
    """An item's key in words, such as `DE · Berlin#2950159`; what can't be seen has a sign."""
    return key_texts([item], description)[0]


def key_texts(items: Sequence[Item], description: TableDescription) -> list[str]:
    """The keys of many items in words."""
    columns = [
        visible_all(_summaries([item[name] for item in items])) for name in description.key_names
    ]
    return list(map(" · ".join, zip(*columns, strict=True)))


def _summaries(values: Sequence[AttributeValue]) -> list[str]:
    """What `summary` gives of each part of a key."""
    texts = [value.get("S") or value.get("N") or "" for value in values]
    # Of such a length, a number stands as it is as well.
    if all_fit(texts, NUMBER_CHARACTERS):
        return texts
    return [summary(value, _KEY_CHARACTERS)[0] for value in values]


def size_text(size: int) -> str:
    """A number of bytes as people read it, such as `12.5 KB` (of 1,024 bytes)."""
    amount = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{size:,} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"


def _pieces(value: AttributeValue) -> Iterator[str]:
    tag, content = type_of(value), content_of(value)
    if tag == "M":
        yield from _joined("{", ((f"{name}: ", child) for name, child in content.items()), "}")
    elif tag == "L":
        yield from _joined("[", (("", child) for child in content), "]")
    elif tag in ("SS", "NS", "BS"):
        yield from _joined("{", (("", {tag[0]: entry}) for entry in content), "}")
    elif tag == "BOOL":
        yield "true" if content else "false"
    elif tag == "NULL":
        yield "null"
    elif tag == "N":
        yield short_number(content)
    else:
        yield content


def _joined(
    opening: str, parts: Iterator[tuple[str, AttributeValue]], closing: str
) -> Iterator[str]:
    yield opening
    separator = ""
    for label, child in parts:
        yield separator + label
        yield from ('""',) if content_of(child) == "" else _pieces(child)
        separator = ", "
    yield closing
