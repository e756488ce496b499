"""Choices of a link while it is edited: the items that it could lead to, where they are cheap."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
from tables.core.expressions import parse_path, value_at
from tables.core.filters import BY_SUFFIX, EVERYTHING, Group, make_term
from tables.core.keys import decode_token, key_value_from_text
from tables.core.links import Link
from tables.core.patterns import text_of
from tables.core.queries import CollectionQuery
from tables.core.updates import same_value
from tables.core.values import Item
from tables.dynamodb.reads import Budget
from tables.items.links import Pointer, link_targets, look_up
from tables.items.lists import plan_query, read_collection
from tables.items.reads import stored
from tables.items.target import Target
from tables.items.told import told as by_key_told

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


@dataclass(frozen=True, slots=True)
class _Choosing:
    """What choices are asked for: a link and where it leads, what was typed, and the item that the
    link is in with the `texts` of it that keys are made of, where they are made of more.
    """

    link: Link
    to: Target
    typed: str
    item: Item = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def beginning(self) -> str:
        """How the value begins in the sort key: nothing, where that can't be asked of the key."""
        *_partition, sort = self.to.description.key_attributes
        pattern = self.link.key.get(sort.name)
        names = [name for name in pattern.names if name not in self.texts] if pattern else []
        is_asked = sort.type == "S" and names == [""] and not (pattern and pattern.is_padded(""))
        return self.typed if is_asked else ""


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
        asked = _asked(link, to, typed, visit)
        choices = _choices(asked) if asked else []
        words = _words(choices, asked) if asked else _later(link, to)
        context = {"choices": choices[:_SHOWN], "words": words}
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


def _asked(link: Link, to: Target, typed: str, visit: Visit) -> _Choosing | None:
    """What choices are asked for; None where they hang on an item, and none that is there is named.

    Its key comes along where the link's keys are made of more than the value. Raises TablesError.
    """
    if not _others(link):
        return _Choosing(link, to, typed)
    token = visit.request.GET.get("key", "")
    item = stored(visit.target, decode_token(token, visit.description)) if token else None
    if item is None:
        return None
    whole = by_key_told(item, visit.table)
    values = {name: value_at(whole, parse_path(name)) for name in _others(link)}
    texts = {name: text_of(value) or "" for name, value in values.items() if value}
    return _Choosing(link, to, typed, whole, texts)


def _others(link: Link) -> list[str]:
    """The other attributes of an item that a link's keys are made of, besides the value."""
    return [name for pattern in link.key.values() for name in pattern.names if name]


def _choices(asked: _Choosing) -> list[Offer]:
    """The items that fit, in the order of their keys; of a large table only what was typed."""
    if (query := _by_key(asked)) is not None:
        if asked.typed and not asked.beginning:
            return _fitting(_read(asked, query, MAX_ITEMS), asked.typed)
        return _read(asked, query, _SHOWN + 1)
    count = asked.to.description.item_count
    if not asked.texts and count is not None and count <= MAX_ITEMS:
        return _fitting(_all(asked), asked.typed)
    return _resolved(asked)


def _fitting(choices: Sequence[Offer], typed: str) -> list[Offer]:
    """Those that hold what was typed, in the value or in what its item is called."""
    wanted = typed.casefold()
    return [c for c in choices if wanted in f"{c.text}\0{c.label}".casefold()]


def _by_key(asked: _Choosing) -> Group | None:
    """What a Query would find, where the partition is the same one, or that of the item."""
    partition, *sort = asked.to.description.key_attributes
    key = asked.link.key
    if key.keys() != set(asked.to.description.key_names) or not sort:
        return None
    if not key[partition.name].is_fixed_by(asked.texts):
        return None
    fixed = key_value_from_text(key[partition.name].format(asked.texts), partition)
    terms = [make_term((partition.name,), BY_SUFFIX["eq"], [fixed])]
    begins = key[sort[0].name].prefix(asked.texts) + asked.beginning
    if sort[0].type == "S" and begins:
        terms.append(make_term((sort[0].name,), BY_SUFFIX["begins_with"], [{"S": begins}]))
    return Group(tuple(terms))


def _all(asked: _Choosing) -> Sequence[Offer]:
    """Every choice of a small table, at most a minute old."""
    link, to = asked.link, asked.to
    name = (to.table.alias, f"{link.name}\0{link.key}\0{link.label}", repr(to.sight))
    with _lock:
        at, choices = _kept.get(name, (0.0, []))
    if time.monotonic() - at < KEPT_SECONDS and at:
        return choices
    choices = _read(asked, EVERYTHING, MAX_ITEMS)
    with _lock:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[name] = (time.monotonic(), choices)
    return choices


def _read(asked: _Choosing, filter: Group, limit: int) -> list[Offer]:
    """The choices among the items that one call reads."""
    to = asked.to
    planned = plan_query(CollectionQuery(filter=filter), to)
    found = read_collection(planned, limit=limit, budget=Budget(limit, 0))
    items = [to.sight.see(item) for item in found.page.items]
    return [choice for item in items if (choice := _choice(asked, item)) is not None]


def _resolved(asked: _Choosing) -> list[Offer]:
    """The item that was typed, if it is there."""
    link, to, typed = asked.link, asked.to, asked.typed
    key = link.key_of({"S": typed}, asked.item, to.description) if typed else None
    if key is None:
        return []
    pointer = Pointer(link, {"S": typed}, to, key)
    found = look_up([pointer]).items.get(pointer.name)
    return [Offer(typed, label_text(found, link, to))] if found is not None else []


def _choice(asked: _Choosing, item: Item) -> Offer | None:
    """The choice that leads to this item; None where none can, from the item that is edited."""
    link, to = asked.link, asked.to
    key = {name: item[name] for name in to.description.key_names}
    text = link.value_of(key)
    if text is None or (asked.texts and not _leads_back(asked, text, key)):
        return None
    return Offer(text, label_text(item, link, to))


def _leads_back(asked: _Choosing, text: str, key: Item) -> bool:
    made = asked.link.key_of({"S": text}, asked.item, asked.to.description)
    return made is not None and same_value({"M": made}, {"M": key})


def _later(link: Link, to: Target) -> str:
    words = _("What fits of %(table)s hangs on %(names)s: choices are offered once it is stored.")
    return words % {"table": to.table.label, "names": ", ".join(dict.fromkeys(_others(link)))}


def _words(choices: Sequence[Offer], asked: _Choosing) -> str:
    to, typed = asked.to, asked.typed
    if len(choices) > _SHOWN:
        words = _("The first %(count)s of %(table)s that fit")
        return words % {"count": _SHOWN, "table": to.table.label}
    if choices:
        words = _("%(items)s of %(table)s")
        return words % {"items": items_words(len(choices)), "table": to.table.label}
    if _by_key(asked) is not None and asked.beginning:
        return _("No item of %(table)s has a key that begins so.") % {"table": to.table.label}
    if not typed and _by_key(asked) is None:
        return _("Type a value to look it up in %(table)s.") % {"table": to.table.label}
    return _("No item of %(table)s fits.") % {"table": to.table.label}
