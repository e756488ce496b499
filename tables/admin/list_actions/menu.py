"""Actions on chosen items: deleting them, and exporting them or everything that matches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.access.limits.rates import spend
from tables.access.log_fields import bind
from tables.admin.item_list.changelist import ItemList
from tables.admin.list_actions.change import change_chosen
from tables.admin.list_actions.copy import copy_chosen, has_target
from tables.admin.list_actions.delete import delete_chosen
from tables.admin.list_actions.export import (
    CSV,
    CSV_FOR_EXCEL,
    JSON_LINES,
    TYPED_LINES,
    Format,
    every_column,
    exact_csv,
    export,
)
from tables.admin.list_actions.orders import ordered, which_items
from tables.admin.list_actions.ticked import chosen_keys, read_chosen
from tables.core.sight import Seen, Sight
from tables.core.values import Item
from tables.items.completion import every_item
from tables.jobs.kinds.exports import FORMATS
from tables.jobs.orders import How
from tables.speed import by_language, fragment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an action works on: keys of ticked items, or everything that the list matches."""

    keys: Sequence[Item]
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the menu: the right that it takes, and what it does.

    `writes_many`: on everything that matches it is a job, which takes the right `bulk` too.
    `is_of_use` says of a list whether the action could lead anywhere.
    """

    label: StrOrPromise
    right: str
    run: Callable[[ItemList, Chosen], HttpResponseBase]
    writes_many: bool = False
    in_menu: bool = True
    is_of_use: Callable[[ItemList], bool] = lambda _listing: True


def run_action(listing: ItemList) -> HttpResponseBase:
    """Do what was posted to a list; back to it, with words, where there is nothing to do."""
    form = listing.visit.request.POST
    export_all = form.get("export_all", "")
    action = ACTIONS.get(export_all or form.get("action", ""))
    if action is None:
        return _back(listing, _("Choose an action first."))
    listing.visit.require(action.right)
    bind(action=export_all or form["action"])
    spend(listing.visit.request, "export" if action.right == "export" else "write")
    everything = bool(export_all) or form.get("select_across") == "1"
    keys = chosen_keys(form.getlist("_selected_action"), listing.description)
    if everything and action.writes_many:
        listing.visit.require("bulk")
    chosen = Chosen(keys, everything)
    if not chosen.keys and not everything:
        return _back(listing, _("Tick the items first that the action is for."))
    return action.run(listing, chosen)


def action_menu(listing: ItemList) -> SafeString | None:
    """The menu, as far as the caller's rights go; None where they don't go anywhere."""
    choices = tuple(
        (name, label, ACTIONS[name].writes_many)
        for name, label in _labels()
        if listing.visit.can(ACTIONS[name].right) and ACTIONS[name].is_of_use(listing)
    )
    if not choices:
        return None
    may_write_many = listing.visit.can("bulk")
    serves_all = any(may_write_many or not writes_many for _name, _label, writes_many in choices)
    return fragment(
        "admin/tables/actions.html",
        choices=choices,
        count=len(listing.collection.page.items),
        may_write_many=may_write_many,
        may_take_everything=bool(serves_all and (listing.next_url or listing.query.cursor)),
    )


@by_language
def _labels() -> tuple[tuple[str, str], ...]:
    """What the menu offers, by the names of actions."""
    return tuple((name, str(row.label)) for name, row in ACTIONS.items() if row.in_menu)


def _delete(listing: ItemList, chosen: Chosen) -> HttpResponseBase:
    if not chosen.everything:
        return delete_chosen(listing, chosen.keys)
    # A job that counts, and deletes once somebody has confirmed the count.
    return ordered(listing, "delete", which_items(listing, (), everything=True), How())


def _change(listing: ItemList, chosen: Chosen) -> HttpResponseBase:
    return change_chosen(listing, chosen.keys, everything=chosen.everything)


def _copy(listing: ItemList, chosen: Chosen) -> HttpResponseBase:
    return copy_chosen(listing, chosen.keys, everything=chosen.everything)


def _export_later(format: str, listing: ItemList, chosen: Chosen) -> HttpResponseBase:
    which = which_items(listing, chosen.keys, everything=chosen.everything)
    return ordered(listing, "export", {**which, "format": format}, How())


def _export(
    format: Format, listing: ItemList, chosen: Chosen, *, is_whole: bool = False
) -> HttpResponseBase:
    found = (
        _everything(listing)
        if chosen.everything
        else read_chosen(chosen.keys, listing.visit.target)
    )
    pages: Iterator[Sequence[Item]] = map(partial(_seen, listing.visit.target.sight), found)
    # What stops the first page still becomes a page of words, not half a file.
    first = next(pages, [])
    pages = _from_first_on([first], pages)
    if is_whole:
        columns, pages = every_column(pages, listing.description)
    else:
        columns = listing.columns_for(first, listing.visit.request.POST.getlist("column"))
    return export(pages, columns, format, listing.table.alias, listing.visit.caller)


def _export_exact(listing: ItemList, chosen: Chosen) -> HttpResponseBase:
    return _export(exact_csv(listing.description), listing, chosen)


ACTIONS: dict[str, Action] = {
    "export_csv": Action(
        gettext_lazy("Export as CSV, columns shown"), "export", partial(_export, CSV)
    ),
    "export_csv_whole": Action(
        gettext_lazy("Export as CSV, every attribute"),
        "export",
        partial(_export, CSV, is_whole=True),
    ),
    "export_excel": Action(
        gettext_lazy("Export as CSV for Excel, columns shown"),
        "export",
        partial(_export, CSV_FOR_EXCEL),
    ),
    "export_excel_whole": Action(
        gettext_lazy("Export as CSV for Excel, every attribute"),
        "export",
        partial(_export, CSV_FOR_EXCEL, is_whole=True),
    ),
    "export_exact": Action(
        gettext_lazy("Export as exact CSV, to be imported again"), "export", _export_exact
    ),
    "export_jsonl": Action(
        gettext_lazy("Export as JSON lines"), "export", partial(_export, JSON_LINES)
    ),
    "export_typed": Action(
        gettext_lazy("Export as typed JSON lines"), "export", partial(_export, TYPED_LINES)
    ),
    **{
        f"job_{name}": Action(
            row.label.template, "export", partial(_export_later, name), in_menu=False
        )
        for name, row in FORMATS.items()
    },
    "change_many": Action(gettext_lazy("Change…"), "change", _change, writes_many=True),
    "copy_many": Action(
        gettext_lazy("Copy to another table…"),
        "export",
        _copy,
        writes_many=True,
        is_of_use=has_target,
    ),
    "delete_selected": Action(gettext_lazy("Delete…"), "delete", _delete, writes_many=True),
}


def _everything(listing: ItemList) -> Iterator[Sequence[Item]]:
    """Every matching item, whole, from the first page on."""
    return every_item(listing.plan, listing.planned.asked, listing.description)


def _seen(sight: Sight, page: Sequence[Item]) -> Sequence[Seen]:
    return [sight.see(item) for item in page]


def _from_first_on(
    first: list[Sequence[Item]], rest: Iterator[Sequence[Item]]
) -> Iterator[Sequence[Item]]:
    """The page in `first`, which is let go, and the rest."""
    yield first.pop()
    yield from rest


def _back(listing: ItemList, words: str) -> HttpResponseBase:
    messages.warning(listing.visit.request, words)
    return HttpResponseRedirect(listing.address.url)
