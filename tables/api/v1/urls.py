"""Where v1 answers, with and without a trailing slash."""

from __future__ import annotations

from django.urls import re_path

from tables.api.v1.openapi.views import SchemaView, SwaggerView
from tables.api.v1.resources.batch import Batch
from tables.api.v1.resources.errors_page import ErrorsPage
from tables.api.v1.resources.history import (
    History,
    OneVersion,
    Restore,
    TableHistory,
    Trash,
    Undo,
)
from tables.api.v1.resources.items import Items, SingleItem
from tables.api.v1.resources.jobs import Confirm, JobOutput, Jobs, OneJob, Report
from tables.api.v1.resources.not_found import nowhere
from tables.api.v1.resources.search import Search
from tables.api.v1.resources.tables import OneTable, Root, Tables

_TABLE = r"^api/v1/tables/(?P<alias>[^/]+)"
_ITEM = rf"{_TABLE}/items/(?P<token>[^/]+)"
_JOB = r"^api/v1/jobs/(?P<id>[0-9a-f-]{36})"
_VERSION = rf"{_ITEM}/history/(?P<n>[1-9][0-9]{{0,9}})"

urlpatterns = [
    # Asked for most, so found first.
    re_path(
        rf"{_TABLE}/items/?\Z", Items.as_view({"get": "list", "post": "create"}), name="v1-items"
    ),
    re_path(
        rf"{_TABLE}/items/(?P<token>[^/]+)/?\Z",
        SingleItem.as_view(
            {"get": "retrieve", "put": "replace", "patch": "change", "delete": "destroy"},
            name="Item",
        ),
        name="v1-item",
    ),
    re_path(r"^api/v1/?\Z", Root.as_view({"get": "list"}, name="REST API"), name="v1-root"),
    re_path(r"^api/v1/tables/?\Z", Tables.as_view({"get": "list"}), name="v1-tables"),
    re_path(rf"{_TABLE}/?\Z", OneTable.as_view({"get": "retrieve"}, name="Table"), name="v1-table"),
    re_path(rf"{_TABLE}/search/?\Z", Search.as_view({"post": "search"}), name="v1-search"),
    re_path(rf"{_TABLE}/batch/?\Z", Batch.as_view({"post": "batch"}), name="v1-batch"),
    re_path(
        rf"{_ITEM}/history/?\Z", History.as_view({"get": "list"}, name="History"), name="v1-history"
    ),
    re_path(
        rf"{_VERSION}/?\Z",
        OneVersion.as_view({"get": "retrieve"}, name="Version"),
        name="v1-version",
    ),
    re_path(rf"{_VERSION}/undo/?\Z", Undo.as_view({"post": "create"}, name="Undo"), name="v1-undo"),
    re_path(
        rf"{_VERSION}/restore/?\Z",
        Restore.as_view({"post": "create"}, name="Restore"),
        name="v1-restore",
    ),
    re_path(
        rf"{_TABLE}/history/?\Z",
        TableHistory.as_view({"get": "list"}, name="Changes"),
        name="v1-changes",
    ),
    re_path(rf"{_TABLE}/trash/?\Z", Trash.as_view({"get": "list"}), name="v1-trash"),
    re_path(
        rf"{_TABLE}/jobs/?\Z", Jobs.as_view({"get": "list", "post": "create"}), name="v1-table-jobs"
    ),
    re_path(r"^api/v1/jobs/?\Z", Jobs.as_view({"get": "list"}), name="v1-jobs"),
    re_path(
        rf"{_JOB}/?\Z",
        OneJob.as_view({"get": "retrieve", "patch": "change", "delete": "cancel"}, name="Job"),
        name="v1-job",
    ),
    re_path(
        rf"{_JOB}/confirm/?\Z",
        Confirm.as_view({"post": "create"}, name="Confirm"),
        name="v1-job-confirm",
    ),
    re_path(
        rf"{_JOB}/report/?\Z",
        Report.as_view({"get": "retrieve"}, name="Report"),
        name="v1-job-report",
    ),
    re_path(
        rf"{_JOB}/output/?\Z",
        JobOutput.as_view({"get": "retrieve"}, name="Output"),
        name="v1-job-output",
    ),
    re_path(r"^api/schema/?\Z", SchemaView.as_view(), name="api-schema"),
    re_path(r"^api/schema/(?P<alias>[^/]+)/?\Z", SchemaView.as_view(), name="api-schema-of-table"),
    re_path(r"^api/docs/?\Z", SwaggerView.as_view(), name="api-docs"),
    re_path(
        r"^api/docs/tables/(?P<alias>[^/]+)/?\Z",
        SwaggerView.as_view(),
        name="api-docs-of-table",
    ),
    re_path(r"^api/docs/errors/?\Z", ErrorsPage.as_view(), name="api-errors"),
    re_path(r"^api(?:/.*)?\Z", nowhere),
]
