"""What items say by their keys alone, beside what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from tables.configuration import registry
from tables.core.entities import Entity, with_parts
from tables.core.filters import terms_of
from tables.core.registry import Table
from tables.core.values import Item


def told(item: Item, table: Table) -> Item:
    """The item with what its key alone says, as an item of its kind; of a whole table, of the first
    kind in the alias map that it is one of.
    """
    kind = next((kind for kind in _kinds(table) if kind.entity and _is_of(item, kind, table)), None)
    return item if kind is None or kind.entity is None else with_parts(item, kind.entity)


def told_by(name: str, table: Table) -> frozenset[str]:
    """The attributes that decide whether an item's key says this: those of the kinds' rules."""
    return frozenset(
        str(term.path[0])
        for entity in _entities(table)
        if name in entity.key_only
        for term in terms_of(entity.when)
    )


def _is_of(item: Item, kind: Table, table: Table) -> bool:
    return kind is table or kind.holds(item)


def _entities(table: Table) -> Iterator[Entity]:
    return (kind.entity for kind in _kinds(table) if kind.entity is not None)


def _kinds(table: Table) -> Iterator[Table]:
    """The alias itself where it is one of a kind, else those of its kinds."""
    if table.entity is not None:
        return iter((table,))
    return (kind for kind in registry().tables.values() if kind.of == table.alias)
