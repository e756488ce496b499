"""Filters: one table of operators, one tree of terms, compiled to a FilterExpression."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tables.core.errors import InvalidExpression
from tables.core.expressions import Path, Placeholders, format_path, require_within_limits
from tables.core.values import TYPES, AttributeValue, content_of, type_of

# AWS: Service, account, and table quotas: operands of IN.
MAX_IN_OPERANDS = 100
ORDERED_TYPES = frozenset("SNB")


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the language. `operands` is how many values it takes, None for 1 to 100.

    `implies_existence`: whether an item without the attribute can never match.
    `suffix` is its name in query strings, `names` are what JSON clients call it.
    """

    suffix: str
    label: str
    template: str
    operands: int | None
    names: tuple[str, ...]
    types: frozenset[str] = frozenset(TYPES)
    implies_existence: bool = True


OPERATORS: tuple[Operator, ...] = (
    Operator("eq", "is", "{path} = {0}", 1, ("=", "EQ")),
    Operator("ne", "is not", "{path} <> {0}", 1, ("<>", "!=", "NE"), implies_existence=False),
    Operator("lt", "is less than", "{path} < {0}", 1, ("<", "LT"), ORDERED_TYPES),
    Operator("lte", "is at most", "{path} <= {0}", 1, ("<=", "LE"), ORDERED_TYPES),
    Operator("gt", "is greater than", "{path} > {0}", 1, (">", "GT"), ORDERED_TYPES),
    Operator("gte", "is at least", "{path} >= {0}", 1, (">=", "GE"), ORDERED_TYPES),
    Operator("between", "is between", "{path} BETWEEN {0} AND {1}", 2, ("BETWEEN",), ORDERED_TYPES),
    Operator("in", "is one of", "{path} IN ({all})", None, ("IN",)),
    Operator(
        "begins_with",
        "begins with",
        "begins_with({path}, {0})",
        1,
        ("BEGINS_WITH",),
        frozenset("SB"),
    ),
    Operator("contains", "contains", "contains({path}, {0})", 1, ("CONTAINS",)),
    Operator(
        "not_contains",
        "does not contain",
        "NOT contains({path}, {0})",
        1,
        ("NOT_CONTAINS",),
        implies_existence=False,
    ),
    Operator("exists", "exists", "attribute_exists({path})", 0, ("EXISTS", "NOT_NULL")),
    Operator(
        "not_exists",
        "does not exist",
        "attribute_not_exists({path})",
        0,
        ("NOT_EXISTS", "NULL"),
        implies_existence=False,
    ),
    Operator(
        "type",
        "has the type",
        "attribute_type({path}, {0})",
        1,
        ("ATTRIBUTE_TYPE",),
        frozenset("S"),
    ),
)
BY_SUFFIX = {operator.suffix: operator for operator in OPERATORS}
BY_NAME = {name: operator for operator in OPERATORS for name in operator.names}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: a path, an operator, its operands in wire form."""

    path: Path
    operator: Operator
    operands: tuple[AttributeValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Terms and groups joined by AND or OR; an empty AND matches everything."""

    parts: tuple[Term | Group, ...] = ()
    joiner: Literal["AND", "OR"] = "AND"

    def __bool__(self) -> bool:
        return bool(self.parts)


EVERYTHING = Group()


def make_term(path: Path, operator: Operator, operands: Iterable[AttributeValue] = ()) -> Term:
    """A checked term. Raises InvalidExpression for a wrong number or type of operands."""
    operands = tuple(operands)
    shown = format_path(path)
    require_operand_count(path, operator, len(operands))
    for operand in operands:
        if type_of(operand) not in operator.types:
            allowed = ", ".join(TYPES[tag] for tag in TYPES if tag in operator.types)
            raise InvalidExpression(
                f"{shown}: {operator.names[0]} takes a {allowed}, not a {TYPES[type_of(operand)]}."
            )
    if operator.suffix == "between":
        _require_bounds(shown, *operands)
    if operator.suffix == "type" and content_of(operands[0]) not in TYPES:
        raise InvalidExpression(f"{shown}: the types are {', '.join(TYPES)}.")
    return Term(path, operator, operands)


def require_operand_count(path: Path, operator: Operator, count: int) -> None:
    """Raise InvalidExpression unless the operator takes that many operands."""
    shown = format_path(path)
    if operator.operands is None:
        if not 1 <= count <= MAX_IN_OPERANDS:
            raise InvalidExpression(f"{shown}: IN takes 1 to {MAX_IN_OPERANDS} values.")
    elif count != operator.operands:
        raise InvalidExpression(
            f"{shown}: {operator.names[0]} takes {operator.operands} values, not {count}."
        )


def operator_named(name: Any) -> Operator:
    """The operator that JSON clients call `name`, in any case. Raises InvalidExpression."""
    operator = BY_NAME.get(name.upper()) if isinstance(name, str) else None
    if operator is None:
        raise InvalidExpression(
            f"{str(name)[:40]!r} is not a comparator; use one of {', '.join(BY_NAME)}."
        )
    return operator


def compile_filter(node: Term | Group, pool: Placeholders) -> str:
    """A FilterExpression or ConditionExpression; empty for a filter that matches everything."""
    return require_within_limits(_compile(node, pool))


def terms_of(node: Term | Group) -> Iterator[Term]:
    """Every term of a filter, in order."""
    if isinstance(node, Term):
        yield node
        return
    for part in node.parts:
        yield from terms_of(part)


def _compile(node: Term | Group, pool: Placeholders, *, within: str | None = None) -> str:
    """The text of a node inside a group joined by `within`; DynamoDB refuses needless brackets."""
    if isinstance(node, Term):
        return _compile_term(node, pool)
    if len(node.parts) == 1:
        return _compile(node.parts[0], pool, within=within)
    text = f" {node.joiner} ".join(_compile(part, pool, within=node.joiner) for part in node.parts)
    return text if within in (None, node.joiner) else f"({text})"


def _compile_term(term: Term, pool: Placeholders) -> str:
    placeholders = [pool.value(operand) for operand in term.operands]
    return term.operator.template.format(
        *placeholders, path=pool.path(term.path), all=", ".join(placeholders)
    )


def _require_bounds(shown: str, low: AttributeValue, high: AttributeValue) -> None:
    if type_of(low) != type_of(high):
        raise InvalidExpression(f"{shown}: BETWEEN takes two values of one type.")
    if comparable(low) > comparable(high):
        raise InvalidExpression(f"{shown}: BETWEEN takes the lower bound first.")


# ---------------------------------------------------------------- matching key attributes here

# DynamoDB refuses filters on the key attributes of what a Query reads, so those terms are
# compared here. Key attributes are always there and always strings, numbers or binary.
_MATCHERS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "eq": lambda value, operands: bool(value == operands[0]),
    "ne": lambda value, operands: bool(value != operands[0]),
    "lt": lambda value, operands: bool(value < operands[0]),
    "lte": lambda value, operands: bool(value <= operands[0]),
    "gt": lambda value, operands: bool(value > operands[0]),
    "gte": lambda value, operands: bool(value >= operands[0]),
    "between": lambda value, operands: bool(operands[0] <= value <= operands[1]),
    "in": lambda value, operands: value in operands,
    "begins_with": lambda value, operands: bool(value.startswith(operands[0])),
    "contains": lambda value, operands: operands[0] in value,
    "not_contains": lambda value, operands: operands[0] not in value,
}


def comparable(value: AttributeValue) -> Any:
    """A string, number or binary value as Python compares it the way DynamoDB does."""
    tag, content = type_of(value), content_of(value)
    if tag == "N":
        return Decimal(content)
    # Strings compare by their UTF-8 bytes.
    return base64.b64decode(content) if tag == "B" else content.encode()


def matches_key(node: Term | Group, key: dict[str, AttributeValue]) -> bool:
    """Whether the key attributes of an item satisfy a filter that names nothing else."""
    if isinstance(node, Group):
        results = (matches_key(part, key) for part in node.parts)
        return all(results) if node.joiner == "AND" else any(results)
    value = key[str(node.path[0])]
    suffix = node.operator.suffix
    if suffix in ("exists", "not_exists"):
        return suffix == "exists"
    if suffix == "type":
        return bool(type_of(value) == content_of(node.operands[0]))
    operands = [comparable(o) for o in node.operands if type_of(o) == type_of(value)]
    if not operands or (suffix == "between" and len(operands) < 2):
        return suffix in ("ne", "not_contains")
    if type_of(value) == "N" and suffix in ("contains", "not_contains"):
        return suffix == "not_contains"
    return _MATCHERS[suffix](comparable(value), operands)
