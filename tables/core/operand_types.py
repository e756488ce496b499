"""Types of what a filter compares with: declared where they are, else every type it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tables.core.descriptions import TableDescription
from tables.core.entities import Entity
from tables.core.errors import InvalidExpression, InvalidRequest, Sentence
from tables.core.expressions import format_path
from tables.core.filters import Operator
from tables.core.numbers import JSON_NUMBER, canonical_number
from tables.core.registry import Table
from tables.core.schemas import declared_types
from tables.core.values import SET_TYPES, TYPES, AttributeValue, type_of

_LITERALS: Mapping[str, AttributeValue] = {
    "true": {"BOOL": True},
    "false": {"BOOL": False},
    "null": {"NULL": True},
}
_ELEMENTS = frozenset({"contains", "not_contains"})


def filter_types(table: Table, description: TableDescription | None) -> dict[str, str]:
    """Declared type tags by path text: the schema's, the TTL attribute's, which counts seconds, the
    alias map's and the keys', each overruling those before it. What stands in keys alone is text,
    or the key itself.
    """
    types = dict(declared_types(table.schema))
    if description is not None and description.ttl_attribute:
        types[format_path((description.ttl_attribute,))] = "N"
    keys = description.declared_types() if description is not None else {}
    types |= {**table.types, **{format_path((name,)): tag for name, tag in keys.items()}}
    return types if table.entity is None else types | _in_key_alone(table.entity, keys)


def _in_key_alone(entity: Entity, keys: Mapping[str, str]) -> dict[str, str]:
    whole = {
        pattern.names[0]: keys.get(key, "S")
        for key, pattern in entity.key.items()
        if pattern.is_value and pattern.names
    }
    return {format_path((name,)): whole.get(name, "S") for name in entity.key_only}


def operand_type(path: str, operator: Operator, types: Mapping[str, str]) -> str | None:
    """The type tag of an operator's operands on a path; None where it may be any.

    Raises InvalidExpression where the declared type is none that the operator takes.
    """
    declared = types.get(path)
    if operator.suffix == "type" or (declared is None and operator.types == frozenset("SB")):
        return "S"
    if operator.suffix in _ELEMENTS and declared in SET_TYPES:
        return declared[0]
    if declared is None or (operator.suffix in _ELEMENTS and declared == "L"):
        return None
    if declared not in operator.types:
        takes = " or ".join(TYPES[tag] for tag in TYPES if tag in operator.types)
        raise InvalidExpression(
            "{path} is a {kind}, and “{label}” takes {takes}.",
            path=path,
            kind=TYPES[declared],
            label=Sentence(operator.label),
            takes=takes,
        )
    return declared


def as_number(text: str) -> AttributeValue | None:
    """The number that a text is in JSON, if DynamoDB can hold it; `007` and `+1` are text."""
    if not JSON_NUMBER.fullmatch(text):
        return None
    try:
        return {"N": canonical_number(text)}
    except InvalidRequest:
        return None


def other_types(texts: Sequence[str]) -> tuple[tuple[AttributeValue, ...], ...]:
    """What texts may be besides text: numbers, true or false, null; those of each type together."""
    values = [_LITERALS.get(text) or as_number(text) for text in texts]
    by_type: dict[str, list[AttributeValue]] = {}
    for value in values:
        if value is not None and value not in by_type.setdefault(type_of(value), []):
            by_type[type_of(value)].append(value)
    return tuple(tuple(group) for group in by_type.values())
