"""Writes of tables with history: the entry stands or falls with the item, and with its answer.

Without transactions, or where a table asks for it, the entry is announced, then the item written,
then the entry confirmed: one that was only announced is judged by what came after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import structlog
from django.conf import settings

from tables.access.log_fields import bound, request_id
from tables.core.errors import (
    Conflict,
    PreconditionFailed,
    TablesError,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.core.history import Author, Entry, Fate, States, fingerprint, item_name
from tables.core.operations import Operation, Written
from tables.core.values import Item
from tables.dynamodb import writes
from tables.dynamodb.history_table import entry_of, last_entry
from tables.dynamodb.reads import get_item
from tables.items.rules import must_know_item
from tables.items.target import Target
from tables.items.wanted import Mark, Outcome, Rewrite, Tell, Told, Unread, Write
from tables.records.history.entries import Recorded, announced, mode_of, new_entry, previous_of
from tables.records.history.item_queue import turn

log = structlog.get_logger(__name__)

T = TypeVar("T")

_ATTEMPTS = 10
# No longer than a request may take until its answer begins.
_TURN_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What was told of a write that went through, the capacity units of the item alone, and the
    entry that went along, if one did.
    """

    result: T
    capacity: float = 0.0
    entry: Recorded | None = None


class _Rival(Exception):
    """Another writer was faster; nothing was written."""


def recorded(write: Write, tell: Tell[T]) -> Made[T]:
    """Make a write together with its entry and its companions.

    Raises as `perform` does, and Unavailable where the entry can't be made: then nothing is done.
    """
    name = item_name(_key(write), write.target.description)
    with turn(name, _TURN_SECONDS):
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _try(write, name, tell)
            except _Rival:
                writes.pause(attempt)
    raise TransactionConflict(
        "The item keeps changing; nothing was written. Send the request again.", retry_after=1
    )


def _try(write: Write, name: str, tell: Tell[T]) -> Made[T]:
    last = last_of(name)  # before the item: the other way round two writers may meet one state
    operation, outcome = _decided(write)
    entry = entry_of_write(write.target, write.mark, outcome, last)
    told = tell(replace(outcome, version=entry.entry.n if entry else None))
    if operation is None:
        done = Written()
    elif entry is None:
        done = _alone(write, operation, told)
    elif mode_of(write.target.table) == "transaction":
        done = _together(write, operation, entry, told)
    else:
        done = _in_order(write, operation, entry, told)
    if entry is not None:
        note(entry.entry)
    return Made(told.result, done.capacity, entry)


def _decided(write: Write) -> tuple[Operation | None, Outcome]:
    if not isinstance(write, Rewrite):
        return write.operation, write.outcome
    target = write.target
    before = get_item(target.name, write.key, consistent=True).item
    try:
        return write.decided(before)
    except Conflict:
        if write.unread is None or must_know_item(target.table):
            raise
        # Too wide to be pinned: the number keeps our own writers apart, as the others were before.
        return write.unread.operation, replace(write.unread.outcome, before=before)


def entry_of_write(
    target: Target, mark: Mark, outcome: Outcome, last: Entry | None, states: States | None = None
) -> Recorded | None:
    """The entry of a write, after the item's last; None where history has nothing to say of it.

    Where `last` was read after the item was, the write must be pinned to the whole item. `states`
    are the fingerprints of all of the item, where they are known.
    """
    before = _known(outcome)
    ignored = frozenset(target.table.history_ignore)
    if states is None or ignored:
        states = fingerprint(before, ignored), fingerprint(outcome.after, ignored)
    caller = target.caller
    door = str(bound().get("door", "command"))
    author = Author(caller.sub, caller.identity, door, request_id(), mark.group)
    return new_entry(
        target.table,
        target.description,
        before,
        outcome.after,
        replace(previous_of(last, states[0]), states=states),
        author,
        action=mark.action,
        of=mark.of,
    )


def _alone(write: Write, operation: Operation, told: Told[T]) -> Written:
    """A write that history has nothing to say of; its condition and companions hold as ever."""
    try:
        return writes.write(operation, companions=told.companions)
    except TransactionConflict as error:
        raise _Rival from error
    except PreconditionFailed as error:
        raise _reason(write, error) from error


def _together(write: Write, operation: Operation, entry: Recorded, told: Told[T]) -> Written:
    """Item, entry, chunks and companions in one transaction."""
    ours = entry.operations()
    try:
        return writes.transact([operation, *ours, *told.companions], units_of=write.target.name)
    except TransactionConflict as error:
        raise _Rival from error
    except WriteInDoubt:
        if stands(entry):
            return Written()
        raise
    except PreconditionFailed as error:
        if 0 < error.position <= len(ours):
            raise _Rival from error
        error.position = max(error.position - len(ours), 0)
        raise _reason(write, error) from error


def _in_order(write: Write, operation: Operation, entry: Recorded, told: Told[T]) -> Written:
    """The entry announced, the item written with its companions, the entry confirmed."""
    plan = announced(entry)
    _announce(plan)
    try:
        done = writes.write(operation, companions=told.companions)
    except WriteInDoubt:
        raise  # the entry stays announced: what comes after it tells
    except TransactionConflict as error:
        _confirm(plan.entry, "void")
        raise _Rival from error
    except PreconditionFailed as error:
        _confirm(plan.entry, "void")
        raise _reason(write, error) from error
    except TablesError:
        _confirm(plan.entry, "void")
        raise
    _confirm(plan.entry, "done")
    return done


def _announce(plan: Recorded) -> None:
    """Write the entry, then its chunks: who has the number is the only one to write them."""
    first, *chunks = plan.operations()
    try:
        writes.write(first)
        for chunk in chunks:
            writes.write(chunk)
    except PreconditionFailed as error:
        raise _Rival from error
    except TablesError as error:
        raise _unkept(error) from error


def _confirm(entry: Entry, fate: Fate) -> None:
    """Say what became of an announced write; where that fails, the next reader judges it."""
    try:
        writes.write(entry.confirm(settings.HISTORY_TABLE, fate))
    except TablesError as error:
        log.warning("history_not_confirmed", reason=error.code)


def _reason(write: Write, error: PreconditionFailed) -> Exception:
    """Why a condition did not hold: a companion's, the caller's own, or a rival's write."""
    if error.position > 0:
        return error
    error.current = write.target.sight.kept(error.current)
    return _Rival() if isinstance(write, Rewrite) else write.refusal(error)


def note(entry: Entry) -> None:
    """Say in the log what was written: it shows a tail of the chain that somebody cut off."""
    log.info("history", item=entry.item, version=entry.n, hash=entry.hash)


def last_of(name: str) -> Entry | None:
    """The last entry of an item. Raises Unavailable: without it nothing may be written."""
    try:
        return last_entry(name)
    except TablesError as error:
        raise _unkept(error) from error


def stands(entry: Recorded) -> bool:
    """Whether the transaction whose answer was lost was made: then its entry is there."""
    try:
        found = entry_of(entry.entry.item, entry.entry.n)
    except TablesError:
        return False
    return found is not None and found.hash == entry.entry.hash


def _unkept(error: TablesError) -> Unavailable:
    log.error("history_not_kept", reason=error.code)
    return Unavailable(
        "The history of this item can't be kept at the moment, so nothing was written.",
        retry_after=error.retry_after or 2,
    )


def _key(write: Write) -> Item:
    return write.key if isinstance(write, Rewrite) else write.outcome.key


def _known(outcome: Outcome) -> Item | None:
    if isinstance(outcome.before, Unread):
        raise TypeError("a write of a table with history knows the item before it")
    return outcome.before
