"""Filters: one table of operators, one tree of terms, compiled to a FilterExpression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Any, Literal

from tables.core import comparisons
from tables.core.comparisons import ORDERED_TYPES, Test, comparable, negation, ordered
from tables.core.errors import InvalidExpression, Sentence
from tables.core.expressions import (
    Path,
    Placeholders,
    format_path,
    require_within_limits,
    value_at,
)
from tables.core.values import TYPES, AttributeValue, Item, content_of, type_of

# AWS: Service, account, and table quotas: operands of IN.
MAX_IN_OPERANDS = 100
PIN_A_TYPE = Sentence(
    "The conditions compare values in several types each, and DynamoDB does not take so many at "
    "once: pin the type that is meant, as in total__n=818 or total__s=818."
)


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the language: all that anything needs to know of an operator.

    `operands` is how many values it takes, None for 1 to 100, and `types` what they may be.
    `matches` says of one value what DynamoDB says of the template.
    `implies_existence`: whether an item without the attribute can never match.
    `on_sort_key`: whether a Query may have it as the condition on a sort key.
    `suffix` is its name in query strings, `names` are what JSON clients call it. `label` says it to
    people, and `words` the whole condition, where it isn't the operands one after another.
    """

    suffix: str
    label: str
    template: str
    operands: int | None
    names: tuple[str, ...]
    matches: Test
    types: frozenset[str] = frozenset(TYPES)
    implies_existence: bool = True
    on_sort_key: bool = False
    words: str = ""


OPERATORS: tuple[Operator, ...] = (
    Operator("eq", "is", "{path} = {0}", 1, ("=", "EQ"), comparisons.is_equal, on_sort_key=True),
    Operator(
        "ne",
        "is not",
        "{path} <> {0}",
        1,
        ("<>", "!=", "NE"),
        negation(comparisons.is_equal),
        implies_existence=False,
    ),
    Operator(
        "lt",
        "is less than",
        "{path} < {0}",
        1,
        ("<", "LT"),
        ordered(lt),
        ORDERED_TYPES,
        on_sort_key=True,
    ),
    Operator(
        "lte",
        "is at most",
        "{path} <= {0}",
        1,
        ("<=", "LE"),
        ordered(le),
        ORDERED_TYPES,
        on_sort_key=True,
    ),
    Operator(
        "gt",
        "is greater than",
        "{path} > {0}",
        1,
        (">", "GT"),
        ordered(gt),
        ORDERED_TYPES,
        on_sort_key=True,
    ),
    Operator(
        "gte",
        "is at least",
        "{path} >= {0}",
        1,
        (">=", "GE"),
        ordered(ge),
        ORDERED_TYPES,
        on_sort_key=True,
    ),
    Operator(
        "between",
        "is between",
        "{path} BETWEEN {0} AND {1}",
        2,
        ("BETWEEN",),
        comparisons.is_between,
        ORDERED_TYPES,
        on_sort_key=True,
        words="{path} {label} {0} and {1}",
    ),
    Operator("in", "is one of", "{path} IN ({all})", None, ("IN",), comparisons.is_one_of),
    Operator(
        "begins_with",
        "begins with",
        "begins_with({path}, {0})",
        1,
        ("BEGINS_WITH",),
        comparisons.begins_with,
        frozenset("SB"),
        on_sort_key=True,
    ),
    Operator(
        "contains", "contains", "contains({path}, {0})", 1, ("CONTAINS",), comparisons.contains
    ),
    Operator(
        "not_contains",
        "does not contain",
        "NOT contains({path}, {0})",
        1,
        ("NOT_CONTAINS",),
        negation(comparisons.contains),
        implies_existence=False,
    ),
    Operator(
        "exists",
        "exists",
        "attribute_exists({path})",
        0,
        ("EXISTS", "NOT_NULL"),
        comparisons.exists,
    ),
    Operator(
        "not_exists",
        "does not exist",
        "attribute_not_exists({path})",
        0,
        ("NOT_EXISTS", "NULL"),
        negation(comparisons.exists),
        implies_existence=False,
    ),
    Operator(
        "type",
        "has the type",
        "attribute_type({path}, {0})",
        1,
        ("ATTRIBUTE_TYPE",),
        comparisons.has_type,
        frozenset("S"),
    ),
)
BY_SUFFIX = {operator.suffix: operator for operator in OPERATORS}
BY_NAME = {name: operator for operator in OPERATORS for name in operator.names}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: a path, an operator, its operands in wire form.

    `alternatives` are the same operands in other types, where nobody said which is meant: the term
    holds where one of them does, a negation where all of them do. `is_guess`: its one type was
    told from how its operands look.
    """

    path: Path
    operator: Operator
    operands: tuple[AttributeValue, ...] = ()
    alternatives: tuple[tuple[AttributeValue, ...], ...] = ()
    is_guess: bool = False

    @property
    def every_operand(self) -> tuple[AttributeValue, ...]:
        """The operands, in every type."""
        return (*self.operands, *(value for others in self.alternatives for value in others))

    @property
    def guarded(self) -> Group:
        """The term, asked of values of its own type alone: engines fail to compare others."""
        tag = {"S": type_of(self.operands[0])}
        return Group((Term(self.path, BY_SUFFIX["type"], (tag,)), replace(self, is_guess=False)))

    def each_type(self) -> Group:
        """The terms of one type each that this one stands for."""
        every = (self.operands, *self.alternatives)
        terms = tuple(Term(self.path, self.operator, operands) for operands in every)
        return Group(terms, "OR" if self.operator.implies_existence else "AND")


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
                "{path}: {operator} takes a {allowed}, not a {given}.",
                path=shown,
                operator=operator.names[0],
                allowed=allowed,
                given=TYPES[type_of(operand)],
            )
    if operator.suffix == "between":
        _require_bounds(shown, *operands)
    if operator.suffix == "type" and content_of(operands[0]) not in TYPES:
        raise InvalidExpression(
            "{path}: the types are {types}.", path=shown, types=", ".join(TYPES)
        )
    return Term(path, operator, operands)


def require_operand_count(path: Path, operator: Operator, count: int) -> None:
    """Raise InvalidExpression unless the operator takes that many operands."""
    shown = format_path(path)
    if operator.operands is None:
        if not 1 <= count <= MAX_IN_OPERANDS:
            raise InvalidExpression(
                "{path}: IN takes 1 to {most} values.", path=shown, most=MAX_IN_OPERANDS
            )
    elif count != operator.operands:
        raise InvalidExpression(
            "{path}: {operator} takes {wanted} values, not {count}.",
            path=shown,
            operator=operator.names[0],
            wanted=operator.operands,
            count=count,
        )


def operator_named(name: Any) -> Operator:
    """The operator that JSON clients call `name`, in any case. Raises InvalidExpression."""
    operator = BY_NAME.get(name.upper()) if isinstance(name, str) else None
    if operator is None:
        raise InvalidExpression(
            "{name} is not a comparator; use one of {names}.",
            name=repr(str(name)[:40]),
            names=", ".join(BY_NAME),
        )
    return operator


def compile_filter(node: Term | Group, pool: Placeholders) -> str:
    """A FilterExpression or ConditionExpression; empty for a filter that matches everything.

    Raises InvalidExpression over DynamoDB's limits; where it is for want of a type, it says so.
    """
    try:
        return require_within_limits(_compile(node, pool))
    except InvalidExpression as error:
        if any(term.alternatives or term.is_guess for term in terms_of(node)):
            raise InvalidExpression(PIN_A_TYPE) from error
        raise


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
        if node.alternatives:
            return _compile(node.each_type(), pool, within=within)
        if node.is_guess:
            return _compile(node.guarded, pool, within=within)
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
        raise InvalidExpression("{path}: BETWEEN takes two values of one type.", path=shown)
    if comparable(low) > comparable(high):
        raise InvalidExpression("{path}: BETWEEN takes the lower bound first.", path=shown)


def matches(node: Term | Group, item: Item) -> bool:
    """Whether DynamoDB would find an item by this filter.

    DynamoDB refuses filters on the key attributes of what a Query reads: those are told here.
    """
    if isinstance(node, Group):
        results = (matches(part, item) for part in node.parts)
        return all(results) if node.joiner == "AND" else any(results)
    if node.alternatives:
        return matches(node.each_type(), item)
    return node.operator.matches(value_at(item, node.path), node.operands)
