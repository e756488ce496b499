"""What every page about a table starts from: who visits which table, and what they may do."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import Throttled as TooOften

from tables.access.callers import Caller
from tables.access.limits.rates import wait_of
from tables.access.users import caller_of_user
from tables.admin.errors import error_page, render_page, too_often_page
from tables.configuration import registry
from tables.core.descriptions import TableDescription
from tables.core.errors import TablesError
from tables.core.permissions import RIGHTS
from tables.core.registry import Table
from tables.items.target import Target, find_target

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in caller at the pages of one table that they may view."""

    request: HttpRequest
    target: Target

    @property
    def caller(self) -> Caller:
        """Who visits."""
        return self.target.caller

    @property
    def table(self) -> Table:
        """The table that is visited."""
        return self.target.table

    @property
    def description(self) -> TableDescription:
        """Its keys, indexes and counts."""
        return self.target.description

    def can(self, action: str) -> bool:
        """Whether the caller may do this here."""
        return self.target.may(action)

    def require(self, action: str) -> None:
        """Raise Forbidden unless the caller may do this here."""
        self.target.require(action)

    def render(
        self, template: str, context: Mapping[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """A page in the site's dress, with the table and the caller's rights at hand."""
        context = {**self.context, **(context or {})}
        return render_page(self.request, template, context, status=status)

    @property
    def context(self) -> dict[str, Any]:
        """What the templates of a table's pages have at hand."""
        return {
            "table": self.table,
            "description": self.description,
            "rights": {right: self.can(right) for right in RIGHTS},
        }


def table_page(
    page: Callable[Concatenate[Visit, Parameters], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Turn a page of a visit into a view of a request and an alias.

    An alias that is unknown or not the caller's to view is a 404; any other TablesError becomes a
    page that says what happened and what to do, and so does asking too often.
    """

    @functools.wraps(page)
    def view(
        request: HttpRequest, alias: str, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        table = None
        try:
            visit = _visit(request, alias)
            table = visit.table
            return page(visit, *args, **kwargs)
        except TablesError as error:
            return error_page(request, error, table)
        except TooOften as refusal:
            return too_often_page(request, wait_of(refusal), table)

    return view


def site_page(
    page: Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """As `table_page`, for a page that is of no single table."""

    @functools.wraps(page)
    def view(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        try:
            return page(request, *args, **kwargs)
        except TablesError as error:
            return error_page(request, error)
        except TooOften as refusal:
            return too_often_page(request, wait_of(refusal))

    return view


def _visit(request: HttpRequest, alias: str) -> Visit:
    return Visit(request, find_target(registry().get(alias), caller_of_user(request.user)))
