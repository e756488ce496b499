"""Plans: which DynamoDB operation answers a filter, without ever missing an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tables.core.comparisons import comparable
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor, InvalidExpression
from tables.core.expressions import Path, Placeholders, format_path
from tables.core.filters import (
    BY_SUFFIX,
    EVERYTHING,
    Group,
    Term,
    compile_filter,
    matches,
    terms_of,
)
from tables.core.key_patterns import NO_PATTERNS, derived_terms
from tables.core.keys import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, key_limit
from tables.core.membership import unproven_keys
from tables.core.patterns import Pattern
from tables.core.sight import Asked
from tables.core.sizes import value_size
from tables.core.values import Item, type_of


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to answer a filter.

    `key` is set for GetItem, `key_terms` for Query. `filter` goes into the FilterExpression;
    `local` names key attributes only and is matched here, because a Query's filter can't.
    `by_pattern`: a condition on the key was not asked for, but follows from how keys are made.
    """

    operation: Literal["GetItem", "Query", "Scan"]
    index: str | None = None
    key: Item | None = None
    key_terms: tuple[Term, ...] = ()
    filter: Group = EVERYTHING
    local: Group = EVERYTHING
    descending: bool = False
    by_pattern: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether more items may be read than match."""
        return bool(self.filter or self.local)

    def ordered_by(self, description: TableDescription) -> str | None:
        """The attribute that a Query's answer is ordered by: the first of the sort key that is not
        the same in all of it.
        """
        index = description.index(self.index) if self.index else None
        keys = index.sort_keys if index else description.key_attributes[1:]
        fixed = {term.path for term in self.key_terms if _is_equality(term)}
        free = [key for key in keys if (key.name,) not in fixed]
        return next((key.name for key in (*free, *keys)), None)

    @property
    def guessed_types(self) -> dict[str, list[str]]:
        """The type tags that are compared with at each path whose type nobody declared."""
        terms = (*terms_of(self.filter), *terms_of(self.local))
        return {
            format_path(term.path): [*dict.fromkeys(type_of(value) for value in term.every_operand)]
            for term in terms
            if term.alternatives or term.is_guess
        }

    def compile(self, pool: Placeholders) -> dict[str, Any]:
        """The request members of this plan, expressions included but not the pool's."""
        members: dict[str, Any] = {}
        if self.index:
            members["IndexName"] = self.index
        if self.operation == "Query":
            members["KeyConditionExpression"] = compile_filter(Group(self.key_terms), pool)
            members["ScanIndexForward"] = not self.descending
        if self.filter:
            members["FilterExpression"] = compile_filter(self.filter, pool)
        return members


def scan_plan(asked: Asked) -> Plan:
    """A scan of the whole table under a filter."""
    return Plan("Scan", filter=asked)


def partition_plan(
    asked: Asked, description: TableDescription, *, descending: bool = False
) -> Plan:
    """A query of one partition of the table by terms on its key. Raises InvalidExpression."""
    plan = _query_table(asked, description)
    if plan is None:
        raise InvalidExpression("These conditions fix no partition of the table.")
    return replace(plan, descending=descending)


def choose_plan(
    filter: Asked,
    description: TableDescription,
    *,
    fields: Iterable[Path] = (),
    index: str | None = None,
    scan_only: bool = False,
    order: Literal["asc", "desc"] | None = None,
    completes: bool = False,
    patterns: Mapping[str, Pattern] = NO_PATTERNS,
) -> Plan:
    """The cheapest plan that provably gives the same answer as a scan of the table.

    An index is taken by itself only when it holds every attribute that is asked for and every
    item that can match; `index` forces one. `completes`: the caller reads what a forced index lacks
    from the table. `patterns` say of key attributes what they are made of in every item that can
    match. Raises InvalidExpression for an unknown index, for fields and conditions that a
    forced index lacks, and for an order on a scan, which has none.
    """
    forced = _forced_index(description, index)
    if forced is not None:
        _require_held(forced, filter, () if completes else fields)
    if scan_only:
        plan = Plan("Scan", index=index, filter=filter)
    else:
        derived = derived_terms(filter, description, patterns)
        plan = _best(filter, description, frozenset(path[0] for path in fields), forced, derived)
    if order is None:
        return plan
    if plan.operation == "Scan":
        raise InvalidExpression("A scan has no order: filter on a partition key to get one.")
    return replace(plan, descending=order == "desc")


@dataclass(frozen=True, slots=True)
class Advice:
    """An index that would answer by a Query what is scanned, and why it isn't taken by itself.

    `is_part`: it has but a part of each item. `unproven` are its key attributes for which it may
    lack items that match.
    """

    index: str
    is_part: bool
    unproven: tuple[str, ...]


def advise(filter: Group, description: TableDescription) -> Advice | None:
    """The index that would narrow a scan the most, where somebody asks for it."""
    found: dict[str, int] = {}
    for index in description.indexes:
        names = {str(term.path[0]) for term in terms_of(filter)}
        plan = _query_index(filter, index) if index.is_ready else None
        if plan is not None and all(map(index.holds, names)):
            found[index.name] = len(plan.key_terms)
    best = description.index(max(found, key=lambda name: found[name])) if found else None
    if best is None:
        return None
    return Advice(best.name, best.is_part, unproven_keys(best, filter, description))


def require_start_key(start_key: Item, plan: Plan) -> None:
    """Raise InvalidCursor for a start key outside of what the plan reads; DynamoDB refuses it."""
    is_inside = all(matches(term, start_key) for term in plan.key_terms)
    if plan.operation == "GetItem":
        is_inside = start_key == plan.key
    if not is_inside:
        raise InvalidCursor("The start key lies outside of what this request reads.")


def _forced_index(description: TableDescription, name: str | None) -> Index | None:
    if name is None:
        return None
    index = description.index(name)
    if index is None:
        known = ", ".join(index.name for index in description.indexes) or "none"
        raise InvalidExpression(
            "No index has that name; this table's indexes: {names}.", names=known
        )
    if not index.is_ready:
        raise InvalidExpression(
            "The index {index} is being made or deleted: it can't be read now.", index=name
        )
    return index


def _require_held(index: Index, filter: Group, fields: Iterable[Path]) -> None:
    """Raise InvalidExpression for what a part of an item can't answer: it would look absent.

    DynamoDB itself reads fields that a local index lacks from the table, but never conditions.
    """
    asked = dict.fromkeys(str(term.path[0]) for term in terms_of(filter))
    lacked = [name for name in asked if not index.holds(name)]
    if lacked:
        raise InvalidExpression(
            "The index {index} does not hold {names}, so it can't be filtered by.",
            index=index.name,
            names=", ".join(lacked),
        )
    named = dict.fromkeys(str(path[0]) for path in fields)
    lacked = [name for name in named if index.is_global and not index.holds(name)]
    if lacked:
        raise InvalidExpression(
            "The index {index} does not hold {names}; leave it out of the fields.",
            index=index.name,
            names=", ".join(lacked),
        )


def _best(
    filter: Group,
    description: TableDescription,
    fields: frozenset[str | int],
    forced: Index | None,
    derived: Sequence[Term],
) -> Plan:
    if forced is not None:
        return _query_index(filter, forced) or Plan("Scan", index=forced.name, filter=filter)
    key_plan = _get_item(filter, description)
    if key_plan is not None:
        return key_plan
    plans = [_query_table(filter, description), _query_derived(filter, description, derived)]
    plans += [
        _query_index(filter, candidate)
        for candidate in description.indexes
        if _holds_the_answer(candidate, filter, description, fields)
    ]
    # max keeps the first of equals, so the table itself comes before its indexes, and what was
    # asked for before what follows from it.
    usable = [plan for plan in plans if plan is not None]
    return max(usable, key=lambda plan: len(plan.key_terms), default=Plan("Scan", filter=filter))


def _get_item(filter: Group, description: TableDescription) -> Plan | None:
    """GetItem when the filter is exactly one value for each key attribute."""
    terms = [part for part in filter.parts if isinstance(part, Term) and _is_equality(part)]
    key = {str(term.path[0]): term.operands[0] for term in terms if len(term.path) == 1}
    if len(filter.parts) != len(description.key_attributes) or len(terms) != len(filter.parts):
        return None
    for attribute in description.key_attributes:
        limit = key_limit(attribute, description)
        if attribute.name not in key or not _is_key_value(key[attribute.name], attribute, limit):
            return None
    return Plan("GetItem", key={name: key[name] for name in description.key_names})


def _query_table(filter: Group, description: TableDescription) -> Plan | None:
    sort_keys = () if description.sort_key is None else (description.sort_key,)
    return _query(filter, None, (description.partition_key,), sort_keys)


def _query_derived(
    filter: Group, description: TableDescription, derived: Sequence[Term]
) -> Plan | None:
    """The Query of the table with what follows from its key patterns, where that helps.

    The caller's own partition comes before a derived one, a derived sort key before theirs.
    """
    partition = (description.partition_key.name,)
    sort = tuple(term for term in derived if term.path != partition)
    rest = tuple(term for term in derived if term.path == partition)
    plan = _query_table(Group((*sort, *filter.parts, *rest)), description)
    if plan is None or not any(term is added for term in plan.key_terms for added in derived):
        return None
    return replace(plan, by_pattern=True)


def _query_index(filter: Group, index: Index) -> Plan | None:
    return _query(filter, index.name, index.partition_keys, index.sort_keys)


def _query(
    filter: Group,
    index: str | None,
    partition_keys: Sequence[KeyAttribute],
    sort_keys: Sequence[KeyAttribute],
) -> Plan | None:
    """A Query by these keys: an equality on each partition attribute, then conditions on sort
    attributes from the first on, as far as each before the last is an equality (AWS:
    multi-attribute keys). None where the filter doesn't fix the partition.
    """
    terms = [part for part in filter.parts if isinstance(part, Term)]
    chosen = [_equality(terms, attribute) for attribute in partition_keys]
    key_terms = [term for term in chosen if term is not None]
    if len(key_terms) < len(partition_keys):
        return None
    replaced = list(key_terms)
    for attribute in sort_keys:
        condition, used = _sort_condition(terms, attribute)
        key_terms += condition
        replaced += used
        if not (condition and _is_equality(condition[0])):
            break
    names = {attribute.name for attribute in (*partition_keys, *sort_keys)}
    rest = [part for part in filter.parts if not any(part is term for term in replaced)]
    local = [part for part in rest if _touches(part, names)]
    if not all(_names_only(part, names) for part in local):
        return None
    return Plan(
        "Query",
        index=index,
        key_terms=tuple(key_terms),
        filter=Group(tuple(part for part in rest if not _touches(part, names))),
        local=Group(tuple(local)),
    )


def _equality(terms: Sequence[Term], attribute: KeyAttribute) -> Term | None:
    """The condition that fixes a partition key attribute."""
    fitting = (t for t in terms if _is_equality(t) and _fits(t, attribute, MAX_PARTITION_KEY_BYTES))
    return next(fitting, None)


def _sort_condition(terms: list[Term], sort_key: KeyAttribute) -> tuple[list[Term], list[Term]]:
    """The one sort key condition a Query may have, and the terms that it replaces."""
    usable = [
        term
        for term in terms
        if term.operator.on_sort_key and _fits(term, sort_key, MAX_SORT_KEY_BYTES)
    ]
    low = next((term for term in usable if term.operator.suffix == "gte"), None)
    high = next((term for term in usable if term.operator.suffix == "lte"), None)
    if low and high and comparable(low.operands[0]) <= comparable(high.operands[0]):
        both = Term(low.path, BY_SUFFIX["between"], (low.operands[0], high.operands[0]))
        return [both], [low, high]
    # An equality reads least.
    usable.sort(key=lambda term: term.operator.suffix != "eq")
    return usable[:1], usable[:1]


def _holds_the_answer(
    index: Index, filter: Group, description: TableDescription, fields: frozenset[str | int]
) -> bool:
    if not index.is_ready:
        return False
    if index.projected is not None:
        needed = fields | {term.path[0] for term in terms_of(filter)}
        if not fields or not needed <= index.projected:
            return False
    return not unproven_keys(index, filter, description)


def _is_equality(term: Term) -> bool:
    return term.operator.suffix == "eq" and not term.alternatives


def _fits(term: Term, attribute: KeyAttribute, limit: int) -> bool:
    if term.path != (attribute.name,) or term.alternatives:
        return False
    return all(_is_key_value(operand, attribute, limit) for operand in term.operands)


def _is_key_value(value: dict[str, Any], attribute: KeyAttribute, limit: int) -> bool:
    # DynamoDB refuses an impossible key value even in a condition; a scan just finds nothing.
    return type_of(value) == attribute.type and 0 < value_size(value) <= limit


def _touches(part: Term | Group, names: set[str]) -> bool:
    return any(term.path[0] in names for term in terms_of(part))


def _names_only(part: Term | Group, names: set[str]) -> bool:
    return all(len(term.path) == 1 and term.path[0] in names for term in terms_of(part))
