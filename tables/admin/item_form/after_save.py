"""After a save: what was done, in words, and where the button that was pressed leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tables.admin.item_form.back_to_list import list_of, remembering
from tables.admin.item_form.leads import leading_nowhere
from tables.admin.item_form.pages import add_url, item_url
from tables.admin.item_list.address import Address
from tables.admin.recent_items import remember
from tables.admin.undo_button import with_undo
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit
from tables.core.expressions import format_path
from tables.core.updates import Change
from tables.core.values import Item
from tables.items.wanted import Outcome

# Paths that a message names; the others are counted.
_NAMED_PATHS = 8


def saved(
    visit: Visit,
    done: Outcome,
    action: Literal["added", "changed"],
    changes: Sequence[Change] = (),
    theirs: Sequence[Change] = (),
) -> HttpResponse:
    """Say what was done to an item, how to undo it, and what others did meanwhile; then go on."""
    item = done.after or {}
    remember(visit, item, action)
    link = format_html(
        '<a href="{}"><bdi>{}</bdi></a>', item_url(visit, item), key_text(item, visit.description)
    )
    words = (
        _("The item “{}” was added.") if action == "added" else _("The item “{}” was changed: {}.")
    )
    text = format_html(words, link, _paths_words(changes))
    messages.success(visit.request, with_undo(visit, text, done))
    for words in leading_nowhere(visit, done):
        messages.warning(visit.request, words)
    if theirs:
        words = _("Since you opened it, this was changed as well, and is kept: %(paths)s.")
        messages.info(visit.request, words % {"paths": _paths_words(theirs)})
    return onward(visit, item)


def _paths_words(changes: Sequence[Change]) -> str:
    named = ", ".join(visible(format_path(change.path)[:100]) for change in changes[:_NAMED_PATHS])
    rest = len(changes) - _NAMED_PATHS
    return named if rest <= 0 else _("%(named)s and %(rest)s more") % {"named": named, "rest": rest}


def onward(visit: Visit, item: Item) -> HttpResponse:
    """Where the button that was pressed leads."""
    back = list_before(visit)
    if "_continue" in visit.request.POST:
        post = visit.request.POST
        view = "raw" if post.get("mode") == "raw" else ""
        part = {name: post.get(name, "") for name in ("part", "find")}
        return HttpResponseRedirect(remembering(item_url(visit, item), back, view=view, **part))
    if "_addanother" in visit.request.POST and visit.can("add"):
        return HttpResponseRedirect(remembering(add_url(visit), back))
    return HttpResponseRedirect(back.url)


def list_before(visit: Visit) -> Address:
    """The list that the item was opened from."""
    return list_of(visit.request, visit.table.alias)
