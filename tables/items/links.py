"""Where the links of items lead for their caller, and what belongs to an item.

An alias that the caller may not view, or whose table does not answer, is none: nothing leads there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tables.configuration import registry
from tables.core.errors import InvalidExpression, InvalidRequest, TablesError
from tables.core.filters import matches
from tables.core.keys import encode_token
from tables.core.links import Link, Related
from tables.core.operand_types import filter_types
from tables.core.queries import parse_query
from tables.core.sight import Seen
from tables.core.values import AttributeValue, Item
from tables.dynamodb.reads import Budget, get_across
from tables.items.lists import CollectionPage, PlannedQuery, plan_query, read_collection
from tables.items.target import Target, find_target
from tables.items.told import told

# Most items that the one call reads which lists what belongs to an item.
_READ_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Pointer:
    """A value of an item, and the item that it leads to, whether or not that is there."""

    link: Link
    value: AttributeValue
    to: Target
    key: Item

    @property
    def token(self) -> str:
        """The URL segment of the item that it leads to."""
        return encode_token(self.key, self.to.description)

    @property
    def name(self) -> tuple[str, str]:
        """The alias and the token of the item that it leads to."""
        return self.to.table.alias, self.token


@dataclass(frozen=True, slots=True)
class Linked:
    """Items that were looked up, by alias and token; those that are not there are not in it."""

    items: Mapping[tuple[str, str], Seen]
    capacity: float = 0.0


@dataclass(frozen=True, slots=True)
class Belonging:
    """What belongs to an item by one relation: how it is asked for, at which table."""

    related: Related
    to: Target
    pairs: Sequence[tuple[str, str]]
    planned: PlannedQuery


def neighbours(target: Target, aliases: Iterable[str]) -> dict[str, Target]:
    """These aliases as targets of the same caller, without those that the caller may not view."""
    found = {}
    for alias in dict.fromkeys(aliases):
        if alias == target.table.alias:
            found[alias] = target
            continue
        with suppress(TablesError):
            found[alias] = find_target(registry().get(alias), target.caller)
    return found


def link_targets(target: Target) -> dict[str, Target]:
    """The tables that the links of this one lead to, by alias."""
    return neighbours(target, (link.to for link in target.table.links))


def links_named(names: Sequence[str], target: Target) -> list[Link]:
    """The links of a table by their names. Raises InvalidExpression for one that the caller may
    not follow, as for one that there is not.
    """
    places = link_targets(target)
    known = {link.name: link for link in target.table.links if link.to in places}
    for name in names:
        if name not in known:
            raise InvalidExpression(
                "{name} is no link of {table}; its links are: {known}.",
                name=repr(name[:100]),
                table=target.table.label,
                known=", ".join(known) or "–",
            )
    return [known[name] for name in names]


def pointers_of(
    item: Item,
    target: Target,
    places: Mapping[str, Target],
    links: Sequence[Link] | None = None,
) -> list[Pointer]:
    """Where the values of an item lead, in the order of the links; nowhere but to `places`.

    What stands in its key alone leads as well, save to the item itself.
    """
    whole = told(item, target.table)
    return [
        Pointer(link, value, places[link.to], key)
        for link in (target.table.links if links is None else links)
        if link.to in places
        for value, key in link.keys(whole, places[link.to].description)
        if link.attribute in item or not is_itself(item, key, target, places[link.to])
    ]


def is_itself(item: Item, key: Item, target: Target, to: Target) -> bool:
    """Whether this key, in the table that is linked to, is that of the item."""
    return target.name == to.name and all(item.get(name) == key[name] for name in key)


def look_up(pointers: Iterable[Pointer], *, consistent: bool = False) -> Linked:
    """The items that are led to, each once, as the caller sees them; a hundred to a call.

    Raises TablesError.
    """
    wanted = {pointer.name: pointer for pointer in pointers}
    keys = {
        (pointer.to.name, pointer.token): (pointer.to.name, pointer.key)
        for pointer in wanted.values()
    }
    read = get_across(list(keys.values()), consistent=consistent)
    stored: dict[tuple[str, str], Item] = {}
    descriptions = {pointer.to.name: pointer.to.description for pointer in wanted.values()}
    for table, item in read.items:
        stored[table, encode_token(item, descriptions[table])] = item
    found = {}
    for name, pointer in wanted.items():
        item_there = stored.get((pointer.to.name, pointer.token))
        if item_there is not None and pointer.to.sight.holds(item_there):
            found[name] = pointer.to.sight.see(item_there)
    return Linked(found, read.capacity)


def belonging(item: Item, target: Target) -> list[Belonging]:
    """The relations of this item, in the alias map's order, without those that are not for it."""
    places = neighbours(target, (related.table for related in target.table.related))
    found = [
        _belonging(related, places[related.table], item, target)
        for related in target.table.related
        if related.table in places
    ]
    return [relation for relation in found if relation is not None]


def read_belonging(relation: Belonging) -> CollectionPage:
    """The first items of a relation, by one Query. Raises TablesError.

    One more than the limit is asked for: whether there is one more is known then.
    """
    most = relation.related.limit + 1
    return read_collection(relation.planned, limit=most, budget=Budget(_READ_AT_MOST, 0))


def _belonging(related: Related, to: Target, item: Item, target: Target) -> Belonging | None:
    """The relation for this item; None where it is not for it, or would have to scan."""
    whole = told(item, target.table)
    pairs = related.asked(whole)
    if pairs is None:
        return None
    try:
        when = parse_query(
            list(related.when.items()), types=filter_types(target.table, target.description)
        )
        if not matches(when.filter, whole):
            return None
        query = parse_query(pairs, types=filter_types(to.table, to.description))
        planned = plan_query(query, to)
    except InvalidRequest:
        return None
    is_scan = planned.plan.operation == "Scan"
    return None if is_scan else Belonging(related, to, pairs, planned)
