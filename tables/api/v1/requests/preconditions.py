"""Preconditions of a write, checked against what is stored (RFC 9110, section 13)."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework.request import Request

from tables.api.v1.responses.problems import PreconditionRequired
from tables.core.errors import PreconditionFailed
from tables.core.preconditions import matches_state, parse_etags, state_of
from tables.core.registry import Table
from tables.core.values import Item


@dataclass(frozen=True, slots=True)
class Conditions:
    """If-Match and If-None-Match, as sent."""

    if_match: str | None = None
    if_none_match: str | None = None

    def __post_init__(self) -> None:
        """Raise InvalidRequest for a header that can't be read, before anything else happens."""
        for header in (self.if_match, self.if_none_match):
            if header is not None:
                parse_etags(header)

    def __bool__(self) -> bool:
        return self.if_match is not None or self.if_none_match is not None

    def require(self, stored: Item | None) -> None:
        """Raise PreconditionFailed, with what is stored, unless that is the state asked for."""
        if self.if_match is not None and not matches_state(self.if_match, stored):
            raise PreconditionFailed(
                "The item is not in the state that If-Match names."
                if stored is not None
                else "If-Match asks for an item that is there; none has this key.",
                current=stored,
            )
        if self.if_none_match is not None and _names(self.if_none_match, stored):
            raise PreconditionFailed(
                "If-None-Match asks that no item of this state has the key; one has.",
                current=stored,
            )


def require_precondition(table: Table, method: str, conditions: Conditions) -> None:
    """Raise PreconditionRequired for an unconditional change of a table that takes none.

    A PUT that must create says so with `If-None-Match: *`: a tag there leaves other states open.
    """
    if not table.require_precondition or conditions.if_match is not None:
        return
    if method == "PUT" and (conditions.if_none_match or "").strip() == "*":
        return
    raise PreconditionRequired


def read_conditions(request: Request) -> Conditions:
    """The preconditions of a request. Raises InvalidRequest for a malformed one."""
    return Conditions(request.META.get("HTTP_IF_MATCH"), request.META.get("HTTP_IF_NONE_MATCH"))


def _names(header: str, stored: Item | None) -> bool:
    """Whether a tag names the stored state, weak tags included."""
    tags = parse_etags(header)
    if stored is None:
        return False
    return tags == "*" or state_of(stored) in {tag.removeprefix("W/").split(".")[0] for tag in tags}
