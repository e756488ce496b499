"""Conditions on keys that follow from a filter, where keys are made by patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidValue
from tables.core.filters import BY_SUFFIX, Group, Term
from tables.core.keys import key_value_from_text
from tables.core.patterns import Pattern, text_of

NO_PATTERNS: Mapping[str, Pattern] = MappingProxyType({})


def derived_terms(
    filter: Group, description: TableDescription, patterns: Mapping[str, Pattern]
) -> list[Term]:
    """What is true of the keys of every item that the filter finds and that keeps the patterns.

    An equality where all that a key is made of is fixed; on the sort key also its known beginning.
    """
    if not patterns:
        return []
    values = fixed_values(filter)
    terms: list[Term] = []
    for attribute in description.key_attributes:
        pattern = patterns.get(attribute.name)
        if pattern is None or (attribute.type != "S" and not pattern.is_value):
            continue
        prefix = pattern.prefix(values)
        if pattern.is_fixed_by(values):
            with suppress(InvalidValue):
                terms.append(_term(attribute, "eq", prefix))
        elif attribute.type == "S" and attribute != description.partition_key and prefix:
            terms.append(
                _term(attribute, "begins_with", prefix + _beginning(filter, pattern, values))
            )
    return terms


def fixed_values(filter: Group) -> dict[str, str]:
    """The text of every attribute that is compared with one value, whatever the type of that."""
    values: dict[str, str] = {}
    for term in _terms(filter, "eq"):
        texts = {text_of(value) for value in term.every_operand}
        text = texts.pop() if len(texts) == 1 else None
        if text:
            values.setdefault(str(term.path[0]), text)
    return values


def _beginning(filter: Group, pattern: Pattern, values: Mapping[str, str]) -> str:
    """How the first value begins that is not known whole, where the filter says that much."""
    unknown = next((part for part in pattern.placeholders if part.name not in values), None)
    if unknown is None or unknown.width:
        return ""
    for term in _terms(filter, "begins_with"):
        if term.path == (unknown.name,) and "S" in term.operands[0]:
            return str(term.operands[0]["S"])
    return ""


def _terms(filter: Group, suffix: str) -> Sequence[Term]:
    """The terms of this operator that hold of every item found, on whole attributes."""
    if filter.joiner != "AND":
        return ()
    terms = (part for part in filter.parts if isinstance(part, Term))
    return [term for term in terms if term.operator.suffix == suffix and len(term.path) == 1]


def _term(attribute: KeyAttribute, suffix: str, text: str) -> Term:
    value = key_value_from_text(text, attribute)
    return Term((attribute.name,), BY_SUFFIX[suffix], (value,))
