"""The language of DynamoDB's API version 2011-12-05, read into this project's own values."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidExpression, InvalidValue
from tables.core.filters import BY_NAME, BY_SUFFIX, Group, Operator, Term, make_term
from tables.core.keys import require_key, require_key_value
from tables.core.sizes import require_item_fits
from tables.core.typed_json import typed_value
from tables.core.updates import Change
from tables.core.values import (
    SET_TYPES,
    AttributeValue,
    Item,
    content_of,
    require_names,
    type_of,
)

# The types of that time: no NULL, BOOL, L or M.
TYPES_2011 = frozenset({"S", "N", "B", *SET_TYPES})
MAX_ITEM_BYTES = 64 * 1024
KEY_ELEMENTS = ("HashKeyElement", "RangeKeyElement")
# PUT is the default.
_ACTIONS = ("PUT", "ADD", "DELETE")
_RANGE_KEY_OPERATORS = frozenset({"EQ", "LE", "LT", "GE", "GT", "BEGINS_WITH", "BETWEEN"})
_WITHOUT_SETS = frozenset({"CONTAINS", "NOT_CONTAINS", "IN"})
_SCAN_OPERATORS = _RANGE_KEY_OPERATORS | {
    "NE",
    "NOT_NULL",
    "NULL",
    "CONTAINS",
    "NOT_CONTAINS",
    "IN",
}


def read_item(value: Any) -> Item:
    """An item to put: checked values of that time's types, at most 64 KB."""
    item = {name: read_value(child, name) for name, child in _attributes(value, "Item").items()}
    require_item_fits(item, MAX_ITEM_BYTES)
    return item


def read_value(value: Any, name: str) -> AttributeValue:
    """A checked value. Raises InvalidValue for empty values and for types that came later."""
    checked = typed_value(value)
    tag, content = type_of(checked), content_of(checked)
    if tag not in TYPES_2011:
        raise InvalidValue(f"{name}: the type {tag} is not part of API version 2011-12-05.")
    if content == "" or (tag in SET_TYPES and "" in content):
        raise InvalidValue(f"{name}: an AttributeValue may not contain an empty value.")
    return checked


def read_key(value: Any, description: TableDescription) -> Item:
    """A `Key`: its HashKeyElement, and its RangeKeyElement where the table has a sort key."""
    elements = _object(value, "Key")
    attributes = description.key_attributes
    wanted = KEY_ELEMENTS[: len(attributes)]
    if set(elements) != set(wanted):
        raise InvalidValue(f"The Key of this table is made of {' and '.join(wanted)}.")
    key = {
        attribute.name: read_value(elements[element], element)
        for element, attribute in zip(wanted, attributes, strict=True)
    }
    require_key(key, description)
    return key


def read_hash_key(value: Any, description: TableDescription) -> AttributeValue:
    """A Query's `HashKeyValue`. Raises InvalidValue for what can't be this table's key."""
    checked = read_value(value, "HashKeyValue")
    require_key_value(checked, description.partition_key, description)
    return checked


def write_key(key: Mapping[str, AttributeValue], description: TableDescription) -> dict[str, Any]:
    """A key in that time's form."""
    names = zip(KEY_ELEMENTS, description.key_names, strict=False)
    return {element: key[name] for element, name in names}


def read_expected(value: Any) -> Group:
    """The condition of an `Expected`: each attribute absent, or there with a value."""
    if value is None:
        return Group()
    return Group(
        tuple(_expectation(name, rule) for name, rule in _attributes(value, "Expected").items())
    )


def read_updates(value: Any) -> list[Change]:
    """The changes of an `AttributeUpdates`, whose values are at most 64 KB together."""
    if value is None:
        return []
    updates = _attributes(value, "AttributeUpdates")
    changes = {name: _update(name, rule) for name, rule in updates.items()}
    values = {name: change.value for name, change in changes.items() if change.value is not None}
    require_item_fits(values, MAX_ITEM_BYTES)
    return list(changes.values())


def read_range_condition(
    value: Any, attribute: KeyAttribute, description: TableDescription
) -> Term:
    """The term of a Query's `RangeKeyCondition`: on the sort key, with values that fit it."""
    term = _condition(attribute.name, value, _RANGE_KEY_OPERATORS)
    for operand in term.operands:
        require_key_value(operand, attribute, description)
    return term


def read_scan_filter(value: Any) -> Group:
    """The filter of a Scan's `ScanFilter`: every condition must hold."""
    if value is None:
        return Group()
    filters = _attributes(value, "ScanFilter")
    return Group(tuple(_condition(name, rule, _SCAN_OPERATORS) for name, rule in filters.items()))


def read_names(value: Any) -> tuple[str, ...]:
    """`AttributesToGet`: attribute names, never paths."""
    if value is None:
        return ()
    if not isinstance(value, list) or not value or not all(isinstance(n, str) and n for n in value):
        raise InvalidValue("AttributesToGet must be a list of attribute names, not empty.")
    if len(set(value)) < len(value):
        twice = next(name for name in value if value.count(name) > 1)
        raise InvalidValue(f"AttributesToGet names {twice[:100]!r} twice.")
    return tuple(value)


def shown(item: Item, hidden: Container[str] = ()) -> Item:
    """The item as a client of that time may read it, without the hidden attributes.

    Raises InvalidValue, naming the attribute, for a type that came later.
    """
    visible = {name: value for name, value in item.items() if name not in hidden}
    for name, value in visible.items():
        if type_of(value) not in TYPES_2011:
            raise InvalidValue(
                f"The attribute {name!r} has the type {type_of(value)}, which API version "
                "2011-12-05 can't carry. Leave it out with AttributesToGet."
            )
    return visible


def _expectation(name: str, rule: Any) -> Term:
    members = _object(rule, f"Expected.{name}")
    _require_members(members, {"Exists", "Value"}, f"Expected.{name}")
    exists = members.get("Exists", True)
    if not isinstance(exists, bool):
        raise InvalidValue(f"Expected.{name}: Exists takes true or false.")
    if exists != ("Value" in members):
        reason = (
            "Value must be provided when Exists is true"
            if exists
            else "Value cannot be used when Exists is false"
        )
        raise InvalidValue(f"One or more parameter values were invalid: {reason} ({name}).")
    if not exists:
        return make_term((name,), BY_SUFFIX["not_exists"])
    return make_term((name,), BY_SUFFIX["eq"], [read_value(members["Value"], name)])


def _update(name: str, rule: Any) -> Change:
    members = _object(rule, f"AttributeUpdates.{name}")
    _require_members(members, {"Action", "Value"}, f"AttributeUpdates.{name}")
    action = members.get("Action", "PUT")
    if action not in _ACTIONS:
        raise InvalidValue(f"{name}: Action takes {', '.join(_ACTIONS)}.")
    if "Value" not in members:
        if action != "DELETE":
            raise InvalidValue(f"{name}: {action} needs a Value.")
        return Change("remove", (name,))
    value = read_value(members["Value"], name)
    if action == "PUT":
        return Change("set", (name,), value)
    return Change("add" if action == "ADD" else "delete", (name,), value)


def _condition(name: str, rule: Any, allowed: frozenset[str]) -> Term:
    members = _object(rule, name)
    _require_members(members, {"AttributeValueList", "ComparisonOperator"}, name)
    operator = _operator(name, members.get("ComparisonOperator"), allowed)
    values = members.get("AttributeValueList") or []
    if not isinstance(values, list):
        raise InvalidValue(f"{name}: AttributeValueList must be a list.")
    operands = [read_value(value, name) for value in values]
    _require_operands_of_that_time(name, str(members["ComparisonOperator"]), operands)
    return make_term((name,), operator, operands)


def _require_operands_of_that_time(
    name: str, word: str, operands: Sequence[AttributeValue]
) -> None:
    """Raise InvalidExpression for what these operators take today and did not take then."""
    types = {type_of(operand) for operand in operands}
    sets = sorted(types.intersection(SET_TYPES))
    if word in _WITHOUT_SETS and sets:
        raise InvalidExpression(f"{name}: {word} takes no value of the type {sets[0]}.")
    if word == "IN" and len(types) > 1:
        raise InvalidExpression(f"{name}: IN takes values of one type.")


def _operator(name: str, word: Any, allowed: frozenset[str]) -> Operator:
    if not isinstance(word, str) or word not in allowed:
        raise InvalidExpression(
            f"{name}: ComparisonOperator takes one of {', '.join(sorted(allowed))}."
        )
    return BY_NAME[word]


def _require_members(members: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = members.keys() - known
    if unknown:
        raise InvalidValue(f"{where} has an unknown member {min(unknown)!r}.")


def _attributes(value: Any, where: str) -> dict[str, Any]:
    """An object whose members are named after attributes."""
    members = _object(value, where)
    require_names(members)
    return members


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidValue(f"{name} must be an object.")
    return value
