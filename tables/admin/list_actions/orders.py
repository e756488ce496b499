"""Orders of jobs from a list: which items they are about, and on to the job's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tables.admin.item_list.address import OWN
from tables.admin.item_list.changelist import ItemList
from tables.admin.texts.sentences import filter_words, items_words
from tables.core.keys import encode_token
from tables.core.values import Item
from tables.jobs.orders import How, start

# What a list's address says of its look, not of its items.
_OF_THE_PAGE = frozenset({*OWN, "cursor", "fields", "limit", "order", "index", "plan", "format"})


def which_items(listing: ItemList, keys: Sequence[Item], *, everything: bool) -> dict[str, Any]:
    """The items that a list's action is for, as an order names them."""
    if everything:
        pairs = [pair for pair in listing.address.pairs if pair[0] not in _OF_THE_PAGE]
        return {"query": urlencode(pairs)}
    return {"keys": [encode_token(key, listing.description) for key in keys]}


def which_words(listing: ItemList, keys: Sequence[Item], *, everything: bool) -> str:
    """The same in words, to stand before what is done to them."""
    if not everything:
        return _("On %(items)s that you ticked.") % {"items": items_words(len(keys))}
    if not listing.query.filter:
        return _("On every item of the table.")
    return _("On every item where %(filter)s.") % {"filter": filter_words(listing.query.filter)}


def ordered(
    listing: ItemList, kind: str, given: Mapping[str, Any], how: How
) -> HttpResponseRedirect:
    """Start a job, and lead to its page. Raises TablesError."""
    job, _is_new = start(listing.visit.caller, kind, listing.table.alias, given, how)
    return HttpResponseRedirect(reverse("admin:job", args=[job.pk]))
