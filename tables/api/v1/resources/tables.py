"""What there is: the ways in, the tables a caller may view, and the facts of one table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from tables.access.authentication import caller_of
from tables.access.callers import Caller
from tables.access.rights import allowed_actions, viewable_tables
from tables.api.v1.resources.resource import V1View
from tables.api.v1.responses.links import link
from tables.configuration import registry
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.permissions import RIGHTS
from tables.core.registry import Table
from tables.records.history.entries import mode_of


class Root(V1View):
    """The ways into this API."""

    def list(self, request: Request) -> Response:
        """Links."""
        return Response(
            {
                "tables": link(request, "v1-tables"),
                "schema": link(request, "api-schema"),
                "docs": link(request, "api-docs"),
                "errors": link(request, "api-errors"),
            }
        )


class Tables(V1View):
    """The tables you may view."""

    def list(self, request: Request) -> Response:
        """Every alias with its label, your rights and its links."""
        caller = caller_of(request)
        tables = viewable_tables(caller, registry())
        url = link(request, "v1-tables")
        return Response({"tables": [_summary(url, table, caller) for table in tables]})


class OneTable(V1View):
    """A table: its keys, indexes and size, what you may do, and the schema of its items."""

    rights: ClassVar = {"GET": ("view",), "HEAD": ("view",)}

    def retrieve(self, request: Request, alias: str) -> Response:
        """The facts; `item_count` is as old as `item_count_age` says, in seconds."""
        target = self.target
        return Response(
            {
                **_summary(link(request, "v1-tables"), target.table, target.caller),
                **_facts(target.table.facts(target.description)),
                **_rules(target.table),
            }
        )


def _summary(tables_url: str, table: Table, caller: Caller) -> dict[str, Any]:
    """What is said of a table in a list. Its URLs are not looked up: of thousands, that is slow."""
    allowed = allowed_actions(caller, table)
    if mode_of(table) == "off":
        allowed -= {"history"}
    url = f"{tables_url}/{table.alias}"
    return {
        "alias": table.alias,
        "label": table.label,
        "description": table.description,
        "rights": [right for right in RIGHTS if right in allowed],
        "url": url,
        "items": f"{url}/items",
        "search": f"{url}/search",
        "batch": f"{url}/batch",
    }


def _facts(description: TableDescription) -> dict[str, Any]:
    read_at = description.read_at or datetime.now(UTC)
    return {
        "partition_key": _key(description.partition_key),
        "sort_key": _key(description.sort_key),
        "indexes": [_index(index) for index in description.indexes],
        "item_count": description.item_count,
        "item_count_read_at": read_at.isoformat(timespec="seconds"),
        "item_count_age": int((datetime.now(UTC) - read_at).total_seconds()),
        "size_bytes": description.size_bytes,
        "status": description.status,
        "ttl_attribute": description.ttl_attribute,
    }


def _rules(table: Table) -> dict[str, Any]:
    return {
        "natural_key": list(table.natural_key),
        "client_keys": table.client_keys and not table.natural_key,
        "require_precondition": table.require_precondition,
        "audit_attributes": table.audit_attributes,
        "schema": table.schema,
    }


def _key(attribute: KeyAttribute | None) -> dict[str, str] | None:
    return {"name": attribute.name, "type": attribute.type} if attribute else None


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "global": index.is_global,
        "partition_key": _key(index.partition_key),
        "sort_key": _key(index.sort_key),
        "partition_keys": [_key(attribute) for attribute in index.partition_keys],
        "sort_keys": [_key(attribute) for attribute in index.sort_keys],
        "projection": sorted(index.projected) if index.projected is not None else "ALL",
        "ready": index.is_ready,
    }
