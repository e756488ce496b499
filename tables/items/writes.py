"""The only writer of items: what is wanted of one goes out as a single write, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from tables.core.errors import PreconditionFailed, TablesError
from tables.core.operations import Operation, ReturnValues, Written
from tables.core.values import Item
from tables.dynamodb import writes
from tables.items.rules import must_know_item
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
    """

    key: Item
    before: Item | Unread | None
    after: Item | None
    is_named_by_server: bool = False

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
    companions: Sequence[Operation] = ()


Tell = Callable[[Outcome], Told[T]]
Decide = Callable[[Item | None], tuple[Operation, Outcome]]
# Says, and may raise, why the condition of an operation did not hold.
Refusal = Callable[[PreconditionFailed], TablesError]


@dataclass(frozen=True, slots=True)
class Settled:
    """A write whose outcome is known without reading the item: its condition says what is there,
    or `outcome.before` says why it is all the same.
    """

    operation: Operation
    outcome: Outcome
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A write that is decided on the item as read, and pinned to it.

    It may go out without that: as `unread`, where what stood there makes no difference, or as
    `computed` by DynamoDB, where nothing has to be told of it beforehand. `touched` are the
    attributes that `UPDATED_OLD` and `UPDATED_NEW` mean.
    """

    target: Target
    key: Item
    decide: Decide
    unread: Settled | None = None
    computed: Callable[[], tuple[Operation, Refusal]] | None = None
    return_values: ReturnValues = "NONE"
    touched: frozenset[str] = frozenset()


# One write that is wanted: checked, not yet sent.
Write = Settled | Rewrite


def itself(outcome: Outcome) -> Told[Outcome]:
    """What is told where nothing goes with a write: its outcome."""
    return Told(outcome)


def perform(write: Write, tell: Tell[T]) -> T:
    """Make a write together with the companions of what is told of it; what was told last.

    `tell` is asked before the write, again when the item changed in between. Raises what the
    write's `decide` and `refusal` raise; PreconditionFailed with a `position` where a companion's
    condition fails; TransactionConflict, TablesError.
    """
    if isinstance(write, Rewrite):
        if write.unread is None or must_know_item(write.target.table):
            return _rewritten(write, tell).result
        write = write.unread
    told = tell(write.outcome)
    _send(write.operation, write.refusal, told.companions)
    return told.result


def send(write: Rewrite) -> Written:
    """Make a write of which nothing is told beforehand; what its `return_values` ask for."""
    if not must_know_item(write.target.table):
        if write.unread is not None:
            unread = write.unread
            return _send(unread.operation, unread.refusal, return_values=write.return_values)
        if write.computed is not None:
            return _send(*write.computed(), return_values=write.return_values)
    done = _rewritten(write, itself)
    return Written(_asked_back(write, done.before, done.result.after), done.capacity)


def _rewritten(write: Rewrite, tell: Tell[T]) -> writes.Rewritten[T]:
    def decide(before: Item | None) -> writes.Decision[T]:
        operation, outcome = write.decide(before)
        told = tell(outcome)
        return writes.Decision(operation, told.companions, told.result)

    return writes.rewrite(write.target.description, write.key, decide)


def _send(
    operation: Operation,
    refusal: Refusal,
    companions: Sequence[Operation] = (),
    *,
    return_values: ReturnValues = "NONE",
) -> Written:
    try:
        return writes.write(operation, companions=companions, return_values=return_values)
    except PreconditionFailed as error:
        reason = error if error.position > 0 else refusal(error)
        if reason is error:
            raise
        raise reason from error


def _asked_back(write: Rewrite, before: Item | None, after: Item | None) -> Item | None:
    """The attributes that UpdateItem's ReturnValues would give."""
    if write.return_values == "NONE":
        return None
    source = (before if write.return_values.endswith("OLD") else after) or {}
    if write.return_values.startswith("ALL"):
        return source
    return {name: value for name, value in source.items() if name in write.touched}
