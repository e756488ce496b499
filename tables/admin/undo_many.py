"""Taking back many writes: a bulk action as a whole, or what was ticked in the trash."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.access.users import caller_of_user
from tables.admin.errors import render_page
from tables.admin.item_form.history import history_url
from tables.admin.texts.core_messages import told
from tables.admin.texts.sentences import count_words, items_words
from tables.admin.undo_button import page_of_button, undo_all_button
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, site_page
from tables.configuration import registry
from tables.core.errors import NotFound, TablesError, UndoConflict
from tables.core.history import Entry
from tables.items.groups import entries_of_group, new_group
from tables.items.history import require_kept, version
from tables.items.target import find_target
from tables.items.undo import undo
from tables.items.wanted import itself
from tables.items.writes import perform
from tables.jobs.finding import visible_to

log = structlog.get_logger(__name__)

# How long the index may take to tell what was just written.
_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one write: `left` was changed since or refused, `gone` has no item to undo.

    `right` is the one that undoing it took.
    """

    key: str
    url: str
    state: Literal["left", "gone", "done"]
    words: str
    right: str = ""


@require_http_methods(["POST"])
@site_page
def undo_group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Take back a bulk action, each item by its own rule; say what became of each."""
    spend(request, "write")
    if job := visible_to(caller_of_user(request.user)).filter(pk=group).first():
        # Of a job there may be thousands: its page undoes them, a part at a time.
        messages.info(request, _("This was done by a job: undo it here."))
        return HttpResponseRedirect(reverse("admin:job", args=[job.pk]))
    expected = _expected(request)
    person = request.POST.get("person") or caller_of_user(request.user).sub
    entries = [entry for entry in _awaited(person, group, expected) if _may_see(request, entry)]
    if not entries:
        raise NotFound(_("Nothing is known of this bulk action."))
    missing = max(expected - len(entries), 0)
    onward = page_of_button(request) or _list_of(entries)
    return report(request, entries, onward, _("%(done)s of %(all)s undone"), missing=missing)


def report(
    request: HttpRequest, entries: Sequence[Entry], onward: str, title: str, *, missing: int = 0
) -> HttpResponse:
    """Undo the writes, then a message where all went well, else a page that says what did not.

    `title` says how many were `done` of `all`.
    """
    again = new_group()
    outcomes = list(_outcomes(request, entries, again))
    done = sum(outcome.state == "done" for outcome in outcomes)
    log.info("changes_undone", done=done, left=len(outcomes) - done)
    if done == len(outcomes) and not missing:
        text = _done_words(outcomes) % {"count": count_words(done)}
        messages.success(request, format_html("{} {}", text, undo_all_button(again, done)))
        return HttpResponseRedirect(onward)
    context = {
        "title": title % {"done": count_words(done), "all": items_words(len(outcomes) + missing)},
        "outcomes": sorted(outcomes, key=lambda outcome: outcome.state == "done"),
        "missing": missing,
        "button": undo_all_button(again, done) if done else "",
        "onward": onward,
    }
    return render_page(request, "admin/undone.html", context)


def _done_words(outcomes: Sequence[Undone]) -> str:
    """What all of these writes came to, now that they are undone."""
    count, rights = len(outcomes), {outcome.right for outcome in outcomes}
    if rights == {"add"}:
        return ngettext("%(count)s item is back.", "%(count)s items are back.", count)
    if rights == {"delete"}:
        return ngettext("%(count)s item is gone again.", "%(count)s items are gone again.", count)
    return ngettext("%(count)s item is as it was.", "%(count)s items are as they were.", count)


def _list_of(entries: Sequence[Entry]) -> str:
    """The list of the table that all of them are of, or the first page."""
    aliases = list({entry.alias for entry in entries})
    if len(aliases) > 1:
        return reverse("admin:index")
    return reverse("admin:tables_changelist", args=aliases)


def _awaited(person: str, group: uuid.UUID, expected: int) -> Sequence[Entry]:
    """The entries, asked for again while fewer are told than there were."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = entries_of_group(person, group)
        if len(found) >= expected or time.monotonic() > deadline:
            return found
        time.sleep(_PAUSE_SECONDS)


def _expected(request: HttpRequest) -> int:
    text = request.POST.get("count", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _may_see(request: HttpRequest, entry: Entry) -> bool:
    try:
        require_kept(visit_of(request, entry).target)
    except TablesError:
        return False
    return True


def visit_of(request: HttpRequest, entry: Entry) -> Visit:
    """The caller at the table of an entry. Raises TableNotFound."""
    return Visit(request, find_target(registry().get(entry.alias), caller_of_user(request.user)))


def _outcomes(request: HttpRequest, entries: Sequence[Entry], group: str) -> Iterator[Undone]:
    """One after the other; one that can't be undone does not stop the rest."""
    for entry in entries:
        visit = visit_of(request, entry)
        name, url = key_text(entry.key, visit.description), history_url(visit, entry.key)
        try:
            found = version(visit.target, entry.key, entry.n)
            done = perform(undo(visit.target, found, group=group), itself)
        except UndoConflict as conflict:
            is_gone = conflict.current is None
            yield Undone(name, url, "gone" if is_gone else "left", told(conflict.message))
        except TablesError as error:
            yield Undone(name, url, "left", told(error.message))
        else:
            yield Undone(name, url, "done", _("Done"), done.right)
