"""A value as one of another type, where that loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tables.core.errors import InvalidValue
from tables.core.numbers import canonical_number
from tables.core.typed_json import make_set
from tables.core.values import TYPES, AttributeValue, content_of, number_at, type_of

_BOOLEANS = {"true": True, "false": False}


def retyped(value: AttributeValue, tag: str) -> AttributeValue:
    """The value as that type. Raises InvalidValue where it would not be the same value."""
    if type_of(value) == tag:
        return value
    convert = CONVERSIONS.get((type_of(value), tag))
    if convert is None:
        raise _refused(value, tag)
    return convert(value)


def _number(value: AttributeValue) -> AttributeValue:
    text = str(content_of(value)).strip()
    try:
        number = canonical_number(number_at(text, ""))
    except InvalidValue:
        raise _refused(value, "N") from None
    return {"N": number}


def _boolean(value: AttributeValue) -> AttributeValue:
    word = str(content_of(value)).strip().lower()
    if word not in _BOOLEANS:
        raise _refused(value, "BOOL")
    return {"BOOL": _BOOLEANS[word]}


def _text(value: AttributeValue) -> AttributeValue:
    content = content_of(value)
    return {"S": str(content).lower() if isinstance(content, bool) else str(content)}


def _list(value: AttributeValue) -> AttributeValue:
    return {"L": [{type_of(value)[0]: entry} for entry in content_of(value)]}


def _set(tag: str) -> Callable[[AttributeValue], AttributeValue]:
    def convert(value: AttributeValue) -> AttributeValue:
        entries = content_of(value)
        if any(type_of(entry) != tag[0] for entry in entries):
            raise _refused(value, tag)
        return make_set(tag, [content_of(entry) for entry in entries])

    return convert


# From and to -> how. What is not here can't be done without a loss.
CONVERSIONS: Mapping[tuple[str, str], Callable[[AttributeValue], AttributeValue]] = {
    ("S", "N"): _number,
    ("S", "BOOL"): _boolean,
    ("N", "S"): _text,
    ("BOOL", "S"): _text,
    ("SS", "L"): _list,
    ("NS", "L"): _list,
    ("BS", "L"): _list,
    ("L", "SS"): _set("SS"),
    ("L", "NS"): _set("NS"),
    ("L", "BS"): _set("BS"),
}


def _refused(value: AttributeValue, tag: str) -> InvalidValue:
    return InvalidValue(
        "This {kind} can't be made a {other} without a loss.",
        kind=TYPES[type_of(value)],
        other=TYPES[tag],
    )
