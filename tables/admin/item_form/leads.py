"""Where the values of an item's form lead: links beside their rows, by label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tables.admin.item_form.in_full import ShownPart
from tables.admin.item_form.widgets import FormRow
from tables.admin.item_list.address import Address
from tables.admin.texts.core_messages import told
from tables.admin.values.hidden_characters import visible
from tables.admin.values.lead import Lead
from tables.admin.values.one_line import key_text, summary
from tables.admin.visit import Visit
from tables.core.errors import TablesError
from tables.core.expressions import value_at
from tables.core.keys import encode_token
from tables.core.links import MAX_LOOKED_UP, Link
from tables.core.values import Item
from tables.items.link_checks import NewLink, missing, new_links, no_item_words
from tables.items.links import Linked, Pointer, link_targets, look_up, pointers_of
from tables.items.target import Target
from tables.items.told import told as told_item
from tables.items.wanted import Outcome

_LABEL_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Leads:
    """The links of an item by the attribute that they begin in, and where values are chosen."""

    by_attribute: Mapping[str, Sequence[Lead]]
    choices: Mapping[str, str]

    def beside(self, rows: Sequence[FormRow]) -> list[FormRow]:
        """The form's rows with their links."""
        return [
            replace(
                row,
                leads=tuple(self.by_attribute.get(row.row.name, ())),
                choices_url=self.choices.get(row.row.name, "") if row.widget == "line" else "",
            )
            for row in rows
        ]

    def below(self, values: ShownPart) -> ShownPart:
        """Values in full with their links."""
        linked = ShownPart(
            replace(value, leads=tuple(self.by_attribute.get(value.name, ()))) for value in values
        )
        linked.more = values.more
        return linked


def leads_of(visit: Visit, item: Item, key: Item) -> Leads:
    """The links of an item; the first 25 that have a label are looked up, in one call.

    `key` is that of the stored item, empty for a new one: some choices hang on it.
    """
    if not visit.table.links:
        return Leads({}, {})
    places = link_targets(visit.target)
    pointers = pointers_of(visit.target.sight.see(item), visit.target, places)
    labelled = list(islice((p for p in pointers if p.link.label), MAX_LOOKED_UP))
    found = _found(labelled)
    by_attribute = defaultdict(list)
    for pointer in pointers:
        known = found if pointer in labelled else None
        by_attribute[pointer.link.attribute].append(_lead(pointer, known))
    choices = {
        link.attribute: _choices_url(visit, link, key)
        for link in visit.table.links
        if link.to in places and not link.is_of_each and len(link.steps[0]) == 1
    }
    return Leads(by_attribute, choices)


def leading_nowhere(visit: Visit, done: Outcome) -> list[str]:
    """What to say of links that a write has set and that only warn, where nothing is there.

    Of a table that this person may not view nothing is said, nor where it can't be read.
    """
    places = link_targets(visit.target)
    try:
        found = [new for new in new_links(visit.target, done, "warn") if new.link.to in places]
        return [_nowhere(new, visit) for new in (missing(found) if found else ())]
    except TablesError:
        return []


def _nowhere(new: NewLink, visit: Visit) -> str:
    parts = {"attribute": visible(new.link.name), "words": told(no_item_words(new, visit.target))}
    return _("The link “%(attribute)s” leads nowhere. %(words)s") % parts


def label_text(item: Item, link: Link, to: Target) -> str:
    """What an item that is linked to is called: its label, else its key."""
    value = value_at(told_item(item, to.table), link.label) if link.label else None
    text = "" if value is None else summary(value, _LABEL_CHARACTERS)[0]
    return text or key_text(item, to.description)


def _found(pointers: Sequence[Pointer]) -> Linked | None:
    """What was looked up; None where nothing was, and then nothing is said of what is there."""
    if not pointers:
        return None
    try:
        return look_up(pointers)
    except TablesError:
        return None


def _lead(pointer: Pointer, known: Linked | None) -> Lead:
    to = pointer.to
    url = f"{Address(to.table.alias).path}{pointer.token}/change/"
    if known is None:
        return Lead(url, key_text(pointer.key, to.description))
    item = known.items.get(pointer.name)
    if item is None:
        words = _("no such item: %(key)s") % {"key": key_text(pointer.key, to.description)}
        return Lead("", words, is_missing=True)
    return Lead(url, label_text(item, pointer.link, to))


def _choices_url(visit: Visit, link: Link, key: Item) -> str:
    url = reverse("admin:tables_choices", args=[visit.table.alias])
    asked = {"link": link.name}
    if key and any(name for pattern in link.key.values() for name in pattern.names):
        asked["key"] = encode_token(key, visit.description)
    return f"{url}?{urlencode(asked)}"
