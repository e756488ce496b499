"""The trash of a table: what was deleted and is gone still, to be searched and given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.item_form.history import ToldEntry, history_url
from tables.admin.undo_many import report
from tables.admin.values.one_line import key_text, summary
from tables.admin.visit import Visit, table_page
from tables.core.errors import InvalidRequest
from tables.core.history import Entry, item_name
from tables.core.keys import decode_token, encode_token
from tables.core.values import Item
from tables.dynamodb.history_table import entry_of
from tables.items.history import require_kept
from tables.items.rules import kept_names
from tables.items.trash import held, trash
from tables.records.history.entries import days_kept

_PER_PAGE = 50
_HELD_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Deleted:
    """A line of the trash; `chosen` is what its box says, `held` what the item was, in short."""

    told: ToldEntry
    key: str
    chosen: str
    held: str


@require_http_methods(["GET", "HEAD", "POST"])
@table_page
def list_trash(visit: Visit) -> HttpResponse:
    """What was deleted, newest first; by POST the ticked items are given back."""
    require_kept(visit.target)
    if visit.request.method == "POST":
        return _restore(visit)
    spend(visit.request, "read")
    text = visit.request.GET.get("q", "")
    found = trash(
        visit.target, containing=text, after=visit.request.GET.get("after", ""), limit=_PER_PAGE
    )
    context = {
        "title": _("Trash of %(table)s") % {"table": visit.table.label},
        "rows": _rows(visit, found.entries),
        "text": text,
        "days": days_kept(visit.table),
        "next": urlencode({"q": text, "after": found.next}) if found.next else "",
    }
    return visit.render("admin/tables/trash.html", context)


def _rows(visit: Visit, entries: Sequence[Entry]) -> list[Deleted]:
    may_restore = visit.can("add")
    rows = []
    for entry, item in zip(entries, held(entries), strict=True):
        own = f"{history_url(visit, entry.key)}{entry.n}/"
        told = ToldEntry(entry, "", version_url=own, undo_url=f"{own}undo/" if may_restore else "")
        chosen = f"{encode_token(entry.key, visit.description)}/{entry.n}"
        name = key_text(entry.key, visit.description)
        rows.append(Deleted(told, name, chosen, _held_words(visit, item)))
    return rows


def _held_words(visit: Visit, item: Item | None) -> str:
    if item is None:
        return _("Large: see the whole version.")
    told = {*visit.description.key_names, *kept_names(visit.table)}
    rest = {name: value for name, value in item.items() if name not in told}
    words = summary({"M": rest}, _HELD_CHARACTERS)[0]
    return words.removeprefix("{").removesuffix("}")


def _restore(visit: Visit) -> HttpResponse:
    visit.require("add")
    spend(visit.request, "write")
    here = reverse("admin:tables_trash", args=[visit.table.alias])
    entries = [_chosen(visit, text) for text in visit.request.POST.getlist("chosen")[:_PER_PAGE]]
    if not entries:
        messages.warning(visit.request, _("Nothing was ticked, so nothing was restored."))
        return HttpResponseRedirect(here)
    return report(visit.request, entries, here, _("%(done)s of %(all)s restored"))


def _chosen(visit: Visit, text: str) -> Entry:
    """The entry that a box names. Raises InvalidRequest."""
    token, _slash, n = text.rpartition("/")
    key = decode_token(token, visit.description)
    entry = None
    if n.isascii() and n.isdigit() and len(n) < 11:
        entry = entry_of(item_name(key, visit.description), int(n))
    if entry is None:
        raise InvalidRequest(_("What was ticked is not in the trash any more."))
    # It is given back as an item of this alias, whichever it was deleted under.
    return replace(entry, alias=visit.table.alias)
