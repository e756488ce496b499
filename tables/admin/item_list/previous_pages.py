"""The way back: where each page before this one began, carried in the URL.

A scan can't be read backwards, so going back means starting again where an earlier page started.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidCursor
from tables.core.plans import Plan
from tables.core.values import Item, content_of
from tables.dynamodb.reads import start_key_names

# Proxies take request lines of 8 KB: the trail may have half of that, a cursor the rest.
MAX_TRAIL_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Visited:
    """A page that was left behind: how many items it showed, and its start key's values."""

    shown: int
    start: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """The pages left behind, first to last. `before` counts items of pages no longer remembered.

    `before` is None when the trail begins in the middle of nowhere, as after a link of REST v1.
    """

    pages: tuple[Visited, ...] = ()
    before: int | None = 0

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
        entries: list[Any] = [[page.shown, *page.start] for page in trail.pages]
        text = _signer(bound_to).sign_object([trail.before, *entries], compress=True)
        if len(text) <= MAX_TRAIL_CHARACTERS:
            return text
        forgotten = trail.pages[: len(trail.pages) // 8 + 1]
        before = None if trail.before is None else trail.before + sum(p.shown for p in forgotten)
        trail = Trail(trail.pages[len(forgotten) :], before)


def read_trail(text: str, bound_to: str) -> Trail:
    """The trail that was written. Raises InvalidCursor when it was altered or is another list's."""
    try:
        before, *entries = _signer(bound_to).unsign_object(text)
    except signing.BadSignature as error:
        raise InvalidCursor(_("The way back was altered, or belongs to another list.")) from error
    return Trail(tuple(Visited(shown, tuple(start)) for shown, *start in entries), before)


def visited(
    shown: int, start_key: Item | None, plan: Plan, description: TableDescription
) -> Visited:
    """A page as the trail remembers it."""
    if start_key is None:
        return Visited(shown)
    names = start_key_names(description, plan.index)
    return Visited(shown, tuple(content_of(start_key[name]) for name in names))


def start_key_of(page: Visited, plan: Plan, description: TableDescription) -> Item | None:
    """The start key of a page left behind, None for the first."""
    if not page.start:
        return None
    types = description.declared_types()
    names = start_key_names(description, plan.index)
    return {name: {types[name]: text} for name, text in zip(names, page.start, strict=True)}


def _signer(bound_to: str) -> signing.Signer:
    """Without a time of day: the same page has the same links."""
    return signing.Signer(salt=f"dynadmin.trail {bound_to}")
