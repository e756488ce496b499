"""The OpenAPI document: drf-spectacular finds the routes, our own words describe them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from tables.access.authentication import caller_of
from tables.access.rights import viewable_tables
from tables.api.v1.openapi.items import subject_of
from tables.api.v1.openapi.operations import PATHS
from tables.api.v1.openapi.parts import HEADERS, PARAMETERS, problem_responses
from tables.api.v1.openapi.schemas import SCHEMAS
from tables.api.v1.openapi.subject import ANY
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
    """Describes the tables that the caller may view, each with its own items.

    Nobody gets the operations without the tables; a command line gets all tables.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        document: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call] # untyped
        document["paths"] = {path.rstrip("/"): ops for path, ops in document["paths"].items()}
        components = document["components"]
        components["schemas"] = dict(SCHEMAS)
        components["parameters"] = PARAMETERS
        components["headers"] = HEADERS
        components["responses"] = problem_responses()
        for table, known in _described(self._tables(request)):
            _describe(table, known, document)
        return document

    @staticmethod
    def _tables(request: Any) -> list[Table]:
        if request is None:
            return list(registry().tables.values())
        return viewable_tables(caller_of(request), registry())


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
            "name": "sessionid",
            "description": "The session of the admin pages; writes need X-CSRFToken.",
        }


def _described(tables: list[Table]) -> Iterator[tuple[Table, TableDescription | None]]:
    """Each table with its description, or None once DynamoDB has not answered."""
    is_reachable = True
    for table in tables:
        known = None
        try:
            known = description(table) if is_reachable else None
        except TablesError as error:
            is_reachable = not isinstance(error, Unavailable)
        yield table, known


def _describe(table: Table, known: TableDescription | None, document: dict[str, Any]) -> None:
    """Add the paths and schemas of one table."""
    subject, schemas = subject_of(table, known)
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
