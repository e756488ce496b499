"""The address of a list: REST v1's query string, plus two parameters of the pages' own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.http import HttpRequest, QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

from tables.core.queries import SEARCH

# No document path begins with a dot, so no attribute can be meant.
TRAIL = ".back"
RUN_SCAN = ".scan"
OWN = frozenset({TRAIL, RUN_SCAN})
_POSITION = frozenset({"cursor", TRAIL})
_KEPT = frozenset({"fields", "limit", "index", "plan", SEARCH})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a list stands: its alias and its decoded query-string pairs."""

    alias: str
    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: HttpRequest, alias: str) -> Address:
        """The address that a request came to."""
        return cls.read(request.GET, alias)

    @classmethod
    def read(cls, query: QueryDict, alias: str) -> Address:
        """The address with this query string."""
        lists = query.lists()
        return cls(alias, tuple((name, value) for name, values in lists for value in values))

    @property
    def path(self) -> str:
        """The list without any query string."""
        return _list_path(self.alias, get_script_prefix())

    @property
    def query(self) -> str:
        """The query string, encoded."""
        return urlencode(list(self.pairs))

    @property
    def url(self) -> str:
        """The page's own URL."""
        return _with_query(self.path, self.pairs)

    @property
    def twin(self) -> str:
        """The same collection in REST v1."""
        pairs = [pair for pair in self.pairs if pair[0] not in OWN]
        return _with_query(f"/api/v1/tables/{self.alias}/items", pairs)

    def own(self, name: str) -> str:
        """The value of a parameter, empty where it is absent."""
        return next((value for known, value in self.pairs if known == name), "")

    def changed(self, **values: str | None) -> Address:
        """The first page of the list with some of v1's parameters set, or removed where None."""
        kept = [pair for pair in self.pairs if pair[0] not in values and pair[0] not in _POSITION]
        return replace(self, pairs=(*kept, *_present(values.items())))

    def at(self, cursor: str | None, trail: str | None) -> Address:
        """Another page of this very list; the first where there is no cursor."""
        kept = [pair for pair in self.pairs if pair[0] not in ("cursor", TRAIL)]
        return replace(self, pairs=(*kept, *_present([("cursor", cursor), (TRAIL, trail)])))

    def running(self) -> Address:
        """This list, with its scan agreed to."""
        return replace(self, pairs=(*self.pairs, (RUN_SCAN, "run")))

    @property
    def kept_pairs(self) -> list[tuple[str, str]]:
        """What stays when the filter changes: neither position, nor order, nor a scan agreed to."""
        return [pair for pair in self.pairs if pair[0] in _KEPT and pair[1]]

    def with_filter(self, pairs: Iterable[tuple[str, str]]) -> Address:
        """The first page of another filter."""
        return replace(self, pairs=(*pairs, *self.kept_pairs))


# More than the tables that one site has: the first page asks for each of them, in order.
@lru_cache(maxsize=16_384)
def _list_path(alias: str, _prefix: str) -> str:
    return reverse("admin:tables_changelist", args=[alias])


def _present(values: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in values if value is not None]


def _with_query(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
