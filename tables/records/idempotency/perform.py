"""Idempotency keys: a request takes effect once, and every retry of it gets the same answer.

Where the engine has transactions the record and the item are written in one. Elsewhere the record
goes first, announcing what the item will be; a retry that finds it unfinished looks at the item.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tables.core.errors import (
    Forbidden,
    IdempotencyConflict,
    PreconditionFailed,
    TablesError,
    TransactionConflict,
)
from tables.core.operations import Operation
from tables.core.values import Item
from tables.records.idempotency.courses import (
    InOrder,
    InTransaction,
    Overtaken,
    course_of,
    finish,
    is_done,
    is_lasting,
    may_keep,
    put_or_be_overtaken,
)
from tables.records.idempotency.kept_answers import (
    KEPT_SECONDS,
    Answer,
    Effect,
    Record,
    read_record,
)
from tables.records.idempotency.keyed_requests import KeyedRequest

REPLAYED_HEADER = "Idempotency-Replayed"
_ATTEMPTS = 5
# No request lives longer than this; what still is unfinished then was interrupted.
_LONGEST_REQUEST_SECONDS = 60
# An upgrade starts new processes; a day later nothing is left of what was kept before. The hour
# is for those of the former version that still answer beside the first new ones.
_FORMER_NAMES_UNTIL = time.monotonic() + KEPT_SECONDS + 60 * 60

# Called with the answer and the effect of a write, right before it; gives the companions that must
# go into the write's transaction, maybe none.
Keep = Callable[[Answer, Effect], Sequence[Operation]]
Run = Callable[[Keep], Answer]
# How a door words an error, and how it makes an answer whole whose body was not kept: from the
# status and headers that were, and the item as it is now (None: gone).
Word = Callable[[TablesError], Answer]
Rebuild = Callable[[Answer, Item | None], Answer]
# Raises Forbidden where the caller, as things are now, doesn't have this right.
Require = Callable[[str], None]
# The keyed request of one operation among many.
Part = Callable[[int], KeyedRequest | None]


def perform(
    request: KeyedRequest | None, run: Run, *, word: Word, rebuild: Rebuild, require: Require
) -> Answer:
    """Run the request, unless its key's answer is known: then that, marked as replayed.

    `run` writes at most once, with what `keep` gave for that very answer, and returns the answer;
    it may be called again when nothing was written. Errors that the same request would meet again
    become kept answers; others are raised. A known answer is given to who still has the rights
    that it needed: `require` is asked. Raises IdempotencyConflict, Forbidden.
    """
    if request is None:
        return run(_keep_nothing)
    for attempt in range(_ATTEMPTS):
        record = _record_of(request)
        if record is not None:
            return _replayed(record, request, rebuild, require)
        fresh = Record(request.record_id, request.fingerprint)
        try:
            return _run_once(course_of(fresh), run, word)
        except Overtaken:
            _pause(attempt)
        except TransactionConflict:
            if attempt + 1 == _ATTEMPTS:
                raise
            _pause(attempt)
    raise _still_running(1)


def perform_parts(
    request: KeyedRequest | None, run: Callable[[Part], Answer], *, word: Word, require: Require
) -> Answer:
    """Run a request of many operations, each of which `run` performs as `part(position)`.

    A retry after an interruption runs what is left, because each part replays on its own; so does
    one by a caller who has lost a right since, and each part says whether it needed it. `run`
    returns an answer that is not final where a part raised. Raises IdempotencyConflict.
    """
    if request is None:
        return run(lambda _position: None)
    record = _claimed(request)

    def part(position: int) -> KeyedRequest:
        # Of this attempt: parts of a claim that has expired must not answer for a new one.
        part_id = f"{record.id}#{record.attempt}#{position}"
        return KeyedRequest(part_id, request.fingerprint)

    if record.is_finished and (record.body is None or not _may_have(record, require)):
        return _marked(run(part))
    if record.is_finished:
        return _marked(_answer_of(record))
    try:
        answer = run(part)
    except TablesError as error:
        if not _is_final(error):
            raise
        answer = word(error)
    if may_keep(answer):
        finish(record.answering(answer))
    return answer


def _keep_nothing(_answer: Answer, _effect: Effect) -> Sequence[Operation]:
    return ()


def _run_once(course: InTransaction | InOrder, run: Run, word: Word) -> Answer:
    try:
        answer = run(course.keep)
    except TablesError as error:
        if isinstance(error, PreconditionFailed) and error.position > 0:
            raise Overtaken from error
        if not _is_final(error):
            return course.recover(error)
        answer = word(error)
    course.close(answer)
    return answer


def _record_of(request: KeyedRequest) -> Record | None:
    """What is known of the request, under today's name or, for a day, under the former one."""
    record = read_record(request.record_id)
    if record is None and request.former_id and time.monotonic() < _FORMER_NAMES_UNTIL:
        return read_record(request.former_id)
    return record


def _may_have(record: Record, require: Require) -> bool:
    """Whether the caller still has every right that the kept answer needed."""
    try:
        _require_rights(record, require)
    except Forbidden:
        return False
    return True


def _require_rights(record: Record, require: Require) -> None:
    for right in sorted(record.rights):
        require(right)


def _replayed(record: Record, request: KeyedRequest, rebuild: Rebuild, require: Require) -> Answer:
    _require_same_request(record, request)
    _require_rights(record, require)
    if not record.is_finished:
        _complete(record)
    answer = _answer_of(record)
    if record.body is None:
        answer = rebuild(answer, record.item_now() if record.table else None)
    return _marked(answer)


def _complete(record: Record) -> None:
    """Finish the record of an interrupted run whose write was made. Raises IdempotencyConflict."""
    if record.table and is_done(record):
        finish(replace(record, is_finished=True))
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
        record = _record_of(request)
        if record is not None:
            _require_same_request(record, request)
            return record
        claim = Record(request.record_id, request.fingerprint)
        try:
            put_or_be_overtaken(claim)
        except (Overtaken, TransactionConflict):
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


def _is_final(error: TablesError) -> bool:
    """Whether the same request would meet this error again."""
    return (
        is_lasting(error.status)
        and not error.retryable
        and not isinstance(error, IdempotencyConflict)
    )


def _answer_of(record: Record) -> Answer:
    return Answer(record.status or 200, record.headers, record.body or b"", rights=record.rights)


def _marked(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, REPLAYED_HEADER: "true"})


def _still_running(retry_after: int) -> IdempotencyConflict:
    return IdempotencyConflict(
        "A request with this Idempotency-Key is still running.", retry_after=retry_after
    )


def _pause(attempt: int) -> None:
    """Wait a random while that grows with each attempt, so that rivals part."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - parts rivals, hides nothing
