"""Preconditions of a write to an item's URL: what the headers say, and where they are needed."""

from __future__ import annotations

from rest_framework.request import Request

from tables.api.v1.responses.problems import PreconditionRequired
from tables.core.registry import Table
from tables.items.conditions import Tags


def require_precondition(table: Table, method: str, tags: Tags) -> None:
    """Raise PreconditionRequired for an unconditional change of a table that takes none.

    A PUT that must create says so with `If-None-Match: *`: a tag there leaves other states open.
    """
    if not table.require_precondition or tags.if_match is not None:
        return
    if method == "PUT" and (tags.if_none_match or "").strip() == "*":
        return
    raise PreconditionRequired


def read_tags(request: Request) -> Tags:
    """The preconditions of a request. Raises InvalidRequest for a malformed one."""
    return Tags(request.META.get("HTTP_IF_MATCH"), request.META.get("HTTP_IF_NONE_MATCH"))
