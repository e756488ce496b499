"""The pages of tables: route below `/admin/`, view, name."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

from tables.admin.choices import offer_choices
from tables.admin.collection import list_collection
from tables.admin.item_form.history import item_history, item_version
from tables.admin.item_form.views import add_item, change_item, delete_item
from tables.admin.item_list.views import choose_columns, filter_items, list_items, preview_plan
from tables.admin.jobs.imports import import_items
from tables.admin.jobs.listing import list_jobs
from tables.admin.jobs.views import (
    confirm_job,
    order_job_again,
    show_job,
    show_progress,
    steer_job,
    undo_whole_job,
)
from tables.admin.recent_changes import latest_changes, recent_changes
from tables.admin.related import related_list
from tables.admin.trash import list_trash
from tables.admin.undo import restore_item, undo_item
from tables.admin.undo_many import undo_group

TABLE_PAGES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("tables/<str:alias>", list_items, "tables_changelist"),
    ("tables/<str:alias>/filter", filter_items, "tables_filter"),
    ("tables/<str:alias>/plan", preview_plan, "tables_plan"),
    ("tables/<str:alias>/columns", choose_columns, "tables_columns"),
    ("tables/<str:alias>/collection", list_collection, "tables_collection"),
    ("tables/<str:alias>/choices", offer_choices, "tables_choices"),
    ("tables/<str:alias>/add", add_item, "tables_item_add"),
    ("tables/<str:alias>/<str:key>/change", change_item, "tables_item_change"),
    ("tables/<str:alias>/<str:key>/delete", delete_item, "tables_item_delete"),
    ("tables/<str:alias>/<str:key>/history", item_history, "tables_item_history"),
    ("tables/<str:alias>/<str:key>/history/<int:n>", item_version, "tables_item_version"),
    ("tables/<str:alias>/<str:key>/history/<int:n>/undo", undo_item, "tables_item_undo"),
    ("tables/<str:alias>/<str:key>/history/<int:n>/restore", restore_item, "tables_item_restore"),
    ("tables/<str:alias>/<str:key>/related/<str:name>", related_list, "tables_related"),
    ("tables/<str:alias>/trash", list_trash, "tables_trash"),
    ("tables/<str:alias>/import", import_items, "tables_import"),
    ("changes", recent_changes, "changes"),
    ("changes/latest", latest_changes, "latest_changes"),
    ("changes/<uuid:group>/undo", undo_group, "undo_group"),
    ("jobs", list_jobs, "jobs"),
    ("jobs/<uuid:id>", show_job, "job"),
    ("jobs/<uuid:id>/progress", show_progress, "job_progress"),
    ("jobs/<uuid:id>/steer", steer_job, "job_steer"),
    ("jobs/<uuid:id>/confirm", confirm_job, "job_confirm"),
    ("jobs/<uuid:id>/undo", undo_whole_job, "job_undo"),
    ("jobs/<uuid:id>/again", order_job_again, "job_again"),
]
