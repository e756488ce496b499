"""The only writer of items: what is wanted of one goes out as a single write, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tables.core.errors import InvalidRequest, PreconditionFailed, TransactionConflict
from tables.core.operations import Companion, ConditionCheck, Operation, ReturnValues, Written
from tables.core.updates import same_value
from tables.core.values import Item, holds_set
from tables.dynamodb import writes
from tables.dynamodb.reads import get_item
from tables.items.link_checks import checking, may_set_links
from tables.items.recorded import recorded
from tables.items.rules import must_know_item
from tables.items.target import Target
from tables.items.wanted import Refusal, Rewrite, Tell, Unread, Write, itself

T = TypeVar("T")

# Tries of a write whose checks meet others of the same item: two at once stand in each other's way.
_ATTEMPTS = 10


def perform(write: Write, tell: Tell[T]) -> T:
    """Make a write together with the companions of what is told of it; what was told last.

    `tell` is asked before the write, again when the item changed in between. Raises what the
    write's `decide` and `refusal` raise; PreconditionFailed with a `position` where a companion's
    condition fails; InvalidValue for a link that leads nowhere; TransactionConflict, TablesError.
    """
    tell = checking(write.target, tell)
    if write.target.keeps_history:
        return recorded(write, tell).result
    if isinstance(write, Rewrite):
        if write.unread is None or _must_read(write):
            key, description = write.key, write.target.description
            return writes.rewrite(description, key, _decision(write, tell)).result
        write = write.unread
    told = tell(write.outcome)
    _send(write.target, write.operation, write.refusal, told.companions)
    return told.result


def send(write: Rewrite) -> Written:
    """Make a write of which nothing is told beforehand; what its `return_values` ask for."""
    tell = checking(write.target, itself)
    if write.target.keeps_history:
        made = recorded(write, tell)
        before = made.result.before if not isinstance(made.result.before, Unread) else None
        after = _in_the_engines_order(write, before or {}, made.result.after)
        return Written(_asked_back(write, before, after), made.capacity)
    if not _must_read(write):
        if write.unread is not None:
            operation, refusal = write.unread.operation, write.unread.refusal
            return _send(write.target, operation, refusal, return_values=write.return_values)
        if write.computed is not None:
            return _send_computed(write, *write.computed())
    done = writes.rewrite(write.target.description, write.key, _decision(write, tell))
    before = write.target.sight.kept(done.before)
    return Written(_asked_back(write, before, done.result.after), done.capacity)


def _must_read(write: Rewrite) -> bool:
    return must_know_item(write.target.table) or may_set_links(write)


def _send_computed(write: Rewrite, operation: Operation, refusal: Refusal) -> Written:
    try:
        return _send(write.target, operation, refusal, return_values=write.return_values)
    except InvalidRequest:
        # Of a sum that no number can hold, and of much else, each engine has words of its own.
        write.decided(get_item(write.target.name, write.key, consistent=True).item)
        raise


def _decision(write: Rewrite, tell: Tell[T]) -> Callable[[Item | None], writes.Decision[T]]:
    """How the service asks what is to be done to the item as it was read."""

    def decide(before: Item | None) -> writes.Decision[T]:
        operation, outcome = write.decided(before)
        told = tell(outcome)
        return writes.Decision(operation, told.companions, told.result)

    return decide


def _send(
    target: Target,
    operation: Operation,
    refusal: Refusal,
    companions: Sequence[Companion] = (),
    *,
    return_values: ReturnValues = "NONE",
) -> Written:
    try:
        return _patiently(operation, companions, return_values)
    except PreconditionFailed as error:
        if error.position > 0:
            raise
        error.current = target.sight.kept(error.current)
        reason = refusal(error)
        if reason is error:
            raise
        raise reason from error


def _patiently(
    operation: Operation, companions: Sequence[Companion], return_values: ReturnValues
) -> Written:
    """Send a write, again while another one holds an item that it must check."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return writes.write(operation, companions=companions, return_values=return_values)
        except TransactionConflict:
            if not any(isinstance(companion, ConditionCheck) for companion in companions):
                raise
            writes.pause(attempt)
    return writes.write(operation, companions=companions, return_values=return_values)


def _in_the_engines_order(write: Rewrite, before: Item, after: Item | None) -> Item | None:
    """What a write told of comes to, in the order in which UpdateItem itself would answer it.

    Members of a set, and attributes that ADD makes beside others, have no order but the engine's.
    """
    if after is None or not write.return_values.endswith("NEW"):
        return after
    changed = [name for name, value in after.items() if before.get(name) != value]
    new = [name for name in changed if name not in before]
    is_mixed = len(new) > 1 and not write.added.isdisjoint(new)
    if not is_mixed and not any(holds_set(after[name]) for name in changed):
        return after
    stored = get_item(write.target.name, write.key, consistent=True).item or {}
    return stored if same_value({"M": stored}, {"M": after}) else after


def _asked_back(write: Rewrite, before: Item | None, after: Item | None) -> Item | None:
    """The attributes that UpdateItem's ReturnValues would give."""
    if write.return_values == "NONE":
        return None
    source = (before if write.return_values.endswith("OLD") else after) or {}
    if write.return_values.startswith("ALL"):
        return source
    return {name: value for name, value in source.items() if name in write.touched}
