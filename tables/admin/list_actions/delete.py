"""Deleting ticked items: shown first, then deleted one by one as they were shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.item_list.changelist import ItemList
from tables.admin.list_actions.ticked import read_chosen
from tables.admin.recent_items import forget
from tables.admin.related import Panel, panels_of
from tables.admin.texts.core_messages import told
from tables.admin.texts.sentences import count_words, items_words
from tables.admin.undo_button import with_undo_of_all
from tables.admin.values.hidden_characters import alike
from tables.admin.values.one_line import key_text, summary
from tables.core.descriptions import TableDescription
from tables.core.errors import PreconditionFailed, TablesError
from tables.core.keys import encode_token
from tables.core.preconditions import state_of
from tables.core.sight import Seen
from tables.core.values import Item, content_of
from tables.items.deletes import delete_as_shown
from tables.items.groups import new_group
from tables.items.target import Target
from tables.items.wanted import Mark, itself
from tables.items.writes import perform
from tables.records.history.entries import days_kept

log = structlog.get_logger(__name__)

# Keys that a message names; the others are counted.
_NAMED_KEYS = 10
_SUMMARY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ToDelete:
    """An item of the confirmation page: `state` is what it was when it was shown.

    One whose key looks like another's on the page `is_alike`. `panels` are the lists of what may
    belong to it.
    """

    token: str
    key: str
    summary: str
    state: str
    is_alike: bool = False
    panels: Sequence[Panel] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of one item, for the report: `left` is there still, `gone` was so before."""

    token: str
    key: str
    state: Literal["deleted", "gone", "left"]
    words: str


def delete_chosen(listing: ItemList, keys: Sequence[Item]) -> HttpResponseBase:
    """Ask, showing the items; once confirmed, delete what still is as it was shown."""
    form = listing.visit.request.POST
    items = [item for page in read_chosen(keys, listing.visit.target) for item in page]
    if form.get("confirmed") != "yes":
        return _ask(listing, keys, items)
    states = dict(zip(form.getlist("_selected_action"), form.getlist("state"), strict=False))
    group = new_group()
    deletions = list(_deletions(listing, keys, items, states, group))
    deleted = sum(deletion.state == "deleted" for deletion in deletions)
    log.info("items_deleted", deleted=deleted, left=len(deletions) - deleted)
    if deleted == len(deletions):
        words = with_undo_of_all(listing.visit, _deleted_words(deletions), group, deleted)
        messages.success(listing.visit.request, words)
        return HttpResponseRedirect(listing.address.url)
    return _report(listing, deletions, deleted, group)


def _ask(listing: ItemList, keys: Sequence[Item], items: Sequence[Item]) -> HttpResponse:
    description = listing.description
    if not items:
        messages.warning(listing.visit.request, _("The ticked items are already gone."))
        return HttpResponseRedirect(listing.address.url)
    see = listing.visit.target.sight.see
    same = alike([_raw_key(item, description) for item in items])
    shown = [
        ToDelete(
            encode_token(item, description),
            key_text(item, description),
            _rest_of(see(item), description),
            state_of(see(item)),
            _raw_key(item, description) in same,
            panels_of(listing.visit, item),
        )
        for item in items
    ]
    title = _("Delete %(items)s?") % {"items": items_words(len(shown))}
    context = {
        "title": title,
        "listing": listing,
        "shown": shown,
        "may_have_belongings": any(item.panels for item in shown),
        "gone": len(keys) - len(shown),
        "keeps_history": listing.visit.target.keeps_history,
        "days": days_kept(listing.visit.table),
    }
    return listing.visit.render("admin/tables/delete_chosen.html", context)


def _report(
    listing: ItemList, deletions: Sequence[Deletion], deleted: int, group: str
) -> HttpResponse:
    context = {
        "title": _("%(deleted)s of %(all)s deleted")
        % {"deleted": count_words(deleted), "all": items_words(len(deletions))},
        "listing": listing,
        "deletions": deletions,
        "way_back": with_undo_of_all(listing.visit, "", group, deleted),
    }
    return listing.visit.render("admin/tables/deleted.html", context)


def _deletions(
    listing: ItemList,
    keys: Sequence[Item],
    items: Sequence[Item],
    states: dict[str, str],
    group: str,
) -> Iterator[Deletion]:
    """Delete one item after the other; one that can't be deleted does not stop the rest."""
    description = listing.description
    stored = {encode_token(item, description): item for item in items}
    for key in keys:
        token, words = encode_token(key, description), key_text(key, description)
        if token not in stored:
            yield Deletion(token, words, "gone", _("Was already gone"))
        elif reason := _delete(stored[token], states.get(token), listing.visit.target, group):
            yield Deletion(token, words, "left", reason)
        else:
            forget(listing.visit, token)
            yield Deletion(token, words, "deleted", _("Deleted"))


def _delete(item: Item, state: str | None, target: Target, group: str) -> str:
    """Delete an item; empty, or why it was not deleted."""
    if state_of(target.sight.see(item)) != state:
        return _("Changed since you looked: not deleted")
    try:
        perform(replace(delete_as_shown(target, item), mark=Mark(group=group)), itself)
    except PreconditionFailed:
        return _("Changed at this moment: not deleted")
    except TablesError as error:
        return told(error.message)
    return ""


def _deleted_words(deletions: Sequence[Deletion]) -> str:
    named = ", ".join(deletion.key for deletion in deletions[:_NAMED_KEYS])
    words = ngettext(
        "%(count)s item was deleted: %(keys)s",
        "%(count)s items were deleted: %(keys)s",
        len(deletions),
    ) % {"count": count_words(len(deletions)), "keys": named}
    return words + ("…" if len(deletions) > _NAMED_KEYS else ".")


def _raw_key(item: Item, description: TableDescription) -> str:
    """The key as it is stored, to be compared by its look."""
    return "\0".join(str(content_of(item[name])) for name in description.key_names)


def _rest_of(item: Seen, description: TableDescription) -> str:
    """What an item holds besides its key, in one line."""
    rest = {name: value for name, value in item.items() if name not in description.key_names}
    words = summary({"M": rest}, _SUMMARY_CHARACTERS)[0]
    return words.removeprefix("{").removesuffix("}")
