"""The pages of a table: route below `/admin/`, view, name."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

from tables.admin.views import list_items

TABLE_PAGES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("tables/<str:alias>", list_items, "tables_changelist"),
]
