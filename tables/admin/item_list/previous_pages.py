"""The way back: where each page before this one began, carried in the URL.

A scan can't be read backwards, so going back means starting again where an earlier page started.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from tables.admin.texts.meter import NOTHING, Tally
from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidCursor
from tables.core.plans import Plan
from tables.core.values import Item, content_of
from tables.dynamodb.reads import start_key_names

# Proxies take request lines of 8 KB: the trail may have half of that, a cursor the rest.
MAX_TRAIL_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Visited:
    """A page that was left behind: how many items it showed, its start key's values, and what
    reading it took, where that says more than how many it showed.
    """

    shown: int
    start: tuple[str, ...] = ()
    took: Tally | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The pages left behind, first to last. `before` counts items of pages no longer remembered,
    `took_before` is what reading those took.

    `before` is None when the trail begins in the middle of nowhere, as after a link of REST v1.
    """

    pages: tuple[Visited, ...] = ()
    before: int | None = 0
    took_before: Tally = NOTHING

    @property
    def took(self) -> Tally | None:
        """What reading all pages before this one took, where that is known of each."""
        total = self.took_before
        for page in self.pages:
            if page.took is None:
                return None
            total += page.took
        return None if self.before is None else total

    @property
    def shown(self) -> int | None:
        """How many items stand on the pages before this one."""
        return None if self.before is None else self.before + sum(p.shown for p in self.pages)

    def after(self, left: Visited) -> Trail:
        """The trail of the next page, once this one is left behind."""
        return replace(self, pages=(*self.pages, left))

    def back(self) -> Trail:
        """The trail of the page before this one."""
        return replace(self, pages=self.pages[:-1])


def write_trail(trail: Trail, bound_to: str) -> str:
    """The trail as a URL takes it; the oldest pages are forgotten when it grows too long."""
    while True:
        entries = [[page.shown, *_tally_entry(page.took), *page.start] for page in trail.pages]
        head = [trail.before, *_tally_entry(trail.took_before)]
        text = _signer(bound_to).sign_object([head, *entries], compress=True)
        if len(text) <= MAX_TRAIL_CHARACTERS:
            return text
        forgotten = trail.pages[: len(trail.pages) // 8 + 1]
        before = None if trail.before is None else trail.before + sum(p.shown for p in forgotten)
        took = sum((page.took or NOTHING for page in forgotten), trail.took_before)
        trail = Trail(trail.pages[len(forgotten) :], before, took)


def read_trail(text: str, bound_to: str) -> Trail:
    """The trail that was written. Raises InvalidCursor when it was altered or is another list's."""
    try:
        (before, *took), *entries = _signer(bound_to).unsign_object(text)
    except signing.BadSignature as error:
        raise InvalidCursor(_("The way back was altered, or belongs to another list.")) from error
    return Trail(tuple(map(_visited_of, entries)), before, _tally_of(took) or NOTHING)


def _visited_of(entry: list[Any]) -> Visited:
    shown, *rest = entry
    took = _tally_of(rest)
    return Visited(shown, tuple(rest[1:] if took else rest), took)


def _tally_entry(took: Tally | None) -> list[list[float]]:
    """The figures as one entry of their own, which no text of a key can be taken for."""
    return [[took.scanned, took.capacity, took.calls]] if took and took != NOTHING else []


def _tally_of(entries: list[Any]) -> Tally | None:
    return Tally(*entries[0]) if entries and isinstance(entries[0], list) else None


def visited(
    shown: int,
    start_key: Item | None,
    plan: Plan,
    description: TableDescription,
    took: Tally | None = None,
) -> Visited:
    """A page as the trail remembers it."""
    if start_key is None:
        return Visited(shown, (), took)
    names = start_key_names(description, plan.index)
    return Visited(shown, tuple(content_of(start_key[name]) for name in names), took)


def start_key_of(page: Visited, plan: Plan, description: TableDescription) -> Item | None:
    """The start key of a page left behind, None for the first."""
    if not page.start:
        return None
    types = description.declared_types()
    names = start_key_names(description, plan.index)
    return {name: {types[name]: text} for name, text in zip(names, page.start, strict=True)}


def _signer(bound_to: str) -> signing.Signer:
    """Without a time of day: the same page has the same links."""
    return signing.Signer(salt=f"dynadmin.trail 2 {bound_to}")
