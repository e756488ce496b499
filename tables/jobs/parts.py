"""Parts of jobs: cut, taken by one worker at a time, moved on chunk by chunk.

A part is held for a while, and whoever holds it says so again and again. One that is held no
longer may be taken by another: then nothing that the first one still has in hand is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from tables.core.job_intents import Intents, unpack
from tables.core.job_states import ACTIVE, can
from tables.jobs.kind import Cursor
from tables.jobs.states import begun_parts, fail, locked, move, settle
from tables.models import Job, JobPart, ReportPage
from tables.records.jobs.reports import OUTCOMES, Result, page_of
from tables.records.jobs.versions import is_known, keep_as_ours

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
# So often a part is tried in vain before its job has failed.
MOST_ATTEMPTS = 20
# Seconds for which a pace that was not used may be made up for.
_SAVED_SECONDS = 1.0
_LONGEST_PAUSE = timedelta(minutes=2)
_RECENT_CHUNKS = 10


class LeaseLost(Exception):
    """Somebody else holds the part, or may hold it by now."""


def cut(job: Job, cursors: Sequence[Cursor]) -> None:
    """Make the parts of a job's phase, unless they are there: at least one, maybe ended.

    What cutting it told of its estimate is kept with them. Nothing happens where the job came to
    another phase meanwhile: another worker was faster, and these cursors are of a phase gone by.
    """
    with transaction.atomic():
        held = locked(job)
        is_cut = held.parts.filter(phase=held.phase).exists()
        if held.phase != job.phase or is_cut or not is_known(held):
            return
        held.estimate |= job.estimate
        held.save(update_fields=["estimate"])
        keep_as_ours(held)
        total = max(len(cursors), 1)
        JobPart.objects.bulk_create(
            JobPart(
                job=held,
                phase=held.phase,
                number=number,
                total=total,
                cursor=cursor,
                finished=not cursors,
            )
            for number, cursor in enumerate(cursors or [None])
        )


def claim(job: Job, worker: str) -> JobPart | None:
    """Take a free part of a job; None where there is none, or nobody wants it done.

    Of a job that is to be cancelled only chunks that were begun are brought to their end.
    """
    with transaction.atomic():
        held = locked(job)
        if not is_known(held):
            return None
        settle(held)
        if held.wanted == "pause" or held.state not in ACTIVE or not can(held.state, "claim"):
            return None
        now = timezone.now()
        if rests(held, now):
            return None
        part = free_parts(held, now).first()
        if part is None:
            return None
        if part.owner:
            part.takeovers += 1
            part.attempts += 1
            log.warning("job_part_taken_over", job=str(job.pk), part=part.number)
            if part.attempts >= MOST_ATTEMPTS:
                part.save(update_fields=["takeovers", "attempts"])
                fail(held, "Each worker that tried a part of it has died.")
                return None
        part.owner, part.until = worker, now + LEASE
        part.save(update_fields=["owner", "until", "takeovers", "attempts"])
        keep_as_ours(held)
        if held.started is None or held.state == "queued":
            held.started = held.started or now
            move(held, "claim")
        return part


def renew(part: JobPart, worker: str) -> bool:
    """Hold a part for longer; whether it still was ours."""
    mine = JobPart.objects.filter(pk=part.pk, owner=worker, finished=False)
    return mine.update(until=timezone.now() + LEASE) == 1


def keep_intents(part: JobPart, worker: str, intents: Intents) -> None:
    """Say what the chunk is about to write. Raises LeaseLost."""
    packed = intents.pack()
    if not _at_chunk(part, worker).update(intents=packed):
        raise LeaseLost
    part.intents = packed


def commit(
    part: JobPart,
    worker: str,
    rows: Sequence[Result],
    *,
    next: Cursor,
    counts: Mapping[str, int],
    seconds: float,
    units: tuple[float, float],
) -> None:
    """Keep what a chunk did, and move the part on, in one transaction. Raises LeaseLost.

    `counts` are `scanned` and `matched`, and `done` where no row stands for an item. `units` are
    those of reading and of writing.
    """
    page = page_of(part, part.sequence, rows)
    page.fence = part.takeovers
    recent = [*part.recent, [round(seconds, 3), counts["scanned"]]][-_RECENT_CHUNKS:]
    changes: dict[str, Any] = {
        **_added(page, counts, units),
        "cursor": next,
        "finished": next is None,
        "intents": None,
        "sequence": part.sequence + 1,
        "attempts": 0,
        "recent": recent,
    }
    if next is None:
        changes |= {"owner": "", "until": None}
    with transaction.atomic():
        if part.job.pace is not None and part.phase == "write":
            _pay(part.job, units[1], seconds)  # its lock comes before that of its parts
        if not _at_chunk(part, worker).update(**changes):
            raise LeaseLost
        if rows:
            page.save()
    part.cursor, part.finished, part.intents = next, next is None, None
    part.sequence, part.recent, part.attempts = part.sequence + 1, recent, 0


def _added(
    page: ReportPage, counts: Mapping[str, int], units: tuple[float, float]
) -> dict[str, CombinedExpression]:
    """What a chunk adds to the counters of its part."""
    rows = {name: getattr(page, name) for name in OUTCOMES}
    more = rows | dict(counts) | {"read_units": units[0], "write_units": units[1]}
    return {name: F(name) + count for name, count in more.items()}


def rests(job: Job, now: datetime) -> bool:
    """Whether what a job has written takes its pace for longer: nobody begins a chunk of it now.

    Who wants it to end doesn't wait for that.
    """
    return job.wanted == "run" and job.paid is not None and job.paid > now


def _pay(job: Job, units: float, seconds: float) -> None:
    """Let what a chunk wrote, in so many seconds, take its time of the job's pace: however many
    workers and parts there are, they write no faster together.
    """
    held = locked(job)
    if held.pace is None:
        return
    earliest = timezone.now() - timedelta(seconds=seconds + _SAVED_SECONDS)
    begun = earliest if held.paid is None else max(held.paid, earliest)
    held.paid = job.paid = begun + timedelta(seconds=units / held.pace)
    held.save(update_fields=["paid"])


def give_up(job: Job) -> None:
    """Say of chunks that were begun that nobody knows what became of their items: nobody will look
    at them any more. The job is locked.
    """
    for part in begun_parts(job):
        intents = unpack(bytes(part.intents or b""))
        rows = [Result(*row) for row in intents.rows]
        rows += [Result(each.token, "unsure", line=each.line) for each in intents.writes]
        page = page_of(part, part.sequence, rows)
        for name in OUTCOMES:
            setattr(part, name, getattr(part, name) + getattr(page, name))
        part.sequence, part.intents = part.sequence + 1, None
        part.save()
        page.save()


def free(part: JobPart, worker: str) -> None:
    """Let another worker take the part at once; its job moves on where it can."""
    with transaction.atomic():
        held = locked(part.job)
        JobPart.objects.filter(pk=part.pk, owner=worker).update(owner="", until=None)
        settle(held)


def postpone(part: JobPart, worker: str, reason: str) -> int:
    """Let a part rest after a chunk that could not be done, longer each time; which time it was."""
    attempts = part.attempts + 1
    pause = min(timedelta(seconds=0.5 * 2**attempts), _LONGEST_PAUSE)
    # Held by nobody, so that it is no take-over, and free when the pause is over.
    JobPart.objects.filter(pk=part.pk, owner=worker).update(
        owner="", until=timezone.now() + pause, attempts=attempts, last_error=reason[:500]
    )
    return attempts


def _at_chunk(part: JobPart, worker: str) -> QuerySet[JobPart]:
    """The part in the database, where this worker still holds it at this chunk."""
    return JobPart.objects.filter(pk=part.pk, owner=worker, sequence=part.sequence)


def free_parts(job: Job, now: datetime) -> QuerySet[JobPart]:
    """The parts that a worker could take now, in their order."""
    parts = begun_parts(job) if job.wanted == "cancel" else _unfinished(job)
    return parts.filter(Q(until=None) | Q(until__lte=now)).order_by("number")


def _unfinished(job: Job) -> QuerySet[JobPart]:
    return job.parts.filter(phase=job.phase, finished=False)
