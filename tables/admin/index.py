"""The first page: every table by name at once, what DynamoDB knows of it, and one's recent items.

Names cost no call. What is kept of a table stands beside its name; the rest is asked for in parts
as they come into view, so that neither many tables nor a slow one keep the page. Of very many, a
page names a hundred: the filter box looks through all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.access.callers import Caller
from tables.access.rights import allowed_actions, viewable_tables
from tables.access.users import caller_of_user
from tables.admin.groups import grouped
from tables.admin.item_list.address import Address
from tables.admin.recent_items import recent_items
from tables.admin.table_search import MOST, TableSearch, group_links
from tables.admin.texts.sentences import count_words, counted_words, tables_words
from tables.admin.values.one_line import size_text
from tables.admin.viewable import tables_with_history, viewable_groups
from tables.configuration import description, known_description, registry
from tables.core.descriptions import TableDescription
from tables.core.errors import Refused, TablesError
from tables.core.icons import ICONS
from tables.core.registry import Table
from tables.speed import fragment

# Tables that are asked about together, and how many of them at a time.
PART = 20
_AT_ONCE = 8
# The query-string parameter of the first page that has it ask about every table before it answers.
ASK = "facts"

# TableStatus of DescribeTable -> staff's words.
_STATES = {
    "ACTIVE": gettext_lazy("ready"),
    "UPDATING": gettext_lazy("updating"),
    "CREATING": gettext_lazy("being created"),
}


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One alias of the index, `of` another one if it is an entity of that. What is not known is
    empty; `is_ready` says whether its table answers.
    """

    alias: str
    label: str
    description: str
    of: str
    icon: str
    url: str
    add_url: str
    state: str = ""
    is_ready: bool = False
    items: str = ""
    size: str = ""
    counted: str = ""
    keys: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Tables that stand together: at `facts_url` is the same part with what is not known yet."""

    entries: tuple[IndexEntry, ...]
    facts_url: str = ""

    @property
    def html(self) -> SafeString:
        """Written once for all who see the same: of two thousand tables, most are as they were."""
        return fragment("admin/index_part.html", part=self)


def index_context(request: HttpRequest) -> dict[str, Any]:
    """What the index shows: the tables that the caller may view, by group, and recent items."""
    caller = caller_of_user(request.user)
    tables = viewable_tables(caller, registry())
    search = TableSearch.read(request.GET)
    found = search.among(tables)
    search = search if search.start < len(found) else search.at(0)
    asks = ASK in request.GET
    return {
        "groups": [
            (name, [_part(chunk, caller, asks=asks) for chunk in _chunks(members)])
            for name, members in search.page(grouped(found))
        ],
        "search": search,
        "told": _told(len(found), len(tables), search),
        # Whether there are tables that a script could not show.
        "is_part": len(tables) > MOST or search.narrows,
        "links": group_links(viewable_groups(caller), search.group) if len(tables) > MOST else [],
        **_pager(search, len(found)),
        "asks": asks,
        "facts_url": search.with_parameter(ASK, "all"),
        "recent": recent_items(request),
        "has_changes": bool(tables_with_history(caller)),
    }


def _told(found: int, count: int, search: TableSearch) -> str:
    if not search.narrows:
        return tables_words(count)
    words = {"found": count_words(found), "tables": tables_words(count)}
    return _("%(found)s of %(tables)s") % words


def _pager(search: TableSearch, found: int) -> dict[str, str]:
    """Which of the tables are shown, and where the others are; nothing where all are."""
    if found <= MOST:
        return {}
    last = min(search.start + MOST, found)
    numbers = {"first": search.start + 1, "last": last, "count": found}
    words = {name: count_words(number) for name, number in numbers.items()}
    return {
        "range": _("%(first)s to %(last)s of %(count)s") % words,
        "previous": search.at(search.start - MOST).url if search.start else "",
        "next": search.at(last).url if last < found else "",
    }


def facts_page(request: HttpRequest) -> HttpResponse:
    """One part of the index with everything known, for htmx; for others, all of the index."""
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(f"{reverse('admin:index')}?{ASK}=all")
    caller = caller_of_user(request.user)
    wanted = request.GET.getlist("alias")[:PART]
    tables = [table for table in viewable_tables(caller, registry()) if table.alias in wanted]
    part = _part(tables, caller, asks=True)
    return HttpResponse(part.html)


def _chunks(tables: Sequence[Table]) -> Iterator[Sequence[Table]]:
    for start in range(0, len(tables), PART):
        yield tables[start : start + PART]


def _part(tables: Sequence[Table], caller: Caller, *, asks: bool) -> Part:
    found = _ask(tables) if asks else [known_description(table) for table in tables]
    pairs = zip(tables, found, strict=True)
    entries = tuple(_entry(table, caller, about) for table, about in pairs)
    if None not in found:
        return Part(entries)
    query = urlencode([("alias", table.alias) for table in tables])
    return Part(entries, f"{reverse('admin:facts')}?{query}")


def _ask(tables: Sequence[Table]) -> list[TableDescription | TablesError]:
    """What DynamoDB says of each, a few at a time; each within this request's limits and log."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = [pool.submit(copy_context().run, _describe, table) for table in tables]
        return [answer.result() for answer in asked]


def _describe(table: Table) -> TableDescription | TablesError:
    try:
        return description(table)
    except TablesError as error:
        return error


def _entry(
    table: Table, caller: Caller, about: TableDescription | TablesError | None
) -> IndexEntry:
    """A table that can't be described still has its line, so that the others are reachable."""
    url = Address(table.alias).path
    add_url = f"{url}add/" if "add" in allowed_actions(caller, table) else ""
    icon = ICONS.get(table.icon, "")
    entry = IndexEntry(table.alias, table.label, table.description, table.of, icon, url, add_url)
    if about is None:
        return entry
    if isinstance(about, TablesError):
        return replace(entry, state=_trouble(about))
    about = table.facts(about)
    return replace(
        entry,
        state=str(_STATES.get(about.status, about.status.lower())),
        is_ready=about.status in ("ACTIVE", "UPDATING"),
        items="" if about.item_count is None else count_words(about.item_count),
        size="" if about.size_bytes is None else size_text(about.size_bytes),
        counted=counted_words(about),
        keys=about.key_names,
        indexes=tuple(_index_words(about)),
    )


def _index_words(about: TableDescription) -> list[str]:
    return [
        index.name if index.is_ready else _("%(index)s (not ready)") % {"index": index.name}
        for index in about.indexes
    ]


def _trouble(error: TablesError) -> str:
    if isinstance(error, Refused) and error.is_missing_table:
        return _("there is no such table in DynamoDB")
    return _("DynamoDB does not describe it at the moment")
