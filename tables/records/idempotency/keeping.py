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

# How a door words an error, and how it makes an answer whole whose body was not kept: from the
# status and headers that were, and the item as it is now (None: gone).
Word = Callable[[TablesError], Answer]
Rebuild = Callable[[Answer, Item | None], Answer]
# Raises Forbidden where the caller, as things are now, doesn't have this right.
Require = Callable[[str], None]
# The keyed request of one operation among many.
Part = Callable[[int], KeyedRequest | None]


class Keeping:
    """A request that may have an Idempotency-Key: its answer is replayed, or kept with its write.

    ::

        keeping = Keeping(request, word=…, rebuild=…, require=…)
        while keeping.answer is None:
            with keeping:
                …  # one write, with the companions that belong to the answer that it will have
                keeping.finish(answer)

    The loop goes round where another run of the same request was quicker, or writes collided: then
    nothing was written. An error that the same request would meet again becomes its answer, and
    is kept; any other is raised. A known answer is given to who still has the rights that it
    needed: `require` is asked. `transactions`: whether the table that is written takes part in
    any. Raises IdempotencyConflict, Forbidden.
    """

    def __init__(
        self,
        request: KeyedRequest | None,
        *,
        word: Word,
        rebuild: Rebuild,
        require: Require,
        transactions: bool = True,
    ) -> None:
        self.answer: Answer | None = None
        self._request = request
        self._word, self._rebuild, self._require = word, rebuild, require
        self._course: InTransaction | InOrder | None = None
        self._transactions = transactions
        self._runs = 0
        self._begin()

    def companions(self, answer: Answer, effect: Effect) -> Sequence[Operation]:
        """What must go into the transaction of the write that this answer tells of, maybe nothing.

        Asked right before the write. Raises TablesError where the answer can't be announced.
        """
        return () if self._course is None else self._course.keep(answer, effect)

    def finish(self, answer: Answer) -> None:
        """Answer the request; what no write has carried is kept now."""
        if self._course is not None:
            self._course.close(answer)
        self.answer = answer

    def __enter__(self) -> None:
        """Run the request, once more perhaps."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object
    ) -> bool:
        if self._course is None or not isinstance(error, TablesError | Overtaken):
            return False
        try:
            self._settle(error, self._course)
        except (Overtaken, TransactionConflict) as reason:
            self._begin_again(reason)
        except TablesError as raised:
            if raised is error:
                return False
            raise
        return True

    def _settle(self, error: TablesError | Overtaken, course: InTransaction | InOrder) -> None:
        if isinstance(error, Overtaken):
            raise error
        if isinstance(error, PreconditionFailed) and error.position > 0:
            raise Overtaken from error
        if _is_final(error):
            self.finish(self._word(error))
        else:
            self.answer = course.recover(error)

    def _begin_again(self, reason: Overtaken | TransactionConflict) -> None:
        _pause(self._runs)
        self._runs += 1
        if self._runs < _ATTEMPTS:
            self._begin()
        elif isinstance(reason, TransactionConflict):
            raise reason
        else:
            raise _still_running(1)

    def _begin(self) -> None:
        """Find the answer of an earlier run, or get ready to keep this one's."""
        request = self._request
        if request is None:
            return
        record = _record_of(request)
        if record is not None:
            self.answer = _replayed(record, request, self._rebuild, self._require)
        else:
            fresh = Record(request.record_id, request.fingerprint)
            self._course = course_of(fresh, transactions=self._transactions)


def keep_parts(
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
