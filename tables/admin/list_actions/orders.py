"""Orders of jobs from a list: which items, the dialog that asks, and on to the job's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tables.admin.item_list.address import OWN
from tables.admin.item_list.changelist import ItemList
from tables.admin.texts.sentences import filter_words, items_words
from tables.core.errors import InvalidRequest
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


def how_of(form: QueryDict) -> How:
    """How a dialog orders: always to be looked at first. Raises InvalidRequest for no pace."""
    pace = form.get("pace", "").strip()
    if pace and not (pace.isascii() and pace.isdigit() and 0 < int(pace) <= 1_000_000):
        raise InvalidRequest(_("The pace is a whole number of write units a second, or nothing."))
    return How(dry_run=True, reason=form.get("reason", "")[:500], pace=float(pace or 0) or None)


def dialog(
    listing: ItemList,
    keys: Sequence[Item],
    name: str,
    asked: Mapping[str, Any],
    *,
    everything: bool,
    status: int,
) -> HttpResponseBase:
    """The page that asks what to do with these items; `asked` is what is the dialog's own."""
    form = listing.visit.request.POST
    context = {
        "listing": listing,
        "which": which_words(listing, keys, everything=everything),
        "everything": everything,
        "tokens": form.getlist("_selected_action"),
        "pace": form.get("pace", ""),
        "reason": form.get("reason", ""),
        **asked,
    }
    return listing.visit.render(f"admin/jobs/{name}.html", context, status)


def ordered(
    listing: ItemList, kind: str, given: Mapping[str, Any], how: How
) -> HttpResponseRedirect:
    """Start a job, and lead to its page. Raises TablesError."""
    job, _is_new = start(listing.visit.caller, kind, listing.table.alias, given, how)
    return HttpResponseRedirect(reverse("admin:job", args=[job.pk]))
