"""The history of an item: its timeline, one version in full, and the way back to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.item_form.further import further_url, start_of
from tables.admin.item_form.in_full import shown_item
from tables.admin.item_form.pages import headed, item_url
from tables.admin.texts.core_messages import told
from tables.admin.texts.history_words import (
    between_words,
    deed_words,
    door_words,
    moment,
    short_time_words,
    time_words,
)
from tables.admin.texts.people import name_words
from tables.admin.values.differences import (
    FEW_ROWS,
    MOST_ROWS,
    Difference,
    attributes_words,
    differences,
    differences_between,
    paths_words,
)
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, table_page
from tables.core.deltas import Delta
from tables.core.errors import HistoryBroken, InvalidRequest, ItemNotFound, NotFound
from tables.core.history import Entry
from tables.core.history_chain import Gap
from tables.core.keys import decode_token, encode_token
from tables.core.values import Item
from tables.items.history import (
    Timeline,
    Version,
    deltas_of,
    outside,
    require_kept,
    timeline,
    version,
)
from tables.items.reads import stored
from tables.items.rules import kept_names
from tables.records.history.entries import days_kept

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry as a page tells it. A URL is empty where the caller may not do it."""

    entry: Entry
    words: str
    rows: Sequence[Difference] = ()
    note: str = ""
    version_url: str = ""
    undo_url: str = ""
    restore_url: str = ""

    @property
    def at(self) -> str:
        """When, to the minute."""
        return short_time_words(self.entry.at)

    @property
    def exactly(self) -> str:
        """When, to the second."""
        return time_words(self.entry.at)

    @property
    def moment(self) -> Any:
        """When, for programs."""
        return moment(self.entry.at)

    @property
    def by(self) -> str:
        """Who, and through which door."""
        return f"{self.who}, {door_words(self.entry)}"

    @property
    def who(self) -> str:
        """By whom."""
        return name_words(self.entry.author.name) or self.entry.author.sub


@dataclass(frozen=True, slots=True)
class Outside:
    """A change that another program made, as far as it is known; `at` says between what times."""

    at: str
    words: str
    rows: Sequence[Difference] = ()
    note: str = ""
    is_outside: bool = True


@require_http_methods(["GET", "HEAD"])
@table_page
def item_history(visit: Visit, key: str) -> HttpResponse:
    """What happened to an item, newest first; also of one that is gone."""
    require_kept(visit.target)
    spend(visit.request, "read")
    where = decode_token(key, visit.description)
    found = timeline(visit.target, where, below=_below(visit), limit=_PER_PAGE)
    if found.now is None and not found.entries:
        raise ItemNotFound(_("There is no item with this key, and nothing is known of one."))
    title = _("Change history: “%(key)s”")
    context = {
        **headed(title, visit, where),
        **history_context(visit, where),
        "is_gone": found.now is None,
        "rows": list(_told_of(visit, where, found)),
        "next": found.below,
        "days": days_kept(visit.table),
    }
    return visit.render("admin/tables/item_history.html", context)


@require_http_methods(["GET", "HEAD"])
@table_page
def item_version(visit: Visit, key: str, n: int) -> HttpResponse:
    """One version in full: what it changed, what it left, and how that differs from now."""
    require_kept(visit.target)
    spend(visit.request, "read")
    where = decode_token(key, visit.description)
    found = version(visit.target, where, n)
    now = stored(visit.target, where)
    kept, see = kept_names(visit.table), visit.target.sight.see
    start = start_of(visit.request)
    context = {
        **headed(_("Version %(n)s of “%(key)s”"), visit, where, n=n),
        **history_context(visit, where),
        "n": n,
        "is_gone": now is None,
        "told": _told(visit, where, found.entry, found.deltas, is_newest=False, start=start),
        "start": start,
        "further_url": further_url(visit.request, start),
        "is_deletion": found.item is None,
        "restore_url": _restore_url(visit, where, n, is_gone=now is None),
        "shown": shown_item(see(with_item(found).item or {}), start),
        "to_now": differences_between(see(found.item), see(now), kept, start=start)
        if found.item and now
        else [],
    }
    return visit.render("admin/tables/item_version.html", context)


def history_context(visit: Visit, where: Item) -> dict[str, Any]:
    """What every page of an item's history has at hand."""
    return {
        "key": key_text(where, visit.description),
        "item_url": item_url(visit, where),
        "list_url": reverse("admin:tables_changelist", args=[visit.table.alias]),
        "history_url": history_url(visit, where),
    }


def history_url(visit: Visit, where: Item) -> str:
    """Where an item's history is."""
    token = encode_token(where, visit.description)
    return reverse("admin:tables_item_history", args=[visit.table.alias, token])


def undo_right(entry: Entry) -> str:
    """The right that taking an entry back needs."""
    if not entry.before:
        return "delete"
    return "change" if entry.after else "add"


def with_item(found: Version) -> Version:
    """A version with the item to go back to: what it left, or what it deleted.

    Raises HistoryBroken.
    """
    if found.item is not None:
        return found
    whole = found.deltas[0].old if found.deltas and not found.deltas[0].path else None
    if whole is None:
        raise HistoryBroken("What was deleted is not told by this version.")
    return replace(found, item=whole["M"])


def _restore_url(visit: Visit, where: Item, n: int, *, is_gone: bool) -> str:
    """Where going back to a version is asked about; empty for whoever may not."""
    return (
        f"{history_url(visit, where)}{n}/restore/"
        if visit.can("add" if is_gone else "change")
        else ""
    )


def _below(visit: Visit) -> int | None:
    text = visit.request.GET.get("below", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise InvalidRequest(_("This page of the history can’t be found; begin at the newest."))
    return int(text)


def _told_of(visit: Visit, where: Item, found: Timeline) -> Iterator[ToldEntry | Outside]:
    """Entries newest first, each change from outside below the entry that found it."""
    after = {gap.newer.n if gap.newer else None: gap for gap in found.gaps}
    newest = next((e.n for e in found.entries if e.happened), 0) if _is_first(visit) else 0
    if None in after:
        yield from _outside(visit, where, after[None], found.now)
    for entry in found.entries:
        deltas, is_newest = inline_deltas(entry), entry.n == newest
        yield _told(visit, where, entry, deltas, is_newest=is_newest, most=FEW_ROWS)
        if entry.n in after:
            yield from _outside(visit, where, after[entry.n], found.now)


def _is_first(visit: Visit) -> bool:
    return not visit.request.GET.get("below")


def inline_deltas(entry: Entry) -> Sequence[Delta] | None:
    """What an entry tells by itself: what is large stands apart, and a list does not read it."""
    if entry.body is None:
        return None
    try:
        return deltas_of(entry)
    except HistoryBroken:
        return None


def _told(
    visit: Visit,
    where: Item,
    entry: Entry,
    deltas: Sequence[Delta] | None,
    *,
    is_newest: bool,
    start: int = 0,
    most: int = MOST_ROWS,
) -> ToldEntry:
    kept = kept_names(visit.table)
    words = deed_words(entry, paths_words(deltas or (), kept))
    if not entry.happened:
        return ToldEntry(entry, words, note=_("This was begun and not done."))
    if entry.action == "forgotten":
        return ToldEntry(entry, words)
    is_whole = not (entry.before and entry.after)
    rows = differences(() if is_whole else deltas or (), kept, start=start, most=most)
    own = f"{history_url(visit, where)}{entry.n}/"
    may_undo = is_newest and visit.can(undo_right(entry))
    may_restore = not is_newest and bool(entry.after) and (visit.can("change") or visit.can("add"))
    return ToldEntry(
        entry,
        words,
        rows,
        _note(deltas, is_whole=is_whole),
        own,
        f"{own}undo/" if may_undo else "",
        f"{own}restore/" if may_restore else "",
    )


def _note(deltas: Sequence[Delta] | None, *, is_whole: bool) -> str:
    if deltas is None:
        return _("This is large: see the whole version.")
    if not is_whole:
        return ""
    items = chain.from_iterable((d.old, d.new) for d in deltas if not d.path)
    return attributes_words(sum(len(value["M"]) for value in items if value))


def _outside(visit: Visit, where: Item, gap: Gap, now: Item | None) -> Iterator[Outside]:
    """A change from outside, where it is one of what history keeps."""
    older, newer = gap.older, gap.newer
    at = between_words(older.at if older else 0, newer.at if newer else None)
    try:
        deltas = outside(visit.target, where, gap, now)
    except (HistoryBroken, NotFound) as error:
        yield Outside(at, _("Changed outside Dynadmin"), note=told(error.message))
        return
    if not gap.after:
        yield Outside(at, _("Deleted outside Dynadmin"))
    elif deltas:
        words = _("Changed outside Dynadmin") if gap.before else _("Made outside Dynadmin")
        rows = differences(deltas, kept_names(visit.table), most=FEW_ROWS)
        yield Outside(at, words, rows)
