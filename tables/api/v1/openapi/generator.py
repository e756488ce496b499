"""The OpenAPI document: drf-spectacular finds the routes, our own words describe them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from tables.access.authentication import caller_of
from tables.access.callers import Caller
from tables.access.rights import can, require, viewable_tables
from tables.api.v1.openapi.items import subject_of
from tables.api.v1.openapi.jobs import JOB_HEADERS, JOB_PARAMETERS, JOB_SCHEMAS
from tables.api.v1.openapi.operations import PATHS
from tables.api.v1.openapi.parts import HEADERS, PARAMETERS, problem_responses
from tables.api.v1.openapi.schemas import SCHEMAS
from tables.api.v1.openapi.subject import ANY, Subject
from tables.api.v1.openapi.texts import folded
from tables.configuration import description, registry
from tables.core.descriptions import TableDescription
from tables.core.errors import TablesError, Unavailable
from tables.core.registry import Table


class V1Schema(AutoSchema):
    """Takes an operation from the table of them instead of guessing it from serializers."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        self.path, self.method = path, method
        operation = PATHS[path.rstrip("/")][method.lower()](ANY)
        self.registry = registry
        return {**operation, "security": self.get_auth()}


class V1Generator(SchemaGenerator):
    """Describes the tables that the caller may view, each with its own items; or one of them.

    Nobody gets the operations without the tables, and so does who may view more tables than one
    document holds (`SCHEMA_ALIASES`); a command line gets all tables.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        document: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call] # untyped
        document["paths"] = {path.rstrip("/"): ops for path, ops in document["paths"].items()}
        components = document["components"]
        components["schemas"] = {**SCHEMAS, **JOB_SCHEMAS}
        components["parameters"] = {**PARAMETERS, **JOB_PARAMETERS}
        components["headers"] = {**HEADERS, **JOB_HEADERS}
        components["responses"] = problem_responses()
        if request is None:
            _describe_all(list(registry().tables.values()), document, None)
        elif "alias" in request.parser_context["kwargs"]:
            _describe_one(request.parser_context["kwargs"]["alias"], caller_of(request), document)
        else:
            _describe_viewable(caller_of(request), document)
        return document


_TOO_MANY = (
    " You may view {count} tables, more than one document describes: each has its own at "
    "`/api/schema/{{alias}}`, shown at `/api/docs/tables/{{alias}}`. `/api/v1/tables` lists them."
)


def _describe_all(tables: Iterable[Table], document: dict[str, Any], caller: Caller | None) -> None:
    """Add each table as the caller may know it, or, for nobody in particular, all of it."""
    names = _Names(document["components"]["schemas"])
    for table, known in _described(tables):
        _describe(table, known, names, document, links=_links_of(table, caller))


def _links_of(table: Table, caller: Caller | None) -> tuple[str, ...]:
    """The links of a table that lead to what the caller may view."""
    tables = registry().tables
    return tuple(
        link.name
        for link in table.links
        if link.to in tables and (caller is None or can(caller, "view", tables[link.to]))
    )


def _describe_one(alias: str, caller: Caller, document: dict[str, Any]) -> None:
    """One table and nothing of any other. Raises TableNotFound, also where it may not be viewed."""
    table = registry().get(alias)
    require(caller, "view", table)
    _describe_all([table], document, caller)
    paths = document["paths"].items()
    document["paths"] = {path: methods for path, methods in paths if "{alias}" not in path}


def _describe_viewable(caller: Caller, document: dict[str, Any]) -> None:
    tables = viewable_tables(caller, registry())
    if len(tables) <= settings.SCHEMA_ALIASES:
        _describe_all(tables, document, caller)
    else:
        document["info"]["description"] += _TOO_MANY.format(count=len(tables))


class _Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped
    target_class = "tables.access.authentication.BearerAuthentication"
    name = "idToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A Cognito ID token.",
        }


class _Session(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped
    target_class = "tables.access.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of the admin pages; writes need X-CSRFToken.",
        }


def _described(tables: Iterable[Table]) -> Iterator[tuple[Table, TableDescription | None]]:
    """Each table with its description, or None once DynamoDB has not answered."""
    is_reachable = True
    for table in tables:
        known = None
        try:
            known = description(table) if is_reachable else None
        except TablesError as error:
            is_reachable = not isinstance(error, Unavailable)
        yield table, known


class _Names:
    """What the document calls each table: names that generators of clients can tell apart.

    They leave out punctuation and case, so that `Workers.NewItem` is `WorkersNewItem`, which
    another alias could make too.
    """

    def __init__(self, components: Iterable[str]) -> None:
        self._taken = {folded(component) for component in components}

    def take(self, table: Table, known: TableDescription | None) -> tuple[Subject, dict[str, Any]]:
        """The table's subject and its components, under a name that nothing else has."""
        for number in itertools.count(1):
            name = table.alias if number == 1 else f"{table.alias}{number}"
            subject, components = subject_of(table, known, name)
            own = {folded(component) for component in components}
            if own.isdisjoint(self._taken):
                self._taken |= own
                return subject, components
        raise AssertionError


def _describe(
    table: Table,
    known: TableDescription | None,
    names: _Names,
    document: dict[str, Any],
    *,
    links: tuple[str, ...],
) -> None:
    """Add the paths and schemas of one table."""
    subject, schemas = names.take(table, known)
    subject = replace(subject, links=links)
    document["components"]["schemas"] |= schemas
    for template, methods in PATHS.items():
        if "{alias}" not in template:
            continue
        general = document["paths"][template]
        path = template.replace("{alias}", table.alias)
        document["paths"][path] = {
            method: {**build(subject), "security": general[method]["security"]}
            for method, build in methods.items()
        }
