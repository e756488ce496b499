"""One page of a table for a query: plan it, read it under the budget, sign where it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from tables.core.cursors import read_cursor, sign_cursor
from tables.core.descriptions import Index, TableDescription
from tables.core.expressions import Path
from tables.core.filters import Group, Term
from tables.core.plans import Plan, choose_plan
from tables.core.queries import CollectionQuery
from tables.core.sight import Asked
from tables.core.values import Item
from tables.dynamodb.reads import Budget, Narrowed, Page, read_until
from tables.items.completion import State, complete
from tables.items.target import Target


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A page of items, the plan that read it, and the cursor of the next page.

    `start_key` is the key after which the page begins, None for the first. `holds` are the
    attributes of an index that gives but a part of its items, None where items are whole; `states`
    says by position what became of an item since the index took it.
    """

    page: Page
    plan: Plan
    next_cursor: str | None
    start_key: Item | None = None
    holds: tuple[str, ...] | None = None
    states: Mapping[int, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """A query of a table, and the plan that answers it: chosen once, however often it is asked.

    `completes`: what a forced index lacks of its items is read from the table.
    """

    query: CollectionQuery
    target: Target
    plan: Plan
    completes: bool = False

    @property
    def asked(self) -> Asked:
        """The query's filter as the caller may ask it."""
        return self.target.sight.ask(self.query.filter)

    @property
    def index(self) -> Index | None:
        """The index that is read, None for the table itself."""
        return self.target.description.index(self.plan.index) if self.plan.index else None

    @property
    def bound_to(self) -> str:
        """What a cursor belongs to: page size and fields may change on the way, these may not."""
        plan = self.plan
        outline = _outline(self.query.filter)
        return repr((self.target.table.alias, outline, plan.operation, plan.index, plan.descending))

    def cursor_at(self, start_key: Item) -> str:
        """The cursor of the page that begins after this key."""
        return sign_cursor(start_key, bound_to=self.bound_to, secret=settings.SECRET_KEY)

    def start_key(self) -> Item | None:
        """Where the query's own cursor goes on. Raises InvalidCursor for one of another query."""
        cursor, secret = self.query.cursor, settings.SECRET_KEY
        return read_cursor(cursor, bound_to=self.bound_to, secret=secret) if cursor else None


def plan_query(query: CollectionQuery, target: Target, *, completes: bool = False) -> PlannedQuery:
    """Choose the plan that answers a query. Raises InvalidExpression."""
    plan = choose_plan(
        target.sight.ask(query.filter),
        target.description,
        fields=query.fields,
        index=query.index,
        scan_only=query.scan_only,
        order=query.order,
        completes=completes,
        patterns=target.sight.patterns,
    )
    if plan.operation == "Query" and target.sight.asks_keys(query.filter):
        plan = replace(plan, by_pattern=True)
    return PlannedQuery(query, target, plan, completes)


def read_collection(
    planned: PlannedQuery,
    *,
    limit: int,
    budget: Budget | None = None,
    narrowed: Narrowed | None = None,
) -> CollectionPage:
    """The page that a query asks for, `limit` items unless the query has its own limit.

    `narrowed` says of the first items what is needed of further ones, where all are large.
    Raises InvalidCursor for a cursor of another alias, filter or plan; TablesError.
    """
    query, plan, description = planned.query, planned.plan, planned.target.description
    start_key, index = planned.start_key(), planned.index
    is_part = index is not None and index.is_part
    completes = planned.completes and is_part and not _holds_fields(index, query.fields)
    page = read_until(
        description,
        plan,
        limit=query.limit or limit,
        budget=budget or Budget(settings.SCAN_BUDGET_ITEMS, settings.SCAN_BUDGET_SECONDS),
        start_key=start_key,
        fields=() if completes else query.fields,
        narrowed=None if completes else narrowed,
    )
    last = page.last_evaluated_key
    found = CollectionPage(page, plan, planned.cursor_at(last) if last else None, start_key)
    if completes:
        return _completed(found, planned.asked, description)
    if is_part and index is not None and not query.fields:
        return replace(found, holds=tuple(sorted(index.projected or ())))
    return found


def _holds_fields(index: Index | None, fields: Sequence[Path]) -> bool:
    return bool(fields) and all(index is None or index.holds(str(path[0])) for path in fields)


def _completed(
    found: CollectionPage, filter: Group, description: TableDescription
) -> CollectionPage:
    """The page with whole items, what that took added to its meter."""
    whole = complete(found.page.items, filter, description)
    page = replace(
        found.page,
        items=whole.items,
        capacity=found.page.capacity + whole.capacity,
        calls=found.page.calls + whole.calls,
    )
    return replace(found, page=page, states=whole.states)


def _outline(node: Term | Group) -> tuple[Any, ...]:
    if isinstance(node, Term):
        return (node.path, node.operator.suffix, node.operands, node.alternatives)
    return (node.joiner, *(_outline(part) for part in node.parts))
