"""Comparisons: what each operator says of a stored value, as DynamoDB would say it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tables.core.values import SET_TYPES, AttributeValue, content_of, type_of

# The value at a term's path, None where there is none, and the term's operands.
Test = Callable[[AttributeValue | None, Sequence[AttributeValue]], bool]
ORDERED_TYPES = frozenset("SNB")


def comparable(value: AttributeValue) -> Any:
    """A value as Python compares it the way DynamoDB does: numbers by value, text by its bytes."""
    tag, content = type_of(value), content_of(value)
    if tag in SET_TYPES:
        return frozenset(comparable({tag[0]: entry}) for entry in content)
    if tag == "L":
        return [(type_of(child), comparable(child)) for child in content]
    if tag == "M":
        return {name: (type_of(child), comparable(child)) for name, child in content.items()}
    if tag == "N":
        return Decimal(content)
    if tag == "B":
        return base64.b64decode(content)
    return content.encode() if tag == "S" else content


def is_equal(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The value has the type and the content of the first operand."""
    return value is not None and _same(value, operands[0])


def is_one_of(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The value equals one of the operands."""
    return value is not None and any(_same(value, operand) for operand in operands)


def is_between(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The value has the type of both bounds, and is neither below the one nor above the other."""
    at_least = ordered(lambda left, right: left >= right)
    at_most = ordered(lambda left, right: left <= right)
    return at_least(value, operands[:1]) and at_most(value, operands[1:])


def begins_with(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The value has the type of the operand, and begins with it."""
    return (
        value is not None
        and type_of(value) == type_of(operands[0])
        and bool(comparable(value).startswith(comparable(operands[0])))
    )


def contains(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The operand is an element of the value, or a part of its text."""
    if value is None:
        return False
    tag, sought = type_of(value), operands[0]
    if tag in SET_TYPES:
        return type_of(sought) == tag[0] and comparable(sought) in comparable(value)
    if tag == "L":
        return any(_same(child, sought) for child in content_of(value))
    return tag in ("S", "B") and type_of(sought) == tag and comparable(sought) in comparable(value)


def exists(value: AttributeValue | None, _operands: Sequence[AttributeValue]) -> bool:
    """There is a value."""
    return value is not None


def has_type(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
    """The value has the type that the operand names."""
    return value is not None and type_of(value) == content_of(operands[0])


def ordered(holds: Callable[[Any, Any], bool]) -> Test:
    """A test of order: false for values of another type, and for types that have no order."""

    def test(value: AttributeValue | None, operands: Sequence[AttributeValue]) -> bool:
        if value is None or type_of(value) != type_of(operands[0]):
            return False
        return type_of(value) in ORDERED_TYPES and holds(comparable(value), comparable(operands[0]))

    return test


def negation(test: Test) -> Test:
    """True wherever the test is false, also where there is no value."""
    return lambda value, operands: not test(value, operands)


def _same(value: AttributeValue, other: AttributeValue) -> bool:
    return type_of(value) == type_of(other) and bool(comparable(value) == comparable(other))
