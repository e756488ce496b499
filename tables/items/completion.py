"""Whole items for an index that holds but a part of each: what it lacks is read from the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Literal

from tables.core.descriptions import TableDescription
from tables.core.filters import Group, matches
from tables.core.keys import encode_token
from tables.core.plans import Plan
from tables.core.values import Item
from tables.dynamodb.reads import get_items, iterate

# What became of an item since the index took it: the table has none of its key any more, or one
# that doesn't match the filter.
State = Literal["gone", "changed"]


@dataclass(frozen=True, slots=True)
class Completed:
    """Items in the order of the index, and what became of those, by position, that no longer match.

    One that is gone stays as the index has it.
    """

    items: list[Item]
    states: Mapping[int, State]
    capacity: float
    calls: int


def complete(parts: Sequence[Item], filter: Group, description: TableDescription) -> Completed:
    """The items of which an index gave these parts, read consistently: an index lags behind.

    Raises TablesError.
    """
    keys = [{name: part[name] for name in description.key_names} for part in parts]
    read = get_items(description, keys, consistent=True)
    whole = {encode_token(item, description): item for item in read.items}
    items: list[Item] = []
    states: dict[int, State] = {}
    for position, part in enumerate(parts):
        item = whole.get(encode_token(part, description))
        items.append(part if item is None else item)
        if item is None:
            states[position] = "gone"
        elif not matches(filter, item):
            states[position] = "changed"
    return Completed(items, states, read.capacity, read.calls)


def every_item(
    plan: Plan, filter: Group, description: TableDescription
) -> Iterator[Sequence[Item]]:
    """Every whole item that matches, page by page, whatever index the plan reads; no page is held
    on to.
    """
    index = description.index(plan.index) if plan.index else None
    pages = map(attrgetter("items"), iterate(description, plan))
    if index is None or not index.is_part:
        return pages
    return map(partial(_still_matching, filter, description), pages)


def _still_matching(
    filter: Group, description: TableDescription, parts: Sequence[Item]
) -> Sequence[Item]:
    whole = complete(parts, filter, description)
    return [item for place, item in enumerate(whole.items) if place not in whole.states]
