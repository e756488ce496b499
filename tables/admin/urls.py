"""The pages of a table: route below `/admin/`, view, name."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

from tables.admin.item_form.views import add_item, change_item, delete_item
from tables.admin.item_list.views import choose_columns, filter_items, list_items, preview_plan

TABLE_PAGES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("tables/<str:alias>", list_items, "tables_changelist"),
    ("tables/<str:alias>/filter", filter_items, "tables_filter"),
    ("tables/<str:alias>/plan", preview_plan, "tables_plan"),
    ("tables/<str:alias>/columns", choose_columns, "tables_columns"),
    ("tables/<str:alias>/add", add_item, "tables_item_add"),
    ("tables/<str:alias>/<str:key>/change", change_item, "tables_item_change"),
    ("tables/<str:alias>/<str:key>/delete", delete_item, "tables_item_delete"),
]
