"""Views of a table's list: the list itself, its filter form, its plan and its column chooser."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.access.limits.rates import concurrent_scan, spend
from tables.admin.item_list.address import Address
from tables.admin.item_list.changelist import ItemList
from tables.admin.item_list.columns import MAX_COLUMNS, parse_paths
from tables.admin.item_list.filter_bar import bar_of_address, bar_of_form, bar_of_query
from tables.admin.item_list.frame_cache import whole_list
from tables.admin.item_list.no_items import explain
from tables.admin.list_actions.menu import action_menu, run_action
from tables.admin.texts.core_messages import told
from tables.admin.visit import Visit, table_page
from tables.core.errors import InvalidCursor, InvalidRequest, Refused
from tables.core.expressions import format_path
from tables.core.queries import MAX_LIMIT
from tables.core.values import Item
from tables.records.people.preferences import keep_preference

# How long a page waits for one of the caller's own scans to end before it refuses.
SCAN_PATIENCE_SECONDS = 1.0
_NOT_KEPT = gettext_lazy("Your choice could not be kept: the database is busy. Try again.")
# What htmx swaps -> the template of just that.
_PARTS = {
    "results": "admin/tables/results.html",
    "changelist": "admin/tables/listing.html",
}


@table_page
def list_items(visit: Visit) -> HttpResponseBase:
    """A page of items, or an action on some of them."""
    answer = run_action if visit.request.method == "POST" else _list_page
    try:
        try:
            return answer(ItemList(visit))
        except InvalidCursor:
            # Such as one of before an upgrade: the list is still what was asked for.
            first = Address.of(visit.request, visit.table.alias).at(None, None)
            return answer(ItemList(visit, first, starts_over=True))
    except InvalidRequest as error:
        bar = bar_of_address(visit, Address.of(visit.request, visit.table.alias))
        return _render(visit, {"bar": bar, "error": told(error.message)}, status=error.status)


@table_page
def filter_items(visit: Visit) -> HttpResponseBase:
    """From the filter form to the list that it asks for, or back to the form with its errors."""
    address = Address.of(visit.request, visit.table.alias)
    bar, wanted = bar_of_form(visit, visit.request.GET, address)
    if bar.has_errors:
        error = _("Mend the marked conditions, then add them again.")
        return _render(visit, {"bar": bar, "error": error}, status=400)
    return HttpResponseRedirect(wanted.url)


@table_page
def preview_plan(visit: Visit) -> HttpResponse:
    """What the filter form would have DynamoDB do, in words, while it is being filled in."""
    address = Address.of(visit.request, visit.table.alias)
    bar, wanted = bar_of_form(visit, visit.request.GET, address)
    context: dict[str, object] = {"bar": bar}
    try:
        context["listing"] = ItemList(visit, wanted)
    except InvalidRequest as error:
        context["error"] = told(error.message)
    return visit.render("admin/tables/plan.html", context)


@table_page
def choose_columns(visit: Visit) -> HttpResponseBase:
    """Keep this person's columns and page size."""
    if visit.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = visit.request.POST
    shown = Address.read(QueryDict(form.get("query", "")), visit.table.alias)
    back = shown.changed(fields=None, limit=None)
    if "reset" in form:
        if not keep_preference(visit.request, visit.table.alias, [], None):
            messages.warning(visit.request, _NOT_KEPT)
        return HttpResponseRedirect(back.url)
    wanted = [*form.getlist("column"), form.get("further", "").strip()]
    columns = [format_path(path) for path in parse_paths(filter(None, wanted))][:MAX_COLUMNS]
    size = _page_size(form.get("size", ""))
    if keep_preference(visit.request, visit.table.alias, columns, size):
        messages.success(visit.request, _("Your columns were kept."))
    else:
        messages.warning(visit.request, _NOT_KEPT)
    return HttpResponseRedirect(back.url)


def _list_page(listing: ItemList) -> HttpResponse:
    visit = listing.visit
    # Read now: what DynamoDB says must not come up in the middle of a template.
    try:
        items = _read(listing)
    except Refused as error:
        listing = _by_scan(listing, error)
        items = _read(listing)
    context: dict[str, object] = {"listing": listing}
    if items:
        context["actions"] = action_menu(listing)
    elif not listing.is_waiting:
        context["explanation"] = explain(listing)
    context["bar"] = bar_of_query(visit, listing.address, listing.query, items)
    is_elsewhere = listing.starts_over or listing.denied_index
    return _render(visit, context, here=listing.address.url if is_elsewhere else "")


def _read(listing: ItemList) -> Sequence[Item]:
    """The page's items, counted against the caller's limits; none before a large scan is agreed to.

    Raises Refused for an index that AWS lets this service not read; DRF's Throttled.
    """
    visit = listing.visit
    if listing.is_waiting:
        return []
    if not listing.is_whole_scan:
        spend(visit.request, "read")
        return listing.collection.page.items
    spend(visit.request, "scan")
    with concurrent_scan(visit.caller, patience=SCAN_PATIENCE_SECONDS):
        return listing.collection.page.items


def _by_scan(listing: ItemList, error: Refused) -> ItemList:
    """The list from its first page on by a scan of the table, past an index that can't be read.

    Raises the error where it is of something else, or where somebody chose that index.
    """
    index = listing.plan.index
    if not error.is_denied or index is None or listing.query.index is not None:
        raise error
    address = listing.address.changed(plan="scan", order=None)
    return ItemList(listing.visit, address, denied_index=index)


def _render(
    visit: Visit, context: dict[str, object], status: int = 200, here: str = ""
) -> HttpResponse:
    """The whole page, or the part of it that htmx asked for; errors always are whole.

    `here` is the page's address where it is not the one that was asked for.
    """
    request = visit.request
    part = _PARTS.get(request.headers.get("HX-Target", "")) if status == 200 else None
    answer = visit.render(part, context) if part else whole_list(visit, context, status)
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    if part:
        answer["HX-Push-Url"] = here or request.get_full_path()
    return answer


def _page_size(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LIMIT else None
