"""Why a page has no items, and what to do about it: an empty page never leaves anyone guessing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tables.admin.item_list.changelist import ItemList
from tables.admin.item_list.name_hints import is_ambiguous, name_hints, name_words
from tables.admin.item_list.type_notes import other_comparisons
from tables.admin.texts.sentences import count_words
from tables.core.filters import Group


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page says in place of rows; `ways` are links with their words."""

    headline: str
    detail: str = ""
    ways: tuple[tuple[str, str], ...] = ()


def explain(listing: ItemList) -> Explanation:
    """Why this page, which was read, has no items."""
    if listing.collection.page.stopped == "budget":
        return Explanation(_("Nothing has matched so far"), _so_far(listing))
    if listing.query.cursor and listing.trail.shown != 0:
        return Explanation(
            _("No more items"), _("The page before this one was the last."), _back(listing)
        )
    if listing.plan.operation == "GetItem":
        return Explanation(_("No item has this key"), _exactness(), _ways(listing))
    if not listing.query.filter:
        return _explain_nothing_there(listing)
    return _explain_no_match(listing, listing.query.filter)


def _explain_no_match(listing: ItemList, filter: Group) -> Explanation:
    names = listing.names.with_sample() if is_ambiguous(filter) else listing.names.declared
    hints = name_hints(filter, names, listing.address, listing.types)
    detail = " ".join((_explain_filter(listing), *name_words(filter, names)))
    return Explanation(_("No item matches"), detail, (*hints, *_ways(listing)))


def _explain_nothing_there(listing: ItemList) -> Explanation:
    if listing.plan.index:
        return Explanation(
            _("The index %(index)s is empty") % {"index": listing.plan.index},
            _("An item is in an index only if it has all of the index’s keys."),
            ((_("Show the table"), listing.address.changed(index=None, plan=None).url),),
        )
    return Explanation(_("This table is empty"), _("It has no items yet."))


def _so_far(listing: ItemList) -> str:
    words = (
        _("Another %(count)s items were looked at; the scan can go on from there.")
        if listing.query.cursor
        else _("The first %(count)s items were looked at; the scan can go on from there.")
    )
    return words % {"count": count_words(listing.collection.page.scanned_count)}


def _explain_filter(listing: ItemList) -> str:
    page = listing.collection.page
    if listing.query.cursor:
        return _("All the rest was looked at, too.") + " " + _exactness()
    if page.scanned_count == 0:
        found = _("There is no item under this partition key value.")
        if listing.plan.operation == "Scan":
            found = _("There is no item to look at.")
        return f"{found} {_exactness()}"
    looked = _("Every one of the %(count)s items that could match was looked at.") % {
        "count": count_words(page.scanned_count)
    }
    return f"{looked} {_exactness()}"


def _exactness() -> str:
    return _("DynamoDB compares exactly: upper and lower case differ, and so do text and numbers.")


def _ways(listing: ItemList) -> tuple[tuple[str, str], ...]:
    others = other_comparisons(listing.query.filter, listing.address, listing.types)
    return (*others, (_("Remove all conditions"), listing.address.path))


def _back(listing: ItemList) -> tuple[tuple[str, str], ...]:
    url = listing.previous_url or listing.first_url
    return ((_("Back"), url),) if url else ()
