"""What items say by their keys alone, beside what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tables.configuration import registry
from tables.core.entities import Entity, with_parts
from tables.core.filters import matches, terms_of
from tables.core.registry import Table
from tables.core.values import Item


def told(item: Item, table: Table) -> Item:
    """The item with what its key alone says, as an item of its kind; of a whole table, of the first
    kind in the alias map that it is one of.
    """
    (whole,) = told_all([item], table)
    return whole


def told_all(items: Iterable[Item], table: Table) -> list[Item]:
    """As `told`, for each of these."""
    if table.entity is not None:
        # A page may have read less of its items than tells their kind.
        return [with_parts(item, table.entity) for item in items]
    kinds = _kinds(table)
    if not any(kind.key_only for kind in kinds):
        return list(items)
    return [_told(item, kinds) for item in items]


def told_by(name: str, table: Table) -> frozenset[str]:
    """The attributes that decide whether an item's key says this: those of the kinds' rules."""
    return frozenset(
        str(term.path[0])
        for kind in _kinds(table)
        if name in kind.key_only
        for term in terms_of(kind.when)
    )


def _told(item: Item, kinds: Sequence[Entity]) -> Item:
    kind = next((kind for kind in kinds if matches(kind.when, item)), None)
    return item if kind is None else with_parts(item, kind)


def _kinds(table: Table) -> list[Entity]:
    """The kind of the alias where it has one, else those of the whole table."""
    if table.entity is not None:
        return [table.entity]
    kinds = registry().kinds_of(table)
    return [kind.entity for kind in kinds if kind.entity is not None]
