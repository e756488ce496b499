"""Changes lately made: of a table, of a person, or in the tables that one used last."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.access.users import caller_of_user
from tables.admin.errors import render_page
from tables.admin.item_form.history import ToldEntry, history_url, inline_deltas
from tables.admin.recent_items import used_tables
from tables.admin.table_choice import named_table, table_choice
from tables.admin.texts.history_words import ACTIONS, deed_words
from tables.admin.texts.people import name_words
from tables.admin.values.differences import FEW_ROWS, differences, paths_words
from tables.admin.values.one_line import key_text
from tables.admin.viewable import tables_with_history
from tables.admin.visit import Visit, site_page
from tables.core.errors import InvalidRequest, NotFound, TablesError
from tables.core.history import Entry
from tables.core.registry import Table
from tables.dynamodb.history_table import bookmark_of, whole_entries
from tables.items.changes import Changes, WhichChanges, changes_by, changes_in
from tables.items.rules import kept_names
from tables.items.seen_history import seen_entries
from tables.items.target import Target, find_target
from tables.jobs.finding import visible_to

_PER_PAGE = 50
# What the index page shows, and how many tables are asked for it: four queries each.
_LATEST = 10
_TABLES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A change as a list tells it; `others` are what the same bulk action wrote beside it.

    Each of them is a key in words and the URL of its history. `job_url` leads to the job that wrote
    them, where it was one: there is more of it than is told here, and it is undone as a whole.
    """

    told: ToldEntry
    key: str
    history_url: str
    table: str
    person_url: str
    others: Sequence[tuple[str, str]] = ()
    undo_url: str = ""
    job_url: str = ""

    @property
    def count(self) -> int:
        """How many items of the bulk action are told here."""
        return len(self.others) + 1


@require_http_methods(["GET", "HEAD"])
@site_page
def recent_changes(request: HttpRequest) -> HttpResponse:
    """Changes of a table or a person, by action and time, newest first."""
    tables = tables_with_history(caller_of_user(request.user))
    if not tables:
        raise NotFound(_("No history is kept of the tables that you may look at."))
    spend(request, "read")
    form = {name: request.GET.get(name, "") for name in ("person", "table", "action", "from", "to")}
    is_asked = bool(form["table"] or form["person"])
    found = _found(request, tables, form) if is_asked else Changes(_latest(request, tables))
    context = {
        "title": _("Recent changes"),
        "lines": _lines(request, tables, found.entries),
        "table_choice": table_choice(request, tables, form["table"]),
        "actions": [(name, words) for name, words in ACTIONS.items() if name != "forgotten"],
        "form": form,
        "since": form["from"],
        "people": _people(request, form["person"], found.entries),
        "is_asked": is_asked,
        "next": urlencode({**form, "after": found.next}) if found.next else "",
    }
    return render_page(request, "admin/recent_changes.html", context)


@require_http_methods(["GET", "HEAD"])
@site_page
def latest_changes(request: HttpRequest) -> HttpResponse:
    """A part of the index page: the last changes in the tables that this person used last."""
    spend(request, "read")
    tables = tables_with_history(caller_of_user(request.user))
    lines = _lines(request, tables, _latest(request, tables), _LATEST)
    return render(request, "admin/latest_changes.html", {"lines": lines})


def _found(request: HttpRequest, tables: Sequence[Table], form: Mapping[str, str]) -> Changes:
    asked = WhichChanges(form["person"], form["action"], _since(form["from"]), _until(form["to"]))
    after = request.GET.get("after", "")
    if form["table"]:
        table = named_table(tables, form["table"])
        if table is None:
            raise NotFound(_("No history of such a table is yours to see."))
        return changes_in(_target(request, table), asked, after=after, limit=_PER_PAGE)
    names = frozenset(table.table for table in tables)
    return changes_by(form["person"], names, asked, after=after, limit=_PER_PAGE)


def _latest(request: HttpRequest, tables: Sequence[Table]) -> list[Entry]:
    """The newest of at most ten tables: those that the person used last, then the others."""
    used = {alias: n for n, alias in enumerate(used_tables(request))}
    ordered = sorted(tables, key=lambda table: used.get(table.alias, len(used)))
    pages = []
    aliases = {table.alias for table in tables}
    whole = [table for table in ordered if table.of not in aliases]
    # Two aliases of a table tell the same changes; two kinds in it, each its own.
    each = {table.alias if table.entity else table.table: table for table in reversed(whole)}
    for table in list(each.values())[::-1][:_TABLES]:
        try:
            found = changes_in(_target(request, table), WhichChanges(), limit=_PER_PAGE)
        except TablesError:
            continue  # the others are told
        pages.append(found.entries)
    newest = heapq.merge(*pages, key=bookmark_of, reverse=True)
    return list(islice(newest, _PER_PAGE))


def _lines(
    request: HttpRequest, tables: Sequence[Table], entries: Sequence[Entry], most: int = _PER_PAGE
) -> list[Line]:
    """At most so many lines: those that one bulk action wrote in a row share one."""
    bundles = [list(bundle) for _key, bundle in groupby(entries, key=_bundle)][:most]
    firsts = whole_entries([bundle[0] for bundle in bundles])
    jobs = _jobs(request, firsts)
    lines = []
    for entry, bundle in zip(firsts, bundles, strict=True):
        visit = _visit(request, tables, entry)
        if visit is not None:
            lines.append(_line(visit, entry, bundle[1:], jobs.get(entry.author.group, "")))
    return lines


def _jobs(request: HttpRequest, entries: Sequence[Entry]) -> dict[str, str]:
    """The pages of the jobs that wrote these entries, by group, as far as one may see them."""
    groups = {entry.author.group for entry in entries if entry.author.group}
    if not groups:
        return {}
    found = visible_to(caller_of_user(request.user)).filter(pk__in=groups)
    return {str(pk): reverse("admin:job", args=[pk]) for pk in found.values_list("pk", flat=True)}


def _bundle(entry: Entry) -> tuple[str, str]:
    """What entries of one line have in common: the bulk action and the table."""
    return entry.table, entry.author.group or f"{entry.item}#{entry.n}"


def _visit(request: HttpRequest, tables: Sequence[Table], entry: Entry) -> Visit | None:
    """The caller at the table of an entry, by an alias that they may see."""
    table = _alias_of(request, entry, tables)
    if table is None:
        return None
    try:
        return Visit(request, _target(request, table))
    except TablesError:
        return None


def _line(visit: Visit, entry: Entry, others: Sequence[Entry], job_url: str) -> Line:
    kept = kept_names(visit.table)
    deltas = inline_deltas(entry) or ()
    is_whole = not (entry.before and entry.after)
    words = deed_words(entry, paths_words(deltas, kept))
    where = history_url(visit, entry.key)
    told = ToldEntry(
        entry,
        words,
        () if is_whole else differences(deltas, kept, most=FEW_ROWS),
        version_url=f"{where}{entry.n}/" if entry.happened else "",
    )
    return Line(
        told,
        *_place(visit, entry),
        str(visit.table.label),
        urlencode({"person": entry.author.sub}),
        [_place(visit, other) for other in others],
        _undo_url(visit, entry),
        job_url,
    )


def _place(visit: Visit, entry: Entry) -> tuple[str, str]:
    """The key of the item in words, and where its history is; empty of one that was forgotten."""
    if not entry.key:
        return "", ""
    return key_text(entry.key, visit.description), history_url(visit, entry.key)


def _undo_url(visit: Visit, entry: Entry) -> str:
    """Where the bulk action that an entry is part of is undone; empty for whoever may not."""
    may_write = any(visit.can(action) for action in ("add", "change", "delete"))
    if not (entry.author.group and may_write):
        return ""
    return reverse("admin:undo_group", args=[entry.author.group])


def _alias_of(request: HttpRequest, entry: Entry, tables: Sequence[Table]) -> Table | None:
    """The alias that an entry is told under: its own, one of the whole table, or of its kind."""
    found = [table for table in tables if table.table == entry.table]
    found.sort(key=lambda table: (table.alias != entry.alias, table.entity is not None))
    for table in found:
        if table.alias == entry.alias or table.entity is None:
            return table
        if seen_entries(_target(request, table), [entry]):
            return table
    return None


def _target(request: HttpRequest, table: Table) -> Target:
    return find_target(table, caller_of_user(request.user), "history")


def _people(request: HttpRequest, asked: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Whose changes may be asked for, sub and name: one's own, and of whom this page tells."""
    known = {entry.author.sub: name_words(entry.author.name) for entry in entries}
    others = {asked: asked, **known} if asked else known
    own = caller_of_user(request.user).sub
    named = sorted((item for item in others.items() if item[0] != own), key=lambda item: item[1])
    return {own: _("me"), **dict(named)}


def _since(text: str) -> int:
    return _milliseconds(_day(text)) if text else 0


def _until(text: str) -> int:
    """The end of a day, because people mean it to be in."""
    return _milliseconds(_day(text) + timedelta(days=1)) - 1 if text else 0


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidRequest(_("A day is written as 2026-11-27.")) from error


def _milliseconds(moment: datetime) -> int:
    return max(int(moment.timestamp() * 1000), 0)
