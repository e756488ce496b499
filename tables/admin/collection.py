"""An item collection: every item under one partition key as one page, each kind by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.grids import SmallGrid, small_grid
from tables.admin.item_list.address import Address
from tables.admin.item_list.columns import columns_of
from tables.admin.texts.core_messages import told
from tables.admin.texts.meter import meter_words
from tables.admin.texts.sentences import items_words
from tables.admin.values.one_line import summary
from tables.admin.visit import Visit, table_page
from tables.configuration import registry
from tables.core.errors import InvalidValue
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.keys import key_value_from_text, require_key_value
from tables.core.queries import CollectionQuery, format_term
from tables.core.type_marks import mark_of
from tables.core.values import AttributeValue, Item
from tables.items.links import neighbours
from tables.items.lists import CollectionPage, plan_query, read_collection
from tables.items.target import Target

PER_PAGE = 250
_KEY_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class KindOfItem:
    """The items of one kind on this page, in the order of their keys."""

    label: str
    words: str
    grid: SmallGrid


@require_http_methods(["GET", "HEAD"])
@table_page
def list_collection(visit: Visit) -> HttpResponse:
    """The items of a partition, 250 a page, by one Query; a form asks for the key it lacks."""
    text = visit.request.GET.get("pk", "")
    if not text:
        return _ask(visit)
    attribute = visit.description.partition_key
    try:
        value = key_value_from_text(text, attribute)
        require_key_value(value, attribute, visit.description)
    except InvalidValue as error:
        return _ask(visit, text, told(error.message))
    spend(visit.request, "read")
    return _page(visit, value, text)


def _ask(visit: Visit, text: str = "", error: str = "") -> HttpResponse:
    context = {
        "title": _("Items with one partition key"),
        "name": visit.description.partition_key.name,
        "text": text,
        "error": error,
    }
    return visit.render("admin/tables/collection.html", context, status=422 if error else 200)


def _page(visit: Visit, value: AttributeValue, text: str) -> HttpResponse:
    name = visit.description.partition_key.name
    term = make_term((name,), BY_SUFFIX["eq"], [value])
    query = CollectionQuery(filter=Group((term,)), cursor=visit.request.GET.get("cursor") or None)
    found = read_collection(plan_query(query, visit.target), limit=PER_PAGE)
    shown = summary(value, _KEY_CHARACTERS)[0]
    address = Address(visit.table.alias, (format_term(term, visit.description.declared_types()),))
    context = {
        "title": _("All items of %(key)s") % {"key": shown},
        "key": shown,
        "name": name,
        "kinds": list(_kinds(visit, found.page.items)),
        "count": items_words(len(found.page.items)),
        "meter": meter_words(found.page),
        "list_url": address.url,
        "twin": address.twin,
        "next_url": _next_url(visit, text, found),
        "is_first": query.cursor is None,
    }
    return visit.render("admin/tables/collection.html", context)


def _kinds(visit: Visit, items: Sequence[Item]) -> Iterator[KindOfItem]:
    """The kinds in the order in which their first items come."""
    entities = _entities(visit)
    kinds: dict[str, tuple[Target, list[Item]]] = {}
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        entity = next((each for each in entities if each.table.holds(item)), None)
        if entity is not None:
            kinds.setdefault(entity.table.alias, (entity, []))[1].append(item)
        else:
            groups.setdefault(mark_of(visit.target.sight.see(item)) or ("", ""), []).append(item)
    for entity, members in kinds.values():
        columns = columns_of(members, entity.table, visit.description, query=CollectionQuery())
        grid = small_grid(members, columns, entity, of_one_partition=True)
        yield KindOfItem(entity.table.label, items_words(len(members)), grid)
    is_mixed = len(groups) > 1 or kinds
    table = replace(visit.table, list_display=()) if is_mixed else visit.table
    for (mark, label), members in groups.items():
        columns = columns_of(
            [{name: item[name] for name in item if name != mark} for item in members],
            table,
            visit.description,
            query=CollectionQuery(),
        )
        grid = small_grid(members, columns, visit.target, of_one_partition=True)
        yield KindOfItem(label, items_words(len(members)), grid)


def _entities(visit: Visit) -> list[Target]:
    """The kinds of items of this table that the alias map describes and the caller may view."""
    aliases = [kind.alias for kind in registry().kinds_of(visit.table)]
    return list(neighbours(visit.target, aliases).values())


def _next_url(visit: Visit, text: str, found: CollectionPage) -> str:
    if found.next_cursor is None:
        return ""
    url = reverse("admin:tables_collection", args=[visit.table.alias])
    return f"{url}?{urlencode({'pk': text, 'cursor': found.next_cursor})}"
