"""Keys made by patterns, in the form: it asks for what they are made of, and shows them built."""

from __future__ import annotations

from collections.abc import Collection

from tables.admin.visit import Visit
from tables.core.entities import Entity, key_parts
from tables.core.registry import Table
from tables.core.updates import same_value
from tables.core.values import Item
from tables.items.told import told

_NONE = Entity()


def made_of(table: Table) -> tuple[str, ...]:
    """The attributes that keys are made of, in order."""
    return _entity(table).parts


def needed_parts(table: Table) -> frozenset[str]:
    """Those of them that a new item can't do without: nobody makes them for it."""
    return frozenset(_entity(table).asked)


def patterned(table: Table) -> Collection[str]:
    """The key attributes that a pattern makes."""
    return _entity(table).key.keys()


def constant_names(table: Table) -> Collection[str]:
    """The attributes that are the same in every item: no form asks for them."""
    return _entity(table).constants.keys()


def in_key_alone(table: Table) -> frozenset[str]:
    """What a key is made of, and no item holds besides."""
    return _entity(table).key_only


def said_by_key(item: Item, table: Table) -> Item:
    """What only the key of an item says."""
    return {name: value for name, value in told(item, table).items() if name not in item}


def previews(table: Table) -> list[tuple[str, str]]:
    """Each key attribute that is made, and its pattern, for a script to fill in."""
    return [(name, str(pattern)) for name, pattern in _entity(table).key.items()]


def rebuilt(item: Item, opened: Item, visit: Visit) -> Item:
    """An item to be made of another: without the old keys, where what they are made of changed.

    What only those keys held goes along.
    """
    entity = _entity(visit.table)
    held = [name for name in entity.parts if name not in entity.key_only]
    if not opened or all(_is_kept(name, item, opened) for name in held):
        return item
    old = {name for name in entity.key if _is_kept(name, item, opened)}
    told = key_parts({name: opened[name] for name in old}, entity)
    alone = {name: {"S": told[name]} for name in entity.key_only if name in told}
    return {**alone, **{name: value for name, value in item.items() if name not in old}}


def _is_kept(name: str, item: Item, opened: Item) -> bool:
    new, old = item.get(name), opened.get(name)
    return new is old if new is None or old is None else same_value(new, old)


def _entity(table: Table) -> Entity:
    return table.entity or _NONE
