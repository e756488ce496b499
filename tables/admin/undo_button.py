"""The button in a message that takes back what the message tells."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.admin.visit import Visit
from tables.core.keys import encode_token
from tables.items.wanted import Outcome

# The form that the button sends stands beside the messages, with the token of the page's session.
_BUTTON = '<button type="submit" class="undo" form="undo-form" formaction="{}"{}>{}</button>'


def with_undo(visit: Visit, words: str | SafeString, outcome: Outcome) -> SafeString:
    """A message about a write, with the way back where one is known and the caller may go it."""
    way_back = {"add": "delete", "delete": "add", "change": "change"}[outcome.right]
    if outcome.version is None or not (visit.can("history") and visit.can(way_back)):
        return format_html("{}", words)
    token = encode_token(outcome.key, visit.description)
    where = [visit.table.alias, token]
    url = reverse("admin:tables_item_undo", args=[*where, outcome.version])
    history = reverse("admin:tables_item_history", args=where)
    button = format_html(_BUTTON, url, "", _("Undo"))
    return format_html('{} {} <a href="{}">{}</a>', words, button, history, _("History"))


def with_undo_of_all(visit: Visit, words: str, group: str, count: int) -> SafeString:
    """A message about a bulk action of so many writes, with the way back."""
    if not (visit.target.keeps_history and visit.can("history") and visit.can("add") and count):
        return format_html("{}", words)
    return format_html("{} {}", words, undo_all_button(group, count))


def page_of_button(request: HttpRequest) -> str:
    """The page of ours that a button to undo was pressed on; empty where none is told."""
    page = request.POST.get("back", "")
    return page if page.startswith(reverse("admin:index")) else ""


def undo_all_button(group: str, count: int) -> SafeString:
    """The button that undoes a bulk action of so many writes."""
    url = reverse("admin:undo_group", args=[group])
    number = format_html(' name="count" value="{}"', count)
    return format_html(_BUTTON, url, number, _("Undo"))
