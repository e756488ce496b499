"""Idempotency keys: a request takes effect once, and every retry of it gets the same answer.

Where the engine has transactions the record and the item are written in one. Elsewhere the record
goes first, announcing what the item will be; a retry that finds it unfinished looks at the item.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.conf import settings

from tables.core.errors import (
    IdempotencyConflict,
    PreconditionFailed,
    Refused,
    TablesError,
    TransactionConflict,
    Unavailable,
)
from tables.core.operations import Operation
from tables.core.preconditions import state_of
from tables.core.values import Item
from tables.dynamodb.writes import write
from tables.records.kept_answers import Answer, Effect, Record, read_record
from tables.records.keyed_requests import KeyedRequest

logger = logging.getLogger(__name__)

REPLAYED_HEADER = "Idempotency-Replayed"
_ATTEMPTS = 5
# No request lives longer than this; what still is unfinished then was interrupted.
_LONGEST_REQUEST_SECONDS = 60
# Answers that the same request may not get again.
_PASSING_STATUSES = frozenset({401, 403, 408, 425, 429})


# Called with the answer and the effect of a write, right before it; gives the companions that must
# go into the write's transaction, maybe none.
Keep = Callable[[Answer, Effect], Sequence[Operation]]
Run = Callable[[Keep], Answer]
# How a door words an error, and how it makes an answer whole whose body was not kept: from the
# status and headers that were, and the item as it is now (None: gone).
Word = Callable[[TablesError], Answer]
Rebuild = Callable[[Answer, Item | None], Answer]
# The keyed request of one operation among many.
Part = Callable[[int], KeyedRequest | None]


class _Overtaken(Exception):
    """Another run of the same request has its record there already; nothing was written."""


def perform(request: KeyedRequest | None, run: Run, *, word: Word, rebuild: Rebuild) -> Answer:
    """Run the request, unless its key's answer is known: then that, marked as replayed.

    `run` writes at most once, with what `keep` gave for that very answer, and returns the answer;
    it may be called again when nothing was written. Errors that the same request would meet again
    become kept answers; others are raised. Raises IdempotencyConflict.
    """
    if request is None:
        return run(_keep_nothing)
    for attempt in range(_ATTEMPTS):
        record = read_record(request.record_id)
        if record is not None:
            return _replayed(record, request, rebuild)
        fresh = Record(request.record_id, request.fingerprint)
        course = _InTransaction(fresh) if settings.DYNAMODB_TRANSACTIONS else _InOrder(fresh)
        try:
            return _run_once(course, run, word)
        except (_Overtaken, TransactionConflict):
            _pause(attempt)
    raise _still_running(1)


def perform_parts(
    request: KeyedRequest | None, run: Callable[[Part], Answer], *, word: Word
) -> Answer:
    """Run a request of many operations, each of which `run` performs as `part(position)`.

    A retry after an interruption runs what is left, because each part replays on its own. `run`
    returns an answer that is not final where a part raised. Raises IdempotencyConflict.
    """
    if request is None:
        return run(lambda _position: None)
    record = _claimed(request)

    def part(position: int) -> KeyedRequest:
        # Of this attempt: parts of a claim that has expired must not answer for a new one.
        part_id = f"{request.record_id}#{record.attempt}#{position}"
        return KeyedRequest(part_id, request.fingerprint)

    if record.is_finished and record.body is None:
        return _marked(run(part))
    if record.is_finished:
        return _marked(_answer_of(record))
    try:
        answer = run(part)
    except TablesError as error:
        if not _is_final(error):
            raise
        answer = word(error)
    if _may_keep(answer):
        _finish(record.answering(answer))
    return answer


def _keep_nothing(_answer: Answer, _effect: Effect) -> Sequence[Operation]:
    return ()


class _InTransaction:
    """The record goes into the transaction of the write: both are there, or neither."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.kept: Answer | None = None

    def keep(self, answer: Answer, effect: Effect) -> Sequence[Operation]:
        self.kept = answer
        return [self.record.answering(answer, effect).put()]

    def close(self, answer: Answer) -> None:
        """Keep an answer that no write of an item carried."""
        if answer is not self.kept:
            _keep_alone(self.record, answer)

    def recover(self, error: TablesError) -> Answer:
        """What to answer after an error that will not be kept: here, the error."""
        raise error


class _InOrder:
    """The record announces the write, then the write is made, then the record is finished."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.announced: Record | None = None
        self.kept: Answer | None = None

    def keep(self, answer: Answer, effect: Effect) -> Sequence[Operation]:
        announcement = self.record.answering(answer, effect, finished=False)
        if _is_done(announcement):
            # It changes nothing, so nobody could tell whether it was made; it may be made twice.
            self.announced = None
            return ()
        _put_or_be_overtaken(announcement)
        self.announced, self.kept = announcement, answer
        return ()

    def close(self, answer: Answer) -> None:
        """Finish what was announced, or keep an answer that was not."""
        if self.announced is not None and answer is self.kept:
            _finish(replace(self.announced, is_finished=True))
        else:
            _keep_alone(self.record, answer)

    def recover(self, error: TablesError) -> Answer:
        """What to answer after an error that will not be kept.

        The announcement stays where the write may have been made, or may still arrive.
        """
        if self.announced is None or self.kept is None:
            raise error
        if _is_done(self.announced):
            self.close(self.kept)
            return self.kept
        if isinstance(error, Refused) or not isinstance(error, Unavailable):
            _write_quietly(self.announced.withdraw())
        raise error


def _run_once(course: _InTransaction | _InOrder, run: Run, word: Word) -> Answer:
    try:
        answer = run(course.keep)
    except TablesError as error:
        if isinstance(error, PreconditionFailed) and error.position > 0:
            raise _Overtaken from error
        if not _is_final(error):
            return course.recover(error)
        answer = word(error)
    course.close(answer)
    return answer


def _replayed(record: Record, request: KeyedRequest, rebuild: Rebuild) -> Answer:
    _require_same_request(record, request)
    if not record.is_finished:
        _complete(record)
    answer = _answer_of(record)
    if record.body is None:
        answer = rebuild(answer, record.item_now() if record.table else None)
    return _marked(answer)


def _complete(record: Record) -> None:
    """Finish the record of an interrupted run whose write was made. Raises IdempotencyConflict."""
    if record.table and _is_done(record):
        _finish(replace(record, is_finished=True))
        return
    age = time.time() - record.started
    if age < _LONGEST_REQUEST_SECONDS:
        raise _still_running(1)
    raise IdempotencyConflict(
        "The first request with this Idempotency-Key was interrupted, and it is not known whether "
        "it took effect. Read the item, then decide whether to send it again with a new key.",
        retry_after=max(int(record.expires - time.time()), 1),
    )


def _claimed(request: KeyedRequest) -> Record:
    """The record of a request of many operations: found, or put there unfinished."""
    for attempt in range(_ATTEMPTS):
        record = read_record(request.record_id)
        if record is not None:
            _require_same_request(record, request)
            return record
        claim = Record(request.record_id, request.fingerprint)
        try:
            _put_or_be_overtaken(claim)
        except (_Overtaken, TransactionConflict):
            _pause(attempt)
        else:
            return claim
    raise _still_running(1)


def _require_same_request(record: Record, request: KeyedRequest) -> None:
    if record.fingerprint != request.fingerprint:
        raise IdempotencyConflict(
            "This Idempotency-Key was used for another request; use a new key for each.",
            mismatch=True,
        )


def _keep_alone(record: Record, answer: Answer) -> None:
    """Keep an answer that goes with no write of an item; without it a retry just runs again."""
    if not _may_keep(answer):
        return
    try:
        _put_or_be_overtaken(record.answering(answer))
    except TransactionConflict:
        raise
    except TablesError as error:
        logger.warning("answer_not_kept", extra={"reason": error.code})


def _put_or_be_overtaken(record: Record) -> None:
    try:
        write(record.put())
    except PreconditionFailed as error:
        raise _Overtaken from error


def _finish(record: Record) -> None:
    _write_quietly(record.finish())


def _write_quietly(operation: Operation) -> None:
    """Write to an unfinished record; where that fails, a retry finds it and looks at the item."""
    try:
        write(operation)
    except PreconditionFailed:
        logger.info("record_already_finished")
    except TablesError as error:
        logger.warning("record_not_finished", extra={"reason": error.code})


def _is_done(announced: Record) -> bool:
    """Whether the item is what the announced write makes of it."""
    item = announced.item_now()
    return (state_of(item) if item is not None else "") == announced.state


def _is_final(error: TablesError) -> bool:
    """Whether the same request would meet this error again."""
    return (
        _is_lasting(error.status)
        and not error.retryable
        and not isinstance(error, IdempotencyConflict)
    )


def _may_keep(answer: Answer) -> bool:
    return answer.final and _is_lasting(answer.status)


def _is_lasting(status: int) -> bool:
    return 200 <= status < 500 and status not in _PASSING_STATUSES


def _answer_of(record: Record) -> Answer:
    return Answer(record.status or 200, record.headers, record.body or b"")


def _marked(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, REPLAYED_HEADER: "true"})


def _still_running(retry_after: int) -> IdempotencyConflict:
    return IdempotencyConflict(
        "A request with this Idempotency-Key is still running.", retry_after=retry_after
    )


def _pause(attempt: int) -> None:
    """Wait a random while that grows with each attempt, so that rivals part."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - parts rivals, hides nothing
