"""One chunk of a part: decided on, written, and kept, so that each item is written exactly once.

What is about to be written is kept before the first write, what became of it after the last. In
between a worker may die: whoever takes the part over judges each item by what it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings

from tables.core.errors import (
    ItemExists,
    ItemNotFound,
    PreconditionFailed,
    TablesError,
    UndoConflict,
)
from tables.core.history import fingerprint
from tables.core.job_intents import Intent, Intents, judge, unpack
from tables.core.keys import decode_token, encode_token
from tables.core.values import Item
from tables.dynamodb.meter import Meter, metered
from tables.dynamodb.tries import one_try
from tables.items.chunks import Ending, write_chunk
from tables.items.clock import fixed_at
from tables.items.foreseen import foreseen
from tables.items.groups import Trace, trace_of
from tables.items.reads import stored
from tables.items.target import Target
from tables.items.units import foretold
from tables.items.wanted import Settled
from tables.jobs import others, parts
from tables.jobs.chunk_rows import as_found, refused, unwritten
from tables.jobs.kind import Begun, Candidate, Pieces, Work, Writes
from tables.jobs.kinds import KINDS
from tables.jobs.pace import Pace
from tables.models import JobPart
from tables.records.history.entries import mode_of
from tables.records.jobs.reports import CREATED, Outcome, Result


@dataclass(frozen=True, slots=True)
class Planned:
    """A write that is decided on, and the intent that was kept of it."""

    intent: Intent
    write: Settled


def do_chunk(work: Work, part: JobPart, worker: str, pace: Pace) -> None:
    """Do the next chunk of a part. Raises LeaseLost, TablesError: then it is done again later."""
    kind = KINDS[work.job.kind]
    course = kind.check if work.job.phase == "check" else kind.write
    if course is None:
        raise TypeError(f"a {kind.name} has no such phase")
    with metered() as meter:
        if isinstance(course, Pieces):
            _do_piece(work, course, part, worker, meter)
        elif work.job.phase == "check":
            _look_at(work, course, part, worker, meter)
        else:
            _write(work, course, part, worker, pace, meter)


def _do_piece(work: Work, course: Pieces, part: JobPart, worker: str, meter: Meter) -> None:
    started = time.monotonic()
    piece = course.piece(work, part.cursor)
    parts.commit(
        part,
        worker,
        piece.rows,
        next=piece.next,
        counts=piece.counts,
        seconds=time.monotonic() - started,
        units=(meter.read, piece.write_units),
    )


def _look_at(work: Work, course: Writes, part: JobPart, worker: str, meter: Meter) -> None:
    """A chunk of a dry run: `done` is what would be written, and its units what that would take."""
    started, target = time.monotonic(), written_to(work)
    chunk = course.read(work, part.cursor)
    planned, rows = decide(work, course, chunk.candidates, target)
    refusals = foreseen([each.write for each in planned])
    made: list[Planned] = []
    for each, error in zip(planned, refusals, strict=True):
        token, line = each.intent.token, each.intent.line
        rows.append(refused(token, error, line) if error else Result(token, "done", line=line))
        made += [] if error else [each]
    would_take = foretold([(each.write.outcome, each.write.mark) for each in made], target)
    rows += chunk.rows
    if KINDS[work.job.kind].writes_what_was_found:
        rows = as_found(rows, chunk.candidates, target)
    parts.commit(
        part,
        worker,
        rows,
        next=chunk.next,
        counts={"scanned": chunk.scanned, "matched": len(rows)},
        seconds=time.monotonic() - started,
        units=(meter.read, would_take),
    )


def _write(
    work: Work, course: Writes, part: JobPart, worker: str, pace: Pace, meter: Meter
) -> None:
    started, used = time.monotonic(), pace.units
    target, read_before = written_to(work), 0.0
    is_again = part.intents is not None
    if part.intents is not None:
        intents = unpack(bytes(part.intents))
        read_before = intents.read_units
        work = replace(work, moment=datetime.fromtimestamp(intents.moment / 1000, UTC))
        rows, planned = _judged(work, course, part, intents, target)
        if work.job.wanted == "cancel":
            planned = []  # only what was written before is still to be told
    else:
        intents, planned = _decided(work, course, part, target, meter)
        rows = []
        if planned:
            parts.keep_intents(part, worker, intents)
    with one_try():
        writes = [each.write for each in planned]
        endings = write_chunk(writes, pace, threads=settings.JOB_THREADS)
    rows = [
        *(Result(*row) for row in intents.rows),
        *rows,
        *(
            _result(work, target, each, ending, is_again=is_again)
            for each, ending in zip(planned, endings, strict=True)
        ),
    ]
    parts.commit(
        part,
        worker,
        sorted(rows, key=lambda row: row.line),
        next=intents.next,
        counts={"scanned": intents.scanned, "matched": len(rows)},
        seconds=time.monotonic() - started,
        units=(read_before + meter.read, pace.units - used),
    )


def written_to(work: Work) -> Target:
    """The table whose items the job writes."""
    return work.targets[work.job.written_alias]


def _decided(
    work: Work, course: Writes, part: JobPart, target: Target, meter: Meter
) -> tuple[Intents, list[Planned]]:
    """The next chunk as it is read now, and what is to be written of it."""
    chunk = course.read(work, part.cursor)
    planned, rows = decide(work, course, chunk.candidates, target)
    moment = round(work.moment.timestamp() * 1000)
    told = [list(row) for row in [*chunk.rows, *rows]]
    writes = [each.intent for each in planned]
    return Intents(moment, writes, told, chunk.next, chunk.scanned, meter.read), planned


def decide(
    work: Work, course: Writes, candidates: Sequence[Candidate], target: Target
) -> tuple[list[Planned], list[Result]]:
    """The writes that candidates need, and what becomes of the others. Raises what concerns all."""
    planned: list[Planned] = []
    rows: list[Result] = []
    with fixed_at(work.moment):
        for candidate in candidates:
            token = encode_token(candidate.key, target.description)
            if candidate.found is not None and candidate.found != candidate.state:
                rows.append(others.since_check(work.job, target, candidate))
                continue
            if candidate.refusal is not None:
                rows.append(candidate.refusal)
                continue
            try:
                write = course.write(work, candidate)
            except UndoConflict as error:
                version = others.foreign_version(work.job, target, candidate.key, candidate.before)
                code = error.code if candidate.before else ItemNotFound.code
                rows.append(Result(token, "changed", code, candidate.line, version))
                continue
            except TablesError as error:
                rows.append(refused(token, error, candidate.line))
                continue
            if write is None:
                rows.append(unwritten(token, candidate, work.spec))
                continue
            states = fingerprint(candidate.before), fingerprint(write.outcome.after)
            line, origin, known = candidate.line, candidate.origin, candidate.known
            intent = Intent(token, *states, line, origin, known, *candidate.told)
            planned.append(Planned(intent, replace(write, states=states)))
    return planned, rows


def _judged(
    work: Work, course: Writes, part: JobPart, intents: Intents, target: Target
) -> tuple[list[Result], list[Planned]]:
    """What became of a chunk that was begun: what is certain, and what is still to be written."""
    begun = [
        Begun(decode_token(intent.token, target.description), intent.line, intent.origin)
        for intent in intents.writes
    ]
    rows: list[Result] = []
    left: list[tuple[Intent, Candidate]] = []
    now = course.again(work, part.cursor, begun)
    for intent, candidate in zip(intents.writes, now, strict=True):
        trace = _trace(work, target, candidate.key, intent.known)
        verdict = judge(
            intent,
            fingerprint(candidate.before),
            is_ours=trace.version is not None,
            is_certain=trace.is_certain,
        )
        if verdict == "write":
            left.append((intent, candidate))
        elif verdict == "changed":
            rows.append(
                others.meanwhile(work.job, target, intent.token, candidate.before, intent.line)
            )
        else:
            rows.append(_told(work, intent, verdict, trace.version))
    planned, more = decide(work, course, [candidate for _intent, candidate in left], target)
    by_token = {each.intent.token: each for each in planned}
    for intent, _candidate in left:
        each = by_token.get(intent.token)
        if each is not None and each.intent.after != intent.after:
            # What it is made of changed meanwhile, such as the source of a copy.
            planned.remove(each)
            rows.append(Result(intent.token, "changed", others.CHANGED_MEANWHILE, intent.line))
    return [*rows, *more], planned


def _result(
    work: Work, target: Target, planned: Planned, ending: Ending, *, is_again: bool
) -> Result:
    """What became of a write, told by the item itself where its condition did not hold."""
    token, line, error = planned.intent.token, planned.intent.line, ending.error
    if error is None:
        return _told(work, planned.intent, "done", ending.version)
    if not isinstance(error, PreconditionFailed):
        return refused(token, error, line)
    key = planned.write.outcome.key
    trace = _trace(work, target, key, planned.intent.known)
    now = error.current or stored(target, key)
    if not planned.intent.before and now and not target.sight.holds(now):
        return refused(token, ItemExists("Another item has this key."), line)
    verdict = judge(
        planned.intent,
        fingerprint(now),
        is_ours=trace.version is not None,
        # Whoever wrote it meanwhile was not a worker of this job, unless one had it before us.
        is_certain=trace.is_certain or not is_again,
    )
    if verdict == "done" or verdict == "unsure":  # noqa: PLR1714 - a tuple of them narrows no type
        return _told(work, planned.intent, verdict, trace.version)
    return others.meanwhile(work.job, target, token, now, line, _read(planned.write))


def _read(write: Settled) -> Item | None:
    """The item that a write was decided on, None where there was none or it was not read."""
    before = write.outcome.before
    return before if isinstance(before, dict) else None


def _told(work: Work, intent: Intent, outcome: Outcome, version: int | None) -> Result:
    if outcome != "done":
        return Result(intent.token, outcome, "", intent.line, version or 0)
    is_created = not intent.before and KINDS[work.job.kind].tells_created
    code = CREATED if is_created else intent.code
    return Result(intent.token, outcome, code, intent.line, version or 0, intent.detail)


def _trace(work: Work, target: Target, key: Item, known: int) -> Trace:
    """What history tells of this job's write of an item that came after the version it `known`ly
    left; nothing, where none is kept.
    """
    if not target.keeps_history:
        return Trace(None, is_certain=False)
    trace = trace_of(target, key, str(work.job.pk))
    if trace.version is None or trace.version > known:
        return trace
    # That was the write before. Of one that was announced after it nothing more is known.
    return Trace(None, is_certain=mode_of(target.table) == "transaction")
