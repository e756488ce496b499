"""The list of tables beside every page: to Django's admin, apps and their models.

Of very many tables it names those around the page's own and those that one used last, and every
group; the filter box finds the others. So no page grows with the number of tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.access.callers import Caller
from tables.access.rights import allowed_actions, viewable_tables
from tables.access.users import caller_of_user
from tables.admin.groups import Groups
from tables.admin.item_list.address import Address
from tables.admin.recent_items import used_tables
from tables.admin.table_search import MOST, TableSearch, group_links
from tables.admin.texts.sentences import count_words, tables_words
from tables.admin.viewable import viewable_groups
from tables.configuration import registry
from tables.core.icons import ICONS
from tables.core.registry import Table
from tables.speed import fragment

# Tables of a group, and groups, that are named where there are very many.
NEAR = 30
_MOST_GROUPS = 60
_COLUMNS = ("object_name", "name", "admin_url", "add_url", "of", "icon")


def app_list(request: HttpRequest, caller: Caller) -> list[dict[str, Any]]:
    """One app for each group of tables, in the alias map's order; those of no group last.

    Of very many tables: those that one used last, and the group around the page's own.
    """
    tables = viewable_tables(caller, registry())
    if len(tables) <= MOST:
        return [_app(heading, members, caller) for heading, members in viewable_groups(caller)]
    return _some_apps(request, caller, tables)


def sidebar(request: HttpRequest, caller: Caller, apps: Sequence[dict[str, Any]]) -> SafeString:
    """The list of tables, the one that the page is of marked."""
    present = _alias_of(request.path)
    shown = tuple((app["name"], _rows(app["models"])) for app in apps)
    tables = viewable_tables(caller, registry())
    if len(tables) <= MOST:
        return fragment("admin/nav_sidebar.html", groups=shown, present=present)
    here = next((table.group for table in tables if table.alias == present), None)
    links = group_links(viewable_groups(caller), here)
    return fragment(
        "admin/nav_sidebar.html",
        groups=shown,
        present=present,
        count=count_words(len(tables)),
        links=tuple(links[:_MOST_GROUPS]) if len(links) > 1 else (),
        more_groups=max(0, len(links) - _MOST_GROUPS),
    )


def find_tables(request: HttpRequest) -> HttpResponse:
    """What the sidebar's filter finds, for its script; for others, the first page has it."""
    search = TableSearch(request.GET.get("q", "").strip())
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return HttpResponseRedirect(search.url)
    caller = caller_of_user(request.user)
    found = search.among(viewable_tables(caller, registry()))
    rows = _rows([_entry(table, caller) for table in found[:NEAR]])
    url = search.url if len(found) > NEAR else ""
    told = tables_words(len(found))
    return HttpResponse(fragment("admin/nav_found.html", tables=rows, told=told, url=url))


def _some_apps(
    request: HttpRequest, caller: Caller, tables: Sequence[Table]
) -> list[dict[str, Any]]:
    by_alias = {table.alias: table for table in tables}
    near = _near(by_alias.get(_alias_of(request.path)), viewable_groups(caller))
    named = {table.alias for _, members in near for table in members}
    used = [alias for alias in used_tables(request) if alias in by_alias and alias not in named]
    last = [(_("Used last"), [by_alias[alias] for alias in used])] if used else []
    return [_app(heading, members, caller) for heading, members in (*near, *last)]


def _near(present: Table | None, groups: Groups) -> Groups:
    """The tables around the page's own. Beside a page of none: the first, if there is one group."""
    if present is None:
        return [(heading, members[:NEAR]) for heading, members in groups if len(groups) == 1]
    return [
        (heading, _around(present, members))
        for heading, members in groups
        if members[0].group == present.group
    ]


def _around(table: Table, members: Sequence[Table]) -> Sequence[Table]:
    """As many as the sidebar names, the table in the midst of them."""
    start = max(0, min(members.index(table) - NEAR // 2, len(members) - NEAR))
    return members[start : start + NEAR]


def _alias_of(path: str) -> str:
    """The alias that the page of this path is of; empty for a page of none."""
    before, _prefix, after = path.partition(f"{reverse('admin:index')}tables/")
    return "" if before else after.partition("/")[0]


def _app(heading: str, tables: Iterable[Table], caller: Caller) -> dict[str, Any]:
    return {
        "name": heading,
        "app_label": "tables",
        "app_url": reverse("admin:index"),
        "has_module_perms": True,
        "models": [_entry(table, caller) for table in tables],
    }


def _rows(entries: Iterable[dict[str, Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(entry[name] for name in _COLUMNS) for entry in entries)


def _entry(table: Table, caller: Caller) -> dict[str, Any]:
    """A table as Django's own templates list a model."""
    url = Address(table.alias).path
    rights = allowed_actions(caller, table)
    return {
        "name": table.label,
        "object_name": table.alias,
        "perms": {action: action in rights for action in ("view", "add", "change", "delete")},
        "admin_url": url,
        "add_url": f"{url}add/" if "add" in rights else None,
        "view_only": "change" not in rights,
        "of": table.of,
        "icon": ICONS.get(table.icon, ""),
    }
