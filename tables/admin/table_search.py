"""Tables that are looked for: by words of their names, by group, a hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from tables.admin.groups import Groups
from tables.core.registry import Table

# Most tables that a page names: of more it names some, and finds the others when asked.
MOST = 100

_FAR = 9  # digits: beyond any alias map


@dataclass(frozen=True, slots=True)
class TableSearch:
    """The tables that have each word of `text`, of one group or all, from the `start`-th on.

    A group is named as the alias map does: "" is that of the tables without one, None is all.
    """

    text: str = ""
    group: str | None = None
    start: int = 0

    @classmethod
    def read(cls, query: QueryDict) -> TableSearch:
        """The search that a query string of the first page asks for."""
        start = query.get("from", "")
        is_number = start.isdecimal() and len(start) < _FAR
        return cls(query.get("q", "").strip(), query.get("group"), int(start) if is_number else 0)

    @property
    def narrows(self) -> bool:
        """Whether some tables are not looked for."""
        return bool(self.text) or self.group is not None

    @property
    def url(self) -> str:
        """Of the first page, with what is looked for."""
        given: dict[str, Any] = {"q": self.text} if self.text else {}
        if self.group is not None:
            given["group"] = self.group
        if self.start:
            given["from"] = self.start
        return reverse("admin:index") + (f"?{urlencode(given)}" if given else "")

    def with_parameter(self, name: str, value: str) -> str:
        """The same URL with another parameter of the page."""
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode({name: value})}"

    def at(self, start: int) -> TableSearch:
        """The same from another table on."""
        return replace(self, start=max(0, start))

    def among(self, tables: Iterable[Table]) -> list[Table]:
        """Those that are looked for, wherever the page begins."""
        words = self.text.casefold().split()
        return [
            table
            for table in tables
            if self.group in (None, table.group) and _has_all(words, table)
        ]

    def page(self, groups: Groups) -> Groups:
        """At most as many as a page names, under their headings."""
        headings = {members[0].group: heading for heading, members in groups}
        tables = [table for _, members in groups for table in members]
        shown = tables[self.start : self.start + MOST]
        return [
            (headings[group], list(members))
            for group, members in groupby(shown, lambda table: table.group)
        ]


@dataclass(frozen=True, slots=True)
class GroupLink:
    """A group of very many: where the first page shows it alone."""

    heading: str
    count: int
    url: str
    is_here: bool = False


def group_links(groups: Groups, here: str | None) -> list[GroupLink]:
    """A link to each group of tables; `here` is the one that is shown."""
    return [
        GroupLink(heading, len(members), TableSearch(group=group).url, group == here)
        for heading, members in groups
        for group in [members[0].group]
    ]


def _has_all(words: Sequence[str], table: Table) -> bool:
    if not words:
        return True
    said = f"{table.label}\n{table.alias}\n{table.description}\n{table.group}".casefold()
    return all(word in said for word in words)
