"""Writes: every one goes through `write`, alone or with companions in one transaction."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tables.core.descriptions import TableDescription
from tables.core.errors import (
    PreconditionFailed,
    TooLarge,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.core.operations import (
    BatchEntry,
    Companion,
    ConditionCheck,
    Delete,
    Operation,
    Put,
    ReturnValues,
    Update,
    Written,
    key_in,
)
from tables.core.preconditions import state_of
from tables.core.values import Item
from tables.dynamodb.client import call, consumed_units
from tables.dynamodb.reads import get_item

T = TypeVar("T")

# AWS: most operations of a TransactWriteItems.
MAX_TRANSACTION = 100
_OPERATION_NAMES: dict[type, str] = {Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem"}
_BATCH_MEMBERS = {"PutRequest": "Item", "DeleteRequest": "Key"}
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """What is to be done to an item as read: the pinned operation, those that stand or fall with
    it, and what the decider has to say of it. Without an operation nothing is written at all.
    """

    operation: Operation | None
    companions: Sequence[Companion]
    result: T


@dataclass(frozen=True, slots=True)
class Rewritten(Generic[T]):
    """What a read-decide-write did: the item before it, and what its last decision said."""

    before: Item | None
    result: T
    capacity: float = 0.0


def write(
    operation: Operation,
    *,
    companions: Sequence[Companion] = (),
    return_values: ReturnValues = "NONE",
) -> Written:
    """Send one write; with companions all of them or none, and no attributes come back.

    Raises PreconditionFailed, with the stored item, when a condition does not hold; WriteInDoubt
    when an answer was lost, and the stored item does not show that the write was made.
    """
    if companions:
        return transact([operation, *companions])
    members = operation.request()
    if operation.condition:
        members["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    try:
        answer = call(
            _OPERATION_NAMES[type(operation)],
            may_repeat=operation.may_repeat,
            ReturnValues=return_values,
            ReturnConsumedCapacity="TOTAL",
            **members,
        )
    except WriteInDoubt as error:
        if return_values == "NONE" and _stands_there(operation, error.current):
            return Written()
        raise
    return Written(answer.get("Attributes"), consumed_units(answer))


def transact(operations: Sequence[Companion], *, units_of: str = "") -> Written:
    """All of these writes or none, in one TransactWriteItems (at most 100, of distinct items).

    DynamoDB makes it once for its token, however often it arrives within ten minutes. The capacity
    is that of all tables or, of the table `units_of`, what a single write would have taken. Raises
    what a check is refused with that does not hold, TooLarge, TablesError.
    """
    require_fit(len(operations))
    try:
        answer = call(
            "TransactWriteItems",
            may_repeat=True,
            ClientRequestToken=str(uuid.uuid4()),
            TransactItems=[_transaction_entry(operation) for operation in operations],
            ReturnConsumedCapacity="INDEXES" if units_of else "TOTAL",
        )
    except PreconditionFailed as error:
        failed = operations[error.position]
        if isinstance(failed, ConditionCheck):
            raise failed.refusal from error
        raise
    return Written(None, _single_units(answer, units_of) if units_of else consumed_units(answer))


def require_fit(count: int) -> None:
    """Raise TooLarge where so many operations are too many for one transaction."""
    if count > MAX_TRANSACTION:
        raise TooLarge(
            "This write and what it must check are {count} operations; DynamoDB takes {most} in "
            "one transaction.",
            count=count,
            most=MAX_TRANSACTION,
        )


def rewrite(
    description: TableDescription,
    key: Item,
    decide: Callable[[Item | None], Decision[T]],
    *,
    attempts: int = 10,
) -> Rewritten[T]:
    """Read an item consistently, decide what to write, write it; again if it changed in between.

    `decide` gets the item or None. What it raises ends the loop. Raises PreconditionFailed when a
    companion's condition fails, and TransactionConflict when the item was never left alone long
    enough.
    """
    for attempt in range(1, attempts + 1):
        before = get_item(description.name, key, consistent=True).item
        decision = decide(before)
        if decision.operation is None:
            return Rewritten(before, decision.result)
        try:
            written = write(decision.operation, companions=decision.companions)
        except (PreconditionFailed, TransactionConflict) as error:
            if getattr(error, "position", 0) > 0:
                raise
            if attempt < attempts:
                pause(attempt)
            continue
        return Rewritten(before, decision.result, written.capacity)
    raise TransactionConflict(
        "The item keeps changing; nothing was written. Send the request again.", retry_after=1
    )


def batch_write_once(table: str, entries: Sequence[BatchEntry]) -> tuple[list[BatchEntry], float]:
    """One BatchWriteItem of at most 25 entries: those DynamoDB left, and the capacity units."""
    requests = [{kind: {_BATCH_MEMBERS[kind]: item}} for kind, item in entries]
    answer = call("BatchWriteItem", RequestItems={table: requests}, ReturnConsumedCapacity="TOTAL")
    left = (answer.get("UnprocessedItems") or {}).get(table, [])
    unprocessed: list[BatchEntry] = [
        (kind, request[kind][_BATCH_MEMBERS[kind]]) for request in left for kind in request
    ]
    return unprocessed, consumed_units(answer)


def _stands_there(operation: Operation, met: Item | None) -> bool:
    """Whether the item is there that a put should have made; `met` is what a last try met."""
    if not isinstance(operation, Put) or not operation.key_names:
        return False
    try:
        key = key_in(operation, operation.key_names)
        stored = met or get_item(operation.table, key, consistent=True).item
    except Unavailable:
        return False
    return stored is not None and state_of(stored) == state_of(operation.item)


def _single_units(answer: dict[str, Any], table: str) -> float:
    """What the write of one table would have taken alone: a transaction doubles it.

    Indexes follow after the commit and are not doubled (AWS: read/write capacity mode).
    """
    for entry in answer.get("ConsumedCapacity") or []:
        if entry.get("TableName") == table:
            total = float(entry.get("CapacityUnits") or 0)
            own = float(entry.get("Table", {}).get("CapacityUnits", total))
            return own / 2 + (total - own)
    return 1.0  # an engine that doesn't count: the least that a write takes


def _transaction_entry(operation: Companion) -> dict[str, Any]:
    members = operation.request() | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {type(operation).__name__: members}


def pause(attempt: int) -> None:
    """Wait a random while that grows with each attempt, so that rivals part."""
    longest = min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest))  # noqa: S311 - parts rivals, hides nothing
