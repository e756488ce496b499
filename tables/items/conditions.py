"""What must be true of the stored item when it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tables.core.errors import PreconditionFailed
from tables.core.expressions import Placeholders, value_at
from tables.core.filters import EVERYTHING, Group, Term, compile_filter
from tables.core.preconditions import matches_state, parse_etags, state_of
from tables.core.updates import same_value
from tables.core.values import Item


class Condition(Protocol):
    """A demand on the stored item, None where there is none. False where it demands nothing."""

    def __bool__(self) -> bool: ...

    def require(self, stored: Item | None) -> None:
        """Raise PreconditionFailed, with what is stored, unless the demand is met."""

    def compiled(self, pool: Placeholders) -> str | None:
        """The demand as DynamoDB can check it: empty for none, None where the item must be read."""


@dataclass(frozen=True, slots=True)
class Tags:
    """If-Match and If-None-Match, as sent (RFC 9110, section 13)."""

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

    def compiled(self, _pool: Placeholders) -> str | None:
        """Nothing, or None: a tag is a hash of the whole item, which DynamoDB can't compute."""
        return None if self else ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Attributes that must be absent, or equal to a value: a group of terms joined by AND."""

    terms: Group = EVERYTHING

    def __bool__(self) -> bool:
        return bool(self.terms)

    def require(self, stored: Item | None) -> None:
        """Raise PreconditionFailed, with what is stored, unless all of it holds."""
        for term in self.terms.parts:
            if isinstance(term, Term) and not _holds(term, stored or {}):
                raise PreconditionFailed("The conditional request failed.", current=stored)

    def compiled(self, pool: Placeholders) -> str | None:
        """The condition expression."""
        return compile_filter(self.terms, pool)


UNCONDITIONAL = Expected()


def _names(header: str, stored: Item | None) -> bool:
    """Whether a tag names the stored state, weak tags included."""
    tags = parse_etags(header)
    if stored is None:
        return False
    return tags == "*" or state_of(stored) in {tag.removeprefix("W/").split(".")[0] for tag in tags}


def _holds(term: Term, item: Item) -> bool:
    value = value_at(item, term.path)
    if not term.operands:
        return value is None
    return value is not None and same_value(value, term.operands[0])
