"""The dialog of a copy to another table: where to, and what becomes of what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from tables.access.rights import can, viewable_tables
from tables.admin.item_list.changelist import ItemList
from tables.admin.list_actions.orders import dialog, how_of, ordered, which_items
from tables.admin.table_choice import named_table, table_choice
from tables.admin.texts.core_messages import told
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.core.registry import Table
from tables.core.values import Item


def copy_chosen(listing: ItemList, keys: Sequence[Item], *, everything: bool) -> HttpResponseBase:
    """Ask where to; then order a job that looks, and copies once it is confirmed."""
    form = listing.visit.request.POST
    if "look" not in form:
        return _ask(listing, keys, everything=everything)
    which = which_items(listing, keys, everything=everything)
    to = form.get("to", "")
    table = named_table([*_targets(listing)], to)
    given = {**which, "to": table.alias if table else to, "mode": form.get("mode", "")}
    try:
        return ordered(listing, "copy", given, how_of(form))
    except TablesError as error:
        if error.status not in (400, 404, 409, 422):
            raise
        words = told(error.message)
        return _ask(listing, keys, everything=everything, error=words, status=error.status)


def _ask(
    listing: ItemList,
    keys: Sequence[Item],
    *,
    everything: bool,
    error: str = "",
    status: int = 200,
) -> HttpResponseBase:
    request = listing.visit.request
    form = request.POST
    asked = {
        "title": _("Copy from %(table)s") % {"table": listing.table.label},
        "action": "copy_many",
        "table_choice": table_choice(request, [*_targets(listing)], form.get("to", "")),
        "mode": form.get("mode", "create"),
        "error": error,
    }
    return dialog(listing, keys, "copy", asked, everything=everything, status=status)


def has_target(listing: ItemList) -> bool:
    """Whether there is anywhere to copy to."""
    return any(True for _table in _targets(listing))


def _targets(listing: ItemList) -> Iterator[Table]:
    """The other tables that this person may add to."""
    caller = listing.visit.caller
    for table in viewable_tables(caller, registry()):
        if can(caller, "add", table) and table.table != listing.table.table:
            yield table
