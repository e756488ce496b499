"""Choices of a link while it is edited: the items that it could lead to, where they are cheap."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import Throttled as TooOften

from tables.access.limits.rates import spend
from tables.admin.item_form.leads import label_text
from tables.admin.texts.core_messages import told
from tables.admin.texts.sentences import items_words
from tables.admin.visit import Visit, table_page
from tables.core.errors import NotFound, TablesError
from tables.core.filters import BY_SUFFIX, EVERYTHING, Group, make_term
from tables.core.keys import key_value_from_text
from tables.core.links import Link
from tables.core.queries import CollectionQuery
from tables.core.values import Item
from tables.dynamodb.reads import Budget
from tables.items.links import Pointer, link_targets, look_up
from tables.items.lists import plan_query, read_collection
from tables.items.target import Target

# Most items of a table that is read whole for choices, in one call.
MAX_ITEMS = 1000
KEPT_SECONDS = 60
_MOST_KEPT = 64
_SHOWN = 20

_Kept = dict[tuple[str, str, str], tuple[float, "list[Offer]"]]
_kept: _Kept = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that leads to an item, and what that item is called."""

    text: str
    label: str


@require_http_methods(["GET", "HEAD"])
@table_page
def offer_choices(visit: Visit) -> HttpResponse:
    """A part of the form: what begins like the text that was typed, or what it leads to."""
    link = _link(visit)
    to = link_targets(visit.target)[link.to]
    typed = visit.request.GET.get("q", "").strip()
    context: dict[str, object] = {}
    status = 200
    try:
        spend(visit.request, "read")
        choices = _choices(link, to, typed)
        context = {"choices": choices[:_SHOWN], "words": _words(choices, to, typed)}
    except TooOften:
        status, context = 429, {"words": _("You ask too often: no choices at the moment.")}
    except TablesError as error:
        status, context = error.status, {"words": told(error.message)}
    return render(visit.request, "admin/tables/choices.html", context, status=status)


def _link(visit: Visit) -> Link:
    places = link_targets(visit.target)
    for link in visit.table.links:
        if link.name == visit.request.GET.get("link") and link.to in places:
            return link
    raise NotFound(_("There is no such link."))


def _choices(link: Link, to: Target, typed: str) -> list[Offer]:
    """The items that fit, in the order of their keys; of a large table only what was typed."""
    if (query := _by_key(link, to, typed)) is not None:
        return _read(link, to, query, _SHOWN + 1)
    if to.description.item_count is not None and to.description.item_count <= MAX_ITEMS:
        wanted = typed.casefold()
        return [c for c in _all(link, to) if wanted in f"{c.text}\0{c.label}".casefold()]
    return _resolved(link, to, typed)


def _by_key(link: Link, to: Target, typed: str) -> Group | None:
    """What a Query would find, where the partition is always the same one."""
    partition, *sort = to.description.key_attributes
    if link.key.keys() != set(to.description.key_names) or not sort:
        return None
    if link.key[partition.name].names:
        return None
    fixed = key_value_from_text(link.key[partition.name].format({}), partition)
    terms = [make_term((partition.name,), BY_SUFFIX["eq"], [fixed])]
    begins = link.key[sort[0].name].prefix({}) + typed
    if sort[0].type == "S" and begins and link.key[sort[0].name].names == ("",):
        terms.append(make_term((sort[0].name,), BY_SUFFIX["begins_with"], [{"S": begins}]))
    return Group(tuple(terms))


def _all(link: Link, to: Target) -> Sequence[Offer]:
    """Every choice of a small table, at most a minute old."""
    name = (to.table.alias, f"{link.name}\0{link.key}\0{link.label}", repr(to.sight))
    with _lock:
        at, choices = _kept.get(name, (0.0, []))
    if time.monotonic() - at < KEPT_SECONDS and at:
        return choices
    choices = _read(link, to, EVERYTHING, MAX_ITEMS)
    with _lock:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[name] = (time.monotonic(), choices)
    return choices


def _read(link: Link, to: Target, filter: Group, limit: int) -> list[Offer]:
    """The choices among the items that one call reads."""
    planned = plan_query(CollectionQuery(filter=filter), to)
    found = read_collection(planned, limit=limit, budget=Budget(limit, 0))
    items = [to.sight.see(item) for item in found.page.items]
    return [choice for item in items if (choice := _choice(link, to, item)) is not None]


def _resolved(link: Link, to: Target, typed: str) -> list[Offer]:
    """The item that was typed, if it is there."""
    key = link.key_of({"S": typed}, {}, to.description) if typed else None
    if key is None:
        return []
    pointer = Pointer(link, {"S": typed}, to, key)
    found = look_up([pointer]).items.get(pointer.name)
    return [Offer(typed, label_text(found, link, to))] if found is not None else []


def _choice(link: Link, to: Target, item: Item) -> Offer | None:
    text = link.value_of({name: item[name] for name in to.description.key_names})
    return None if text is None else Offer(text, label_text(item, link, to))


def _words(choices: Sequence[Offer], to: Target, typed: str) -> str:
    if len(choices) > _SHOWN:
        words = _("The first %(count)s of %(table)s that fit")
        return words % {"count": _SHOWN, "table": to.table.label}
    if choices:
        words = _("%(items)s of %(table)s")
        return words % {"items": items_words(len(choices)), "table": to.table.label}
    if not typed:
        return _("Type a value to look it up in %(table)s.") % {"table": to.table.label}
    return _("No item of %(table)s fits.") % {"table": to.table.label}
