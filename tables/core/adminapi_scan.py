"""The AdminAPI's scan language: its JSON body, read into a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidExpression, InvalidValue
from tables.core.expressions import (
    MAX_EXPRESSION_BYTES,
    Path,
    parse_path,
    require_no_overlap,
)
from tables.core.filters import (
    BY_SUFFIX,
    Group,
    Term,
    make_term,
    operator_named,
    require_operand_count,
)
from tables.core.values import AttributeValue, Special, wire_value

# Each takes at least four bytes of an expression: `#0, ` or `:0, `.
_MAX_PLACEHOLDERS = MAX_EXPRESSION_BYTES // 4
KEYWORDS = {"attributesExist": "exists", "attributesNotExist": "not_exists"}


def parse_scan(scan: Any, *, special: Special = adminapi_special) -> Group:
    """The filter that a `scan` object describes; `{}` matches everything.

    Raises InvalidExpression, naming the path, for what the language doesn't hold.
    """
    if not isinstance(scan, Mapping):
        raise InvalidExpression('"scan" must be an object; {} means everything.')
    _require_few_values(scan)
    parts: list[Term | Group] = []
    for name, condition in scan.items():
        if name in KEYWORDS:
            parts.extend(_existence(name, condition))
            continue
        parts.append(_condition(parse_path(name), name, condition, special))
    return Group(tuple(parts))


def parse_attributes(value: Any, member: str = "attributesToGet") -> tuple[Path, ...]:
    """The paths of a projection; an absent or empty list means whole items.

    Raises InvalidExpression, also where paths overlap.
    """
    paths = _paths(value, member)
    require_no_overlap(paths)
    return paths


def _require_few_values(scan: Mapping[str, Any]) -> None:
    """Raise InvalidExpression, before anything is converted, where no expression is long enough."""
    values = sum(_value_count(condition) for condition in scan.values())
    if values > _MAX_PLACEHOLDERS:
        raise InvalidExpression(
            "The scan compares with {values} values; DynamoDB takes {most} at most.",
            values=values,
            most=_MAX_PLACEHOLDERS,
        )


def _value_count(condition: Any) -> int:
    """At least how many placeholders a condition needs."""
    if not isinstance(condition, list):
        return 1
    return sum(len(inner) if isinstance(inner, list) else 1 for inner in condition)


def _existence(keyword: str, paths: Any) -> list[Term]:
    operator = BY_SUFFIX[KEYWORDS[keyword]]
    return [make_term(path, operator) for path in _paths(paths, keyword)]


def _paths(value: Any, member: str) -> tuple[Path, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise InvalidExpression('"{member}" must be an array of document paths.', member=member)
    if len(value) > _MAX_PLACEHOLDERS:
        raise InvalidExpression(
            '"{member}" has {count} paths; DynamoDB takes {most}.',
            member=member,
            count=len(value),
            most=_MAX_PLACEHOLDERS,
        )
    return tuple(parse_path(path) for path in value)


def _condition(path: Path, name: str, condition: Any, special: Special) -> Term | Group:
    if isinstance(condition, list):
        return _containment(path, name, condition, special)
    if isinstance(condition, dict) and _special(name, condition, special) is None:
        return _comparison(path, name, condition, special)
    return make_term(path, BY_SUFFIX["eq"], [_operand(name, condition, special)])


def _comparison(path: Path, name: str, condition: dict[str, Any], special: Special) -> Term:
    unknown = condition.keys() - {"comparator", "value"}
    if unknown or not condition:
        raise InvalidExpression('{name}: a condition takes "comparator" and "value".', name=name)
    operator = operator_named(condition.get("comparator", "="))
    if operator.operands == 0:
        return make_term(path, operator)
    if "value" not in condition:
        raise InvalidExpression('{name}: "value" is missing.', name=name)
    value = condition["value"]
    if operator.operands == 1:
        return make_term(path, operator, [_operand(name, value, special)])
    if not isinstance(value, list):
        raise InvalidExpression(
            "{name}: {operator} takes an array of values.", name=name, operator=operator.names[0]
        )
    require_operand_count(path, operator, len(value))
    return make_term(path, operator, [_operand(name, entry, special) for entry in value])


def _containment(path: Path, name: str, values: list[Any], special: Special) -> Group:
    """OR inside an array, AND between the inner arrays."""
    nested = [isinstance(value, list) for value in values]
    if any(nested) and not all(nested):
        raise InvalidExpression(
            "{name}: arrays and plain values can't stand side by side.", name=name
        )
    alternatives = values if any(nested) else [values]
    if not all(alternatives):
        raise InvalidExpression("{name}: an empty array matches nothing; leave it out.", name=name)
    groups = tuple(
        Group(tuple(_contains(path, name, value, special) for value in inner), "OR")
        for inner in alternatives
    )
    return Group(groups)


def _contains(path: Path, name: str, value: Any, special: Special) -> Term:
    if isinstance(value, list):
        raise InvalidExpression("{name}: arrays nest at most two deep.", name=name)
    return make_term(path, BY_SUFFIX["contains"], [_operand(name, value, special)])


def _special(name: str, condition: dict[str, Any], special: Special) -> AttributeValue | None:
    try:
        return special(condition)
    except InvalidValue as error:
        raise InvalidExpression("{name}: {reason}", name=name, reason=error.message) from error


def _operand(name: str, value: Any, special: Special) -> AttributeValue:
    try:
        return wire_value(value, special=special)
    except InvalidValue as error:
        raise InvalidExpression("{name}: {reason}", name=name, reason=error.message) from error
