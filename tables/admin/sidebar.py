"""The list of tables beside every page: to Django's admin, apps and their models."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from tables.access.callers import Caller
from tables.access.rights import allowed_actions, viewable_tables
from tables.admin.groups import grouped
from tables.admin.item_list.address import Address
from tables.configuration import registry
from tables.core.icons import ICONS
from tables.core.registry import Table
from tables.speed import fragment


def app_list(caller: Caller) -> list[dict[str, Any]]:
    """One app for each group of tables, in the alias map's order; those of no group last."""
    return [
        {
            "name": name,
            "app_label": "tables",
            "app_url": reverse("admin:index"),
            "has_module_perms": True,
            "models": [_entry(table, caller) for table in tables],
        }
        for name, tables in grouped(viewable_tables(caller, registry()))
    ]


def sidebar(path: str, apps: list[dict[str, Any]]) -> SafeString:
    """The list of tables, the one that `path` is of marked."""
    names = ("object_name", "name", "admin_url", "add_url", "of", "icon")
    groups = tuple(
        (app["name"], tuple(tuple(entry[name] for name in names) for entry in app["models"]))
        for app in apps
    )
    urls = (entry["admin_url"] for app in apps for entry in app["models"])
    present = next((url for url in urls if url in path), "")
    return fragment("admin/nav_sidebar.html", groups=groups, present=present)


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
