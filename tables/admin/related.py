"""What belongs to an item: panels of its page, each read when it comes into sight."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import Throttled as TooOften

from tables.access.limits.rates import spend
from tables.admin.grids import SmallGrid, small_grid
from tables.admin.item_list.address import Address
from tables.admin.item_list.columns import columns_of
from tables.admin.texts.core_messages import told
from tables.admin.texts.sentences import items_words
from tables.admin.visit import Visit, table_page
from tables.core.entities import key_parts
from tables.core.errors import ItemNotFound, NotFound, TablesError
from tables.core.key_patterns import fixed_values
from tables.core.keys import decode_token, encode_token
from tables.core.queries import escape_path
from tables.core.values import Item, content_of
from tables.items.links import Belonging, belonging, neighbours, read_belonging
from tables.items.reads import stored

_TEMPLATE = "admin/tables/related_list.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """A list of what belongs to an item: where it is read from, the whole of it as a list, and
    where another is added to it; empty where this person may add none.
    """

    name: str
    label: str
    url: str
    list_url: str
    add_url: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The first items of a panel, how many in words, or the `trouble` that kept them unread."""

    panel: Panel
    grid: SmallGrid | None = None
    words: str = ""
    is_empty: bool = True
    trouble: str = ""


def panels_of(visit: Visit, item: Item) -> list[Panel]:
    """The panels of an item's page; nothing is read for them."""
    return [_panel(visit, item, relation) for relation in belonging(item, visit.target)]


def belongings_of(visit: Visit, item: Item) -> list[Rows]:
    """What belongs to an item that is to be deleted, by one Query for each relation."""
    found = [
        _rows(_panel(visit, item, relation), relation) for relation in belonging(item, visit.target)
    ]
    return [rows for rows in found if rows.trouble or not rows.is_empty]


@require_http_methods(["GET", "HEAD"])
@table_page
def related_list(visit: Visit, key: str, name: str) -> HttpResponse:
    """One panel of an item's page, read now: the item, then one Query."""
    try:
        spend(visit.request, "read")
        rows = _read(visit, decode_token(key, visit.description), name)
    except TooOften:
        words = _("You ask too often. Wait a little, then load the page again.")
        return render(visit.request, _TEMPLATE, {"trouble": words}, status=429)
    except TablesError as error:
        context = {"trouble": told(error.message)}
        return render(visit.request, _TEMPLATE, context, status=error.status)
    return render(visit.request, _TEMPLATE, {"rows": rows, "trouble": rows.trouble})


def _read(visit: Visit, where: Item, name: str) -> Rows:
    item = stored(visit.target, where)
    if item is None:
        raise ItemNotFound(_("There is no item with this key."))
    for relation in belonging(item, visit.target):
        if relation.related.name == name:
            return _rows(_panel(visit, item, relation), relation)
    raise NotFound(_("Nothing of this name belongs to the item."))


def collection_url(visit: Visit, item: Item) -> str:
    """Where all items with the partition key of this one are, of every kind that may be seen;
    empty where it is the only one.
    """
    table, description = visit.table, visit.description
    if len(description.key_attributes) < 2:
        return ""
    base = neighbours(visit.target, [table.of]) if table.of else {}
    url = reverse("admin:tables_collection", args=[table.of if base else table.alias])
    return f"{url}?{urlencode({'pk': content_of(item[description.partition_key.name])})}"


def _panel(visit: Visit, item: Item, relation: Belonging) -> Panel:
    related, alias = relation.related, visit.table.alias
    token = encode_token(item, visit.description)
    return Panel(
        related.name,
        related.label,
        reverse("admin:tables_related", args=[alias, token, related.name]),
        Address(relation.to.table.alias, tuple(relation.pairs)).url,
        _add_url(relation),
        relation.to.table.label,
    )


def _add_url(relation: Belonging) -> str:
    """Where one more is added, with what the relation says of it filled in."""
    to = relation.to
    if not to.may("add"):
        return ""
    fixed = fixed_values(relation.planned.query.filter)
    entity = to.table.entity
    if entity is not None:
        keys: Item = {name: {"S": fixed.pop(name)} for name in [*fixed] if name in entity.key}
        fixed |= key_parts(keys, entity)
    url = reverse("admin:tables_changelist", args=[to.table.alias]) + "add/"
    return f"{url}?{urlencode(fixed)}" if fixed else url


def _rows(panel: Panel, relation: Belonging) -> Rows:
    try:
        found = read_belonging(relation)
    except TablesError as error:
        return Rows(panel, trouble=told(error.message))
    to, related = relation.to, relation.related
    items = found.page.items[: related.limit]
    columns = columns_of(
        items, to.table, to.description, query=relation.planned.query, chosen=related.columns
    )
    fixed = {name for name, _pattern in relation.pairs}
    grid = small_grid(
        items,
        columns,
        to,
        of_one_partition=escape_path(to.description.partition_key.name) in fixed,
    )
    has_more = len(found.page.items) > related.limit or found.next_cursor is not None
    words = items_words(len(items))
    if has_more:
        words = _("the first %(count)s of more") % {"count": len(items)}
    return Rows(panel, grid, words, not items and not has_more)
