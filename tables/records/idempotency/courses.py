"""The two ways an answer is kept: in the transaction of its write, or in order around the write."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from tables.core.errors import (
    PreconditionFailed,
    Refused,
    TablesError,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.core.operations import Operation
from tables.core.preconditions import state_of
from tables.dynamodb.writes import write
from tables.records.idempotency.kept_answers import Answer, Effect, Record, read_record

logger = logging.getLogger(__name__)

# Answers that the same request may not get again.
_PASSING_STATUSES = frozenset({401, 403, 408, 425, 429})


class Overtaken(Exception):
    """Another run of the same request has its record there already; nothing was written."""


def course_of(record: Record, *, transactions: bool) -> InTransaction | InOrder:
    """The way that the engine, and the table that is written, allow."""
    in_one = transactions and settings.DYNAMODB_TRANSACTIONS
    return InTransaction(record) if in_one else InOrder(record)


class InTransaction:
    """The record goes into the transaction of the write: both are there, or neither."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.kept: Answer | None = None

    def keep(self, answer: Answer, effect: Effect) -> Sequence[Operation]:
        """Give the record as a companion of the write."""
        self.kept = answer
        return [self.record.answering(answer, effect).put()]

    def close(self, answer: Answer) -> None:
        """Keep an answer that no write of an item carried."""
        if answer is not self.kept:
            _keep_alone(self.record, answer)

    def recover(self, error: TablesError) -> Answer:
        """Raise the error, which will not be kept, unless another run has made an answer."""
        _require_not_overtaken(self.record, error)
        raise error


class InOrder:
    """The record announces the write, then the write is made, then the record is finished.

    `announced` is what stands in the state table; `kept` is the answer that it announces, None
    where the write that comes next was not announced.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self.announced: Record | None = None
        self.kept: Answer | None = None

    def keep(self, answer: Answer, effect: Effect) -> Sequence[Operation]:
        """Announce the write; it has no companions. Raises Overtaken, TablesError."""
        announcement = self.record.answering(answer, effect, finished=False)
        self.kept = None
        if is_done(announcement):
            # It changes nothing, so nobody could tell whether it was made; it may be made twice.
            return ()
        try:
            put_or_be_overtaken(announcement)
        except TablesError:
            # It may stand there in spite of the error, and announce what will not be done.
            _write_quietly(announcement.withdraw())
            raise
        self.announced, self.kept = announcement, answer
        return ()

    def close(self, answer: Answer) -> None:
        """Finish what was announced, or keep an answer that was not."""
        if self.announced is not None and answer is self.kept:
            finish(replace(self.announced, is_finished=True))
        else:
            _keep_alone(self.record, answer)

    def recover(self, error: TablesError) -> Answer:
        """The kept answer where the write was made in spite of the error; else raise the error.

        The announcement stays where the write may still arrive.
        """
        if self.announced is None:
            _require_not_overtaken(self.record, error)
            raise error
        is_in_doubt = isinstance(error, Unavailable) and not isinstance(error, Refused)
        # Without a doubt nothing was written, though a rival may have made the very same item.
        if is_in_doubt and self.kept is not None and is_done(self.announced):
            self.close(self.kept)
            return self.kept
        if not is_in_doubt or self.kept is None:
            _write_quietly(self.announced.withdraw())
        raise error


def _keep_alone(record: Record, answer: Answer) -> None:
    """Keep an answer that goes with no write of an item; without it a retry just runs again."""
    if not may_keep(answer):
        return
    try:
        put_or_be_overtaken(record.answering(answer))
    except TransactionConflict:
        raise
    except TablesError as error:
        logger.warning("answer_not_kept", extra={"reason": error.code})


def put_or_be_overtaken(record: Record) -> None:
    """Write a record where no other run's stands. Raises Overtaken, TablesError."""
    try:
        write(record.put())
    except WriteInDoubt as error:
        raise Unavailable(
            "DynamoDB did not take the Idempotency-Key; nothing was written.", retry_after=2
        ) from error
    except PreconditionFailed as error:
        raise Overtaken from error


def _require_not_overtaken(record: Record, error: TablesError) -> None:
    """An error may come of what another run of the same request has just done, or hide success."""
    found = read_record(record.id)
    if found is not None and (found.is_finished or found.attempt != record.attempt):
        raise Overtaken from error


def finish(record: Record) -> None:
    """Write the finished record over the unfinished one of the same run."""
    _write_quietly(record.finish())


def _write_quietly(operation: Operation) -> None:
    """Write to an unfinished record; where that fails, a retry finds it and looks at the item."""
    try:
        write(operation)
    except PreconditionFailed:
        logger.info("record_already_finished")
    except TablesError as error:
        logger.warning("record_not_finished", extra={"reason": error.code})


def is_done(announced: Record) -> bool:
    """Whether the item is what the announced write makes of it."""
    item = announced.item_now()
    return (state_of(item) if item is not None else "") == announced.state


def may_keep(answer: Answer) -> bool:
    """Whether the answer may be given to a retry."""
    return answer.final and is_lasting(answer.status)


def is_lasting(status: int) -> bool:
    """Whether the same request would get an answer of this status again."""
    return 200 <= status < 500 and status not in _PASSING_STATUSES
