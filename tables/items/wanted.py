"""Writes as they are wanted: checked, decided or still to be decided, not yet sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from tables.core.errors import ItemExists, PreconditionFailed, TablesError
from tables.core.history import Action, States
from tables.core.operations import Companion, Operation, ReturnValues
from tables.core.values import Item
from tables.items.target import Target
from tables.records.idempotency.kept_answers import Effect

T = TypeVar("T")


class Unread(Enum):
    """Why a write did not need the item before it."""

    REPLACED = "the whole item goes, whatever stood there"
    DELETED = "the item goes, whatever it held"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write does to the item of `key`: `before` and `after` are None where there is none.

    `is_named_by_server` where the client named the item by its own attributes, not by a URL.
    `version` is that of the entry in the item's history, None where there is none.
    """

    key: Item
    before: Item | Unread | None
    after: Item | None
    is_named_by_server: bool = False
    version: int | None = None

    @property
    def right(self) -> str:
        """The right that it needs: one to delete, to add or to change."""
        if self.after is None:
            return "delete"
        return "add" if self.before is None else "change"

    def effect(self, target: Target) -> Effect:
        """What a record of the request remembers of it."""
        return Effect(target.name, self.key, self.after)


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What is said of an outcome before it is written, and what must stand or fall with it."""

    result: T
    companions: Sequence[Companion] = ()


Tell = Callable[[Outcome], Told[T]]
Decide = Callable[[Item | None], tuple[Operation, Outcome]]
# Says, and may raise, why the condition of an operation did not hold.
Refusal = Callable[[PreconditionFailed], TablesError]


@dataclass(frozen=True, slots=True)
class Mark:
    """What history says of a write besides what it did: None is what follows from the states.

    `of` is the version that an undo or a restore goes back to, `group` a bulk action's id.
    """

    action: Action | None = None
    of: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A write whose outcome is known without reading the item: its condition says what is there,
    or `outcome.before` says why it is all the same.

    `states` are the fingerprints of what was there and what will be, where somebody took them.
    """

    target: Target
    operation: Operation
    outcome: Outcome
    refusal: Refusal
    mark: Mark = Mark()
    states: States | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A write that is decided on the item as read, and pinned to it.

    It may go out without that: as `unread`, where what stood there makes no difference, or as
    `computed` by DynamoDB, where nothing has to be told of it beforehand. `touched` are the
    attributes that `UPDATED_OLD` and `UPDATED_NEW` mean, `added` those of them that ADD changes.
    """

    target: Target
    key: Item
    decide: Decide
    unread: Settled | None = None
    computed: Callable[[], tuple[Operation, Refusal]] | None = None
    return_values: ReturnValues = "NONE"
    touched: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    mark: Mark = Mark()

    def decided(self, before: Item | None) -> tuple[Operation | None, Outcome]:
        """What is decided on the item as read; one that the caller doesn't see is as absent.

        No operation where nothing is to be done. Raises as `decide` does, and ItemExists where an
        item would be made in place of one that is not seen.
        """
        if before is None or self.target.sight.holds(before):
            return self.decide(before)
        _operation, outcome = self.decide(None)
        if outcome.after is not None:
            raise ItemExists("Another item has this key.")
        return None, outcome


# One write that is wanted: checked, not yet sent.
Write = Settled | Rewrite


def itself(outcome: Outcome) -> Told[Outcome]:
    """What is told where nothing goes with a write: its outcome."""
    return Told(outcome)
