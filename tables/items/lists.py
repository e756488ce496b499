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
from tables.core.registry import Table
from tables.core.sight import Sight
from tables.core.values import Item
from tables.dynamodb.reads import Budget, Page, read_until
from tables.items.completion import State, complete


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


def plan_of(
    query: CollectionQuery,
    description: TableDescription,
    sight: Sight,
    *,
    completes: bool = False,
) -> Plan:
    """The plan that answers a query; `completes` as in `read_collection`. Raises
    InvalidExpression.
    """
    return choose_plan(
        sight.ask(query.filter),
        description,
        fields=query.fields,
        index=query.index,
        scan_only=query.scan_only,
        order=query.order,
        completes=completes,
    )


def read_collection(
    query: CollectionQuery,
    table: Table,
    description: TableDescription,
    sight: Sight,
    *,
    limit: int,
    budget: Budget | None = None,
    completes: bool = False,
) -> CollectionPage:
    """The page that a query asks for, `limit` items unless the query has its own limit.

    `completes`: what a forced index lacks of its items is read from the table.
    Raises InvalidCursor for a cursor of another alias, filter or plan; TablesError.
    """
    plan = plan_of(query, description, sight, completes=completes)
    bound_to = _bound_to(table.alias, query, plan)
    start_key = (
        read_cursor(query.cursor, bound_to=bound_to, secret=settings.SECRET_KEY)
        if query.cursor
        else None
    )
    index = description.index(plan.index) if plan.index else None
    is_part = index is not None and index.is_part
    completes = completes and is_part and not _holds_fields(index, query.fields)
    page = read_until(
        description,
        plan,
        limit=query.limit or limit,
        budget=budget or Budget(settings.SCAN_BUDGET_ITEMS, settings.SCAN_BUDGET_SECONDS),
        start_key=start_key,
        fields=() if completes else query.fields,
    )
    found = CollectionPage(page, plan, _next_cursor(page, bound_to), start_key)
    if completes:
        return _completed(found, query.filter, description)
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


def cursor_at(start_key: Item, query: CollectionQuery, table: Table, plan: Plan) -> str:
    """The cursor of the page that begins after this key, for going back to it."""
    bound_to = _bound_to(table.alias, query, plan)
    return sign_cursor(start_key, bound_to=bound_to, secret=settings.SECRET_KEY)


def _next_cursor(page: Page, bound_to: str) -> str | None:
    if page.last_evaluated_key is None:
        return None
    return sign_cursor(page.last_evaluated_key, bound_to=bound_to, secret=settings.SECRET_KEY)


def _bound_to(alias: str, query: CollectionQuery, plan: Plan) -> str:
    """What a cursor belongs to: page size and projection may change on the way, these may not."""
    return repr((alias, _outline(query.filter), plan.operation, plan.index, plan.descending))


def _outline(node: Term | Group) -> tuple[Any, ...]:
    if isinstance(node, Term):
        return (node.path, node.operator.suffix, node.operands, node.alternatives)
    return (node.joiner, *(_outline(part) for part in node.parts))
