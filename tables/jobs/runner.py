"""A worker at work: it takes a free part of a job, and goes through it chunk by chunk for a while.

Between two chunks it asks what people want of the job, and what its owner may do.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from tables.core.errors import Refused, TablesError, Throttled, TransactionConflict, Unavailable
from tables.core.job_states import ACTIVE
from tables.jobs import parts
from tables.jobs.chunk import do_chunk, written_to
from tables.jobs.costs import money_of
from tables.jobs.kind import MOST_IN_CHUNK, Work
from tables.jobs.kinds import KINDS, which
from tables.jobs.lease import Lease
from tables.jobs.owners import owner_of, targets_of
from tables.jobs.pace import Pace
from tables.jobs.parts import LeaseLost
from tables.jobs.states import fail, is_through, locked, move
from tables.models import Job, JobPart
from tables.records.history.entries import mode_of
from tables.records.jobs.versions import is_known

log = structlog.get_logger(__name__)

# After that another job gets its turn, and after the shorter time where one waits for it.
SLICE_SECONDS = 20.0
_SHORT_SECONDS = 2.0
# A job whose pace allows nothing for longer gives its worker back.
_SHORT_REST = timedelta(seconds=1)
# How long a chunk may go on when the process was told to end.
GRACE_SECONDS = 10.0
# Under a pace a chunk has items for so many seconds: nobody who wants a pause waits longer.
_CHUNK_SECONDS = 2.0


class Interrupted(Exception):
    """The process is to end, and the chunk takes too long for that."""


@dataclass(slots=True)
class Hands:
    """One worker: its name, and whether it was told to end."""

    name: str
    told_to_end: threading.Event = field(default_factory=threading.Event)
    told_at: float = 0.0

    def end(self) -> None:
        """Take no further chunk."""
        self.told_at = time.monotonic()
        self.told_to_end.set()

    def require_time(self) -> None:
        """Raise Interrupted where the end was asked for so long ago that it can't wait."""
        if self.told_to_end.is_set() and time.monotonic() - self.told_at > GRACE_SECONDS:
            raise Interrupted


class _Turn:
    """The time that a worker gives to one job before it looks for another."""

    def __init__(self, seconds: float) -> None:
        now = time.monotonic()
        self._until, self._for_others = now + seconds, now + min(seconds, _SHORT_SECONDS)

    def is_over(self, job: Job) -> bool:
        """Whether it was long enough: seconds are where another job waits for a worker."""
        now = time.monotonic()
        return now >= self._until or (now >= self._for_others and _do_others_wait(job))


def _do_others_wait(job: Job) -> bool:
    """Whether there is another job on which nobody works, though somebody could."""
    now = timezone.now()
    busy = JobPart.objects.filter(
        job=OuterRef("pk"), phase=OuterRef("phase"), finished=False, until__gt=now
    )
    others = Job.objects.exclude(pk=job.pk).filter(state__in=ACTIVE, wanted="run")
    return others.filter(Q(paid=None) | Q(paid__lte=now)).exclude(Exists(busy)).exists()


def work_on_job(job_id: str, hands: Hands, *, seconds: float = SLICE_SECONDS) -> bool:
    """Work on free parts of a job for so long; whether something may be left to do now."""
    turn = _Turn(seconds)
    while not hands.told_to_end.is_set():
        job = Job.objects.filter(pk=job_id).first()
        if job is None or job.state not in ACTIVE or not is_known(job):
            return False
        if job.wanted == "run" and not _is_cut(job):
            return False
        part = parts.claim(job, hands.name)
        if part is None:
            _conclude(job)
            return False
        _go_through(part, hands, turn)
        if turn.is_over(job):
            return True
    return True


def _is_cut(job: Job) -> bool:
    """Whether the job has parts; cut now where it has none."""
    if job.parts.filter(phase=job.phase).exists():
        return True
    try:
        work = _work_of(job)
        cursors = KINDS[job.kind].cut(work)
    except TablesError as error:
        _give_up(job, error)
        return False
    job.estimate |= {"items": _expected(work)}
    parts.cut(job, cursors)
    return True


def _go_through(part: JobPart, hands: Hands, turn: _Turn) -> None:
    with Lease(part, hands.name) as lease:
        try:
            _chunks(part, hands, lease, turn)
        except LeaseLost:
            log.warning("job_lease_lost", job=str(part.job_id), part=part.number)
            return
        except Interrupted:
            pass
        except TablesError as error:
            _stumbled(part, hands, error)
            return
    parts.free(part, hands.name)
    if part.finished:
        _conclude(part.job)


def _chunks(part: JobPart, hands: Hands, lease: Lease, turn: _Turn) -> None:
    def check() -> None:
        lease.require()
        hands.require_time()

    pace = Pace(None, check)
    while not part.finished and not hands.told_to_end.is_set():
        job = Job.objects.get(pk=part.job_id)
        # What was begun is told of before the end; a worker that is to pause leaves it as it is.
        is_wanted = job.wanted == "run" or (job.wanted == "cancel" and part.intents is not None)
        if not is_wanted or job.state not in ACTIVE or not is_known(job):
            return
        part.job = job
        pace.set_most(_share(job))
        do_chunk(_work_of(job, part, pace), part, hands.name, pace)
        if turn.is_over(job) or parts.rests(job, timezone.now() + _SHORT_REST):
            return


def _share(job: Job) -> float | None:
    """The pace of one part: those that are held share the job's."""
    if job.pace is None:
        return None
    held = job.parts.filter(finished=False, until__gt=timezone.now()).exclude(owner="").count()
    return job.pace / max(held, 1)


def _work_of(job: Job, part: JobPart | None = None, pace: Pace | None = None) -> Work:
    """The job as its owner may do it now. Raises Forbidden, TableNotFound."""
    now = datetime.now(UTC)
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    targets = targets_of(job, owner_of(job))
    if part is None:
        return Work(job, targets, moment)
    work = Work(job, targets, moment, part.number, part.total, MOST_IN_CHUNK, part.takeovers)
    if pace is None or pace.rate is None:
        return work
    most = round(pace.rate * _CHUNK_SECONDS / _units_each(part, work))
    return replace(work, most=min(max(most, 1), work.most))


def _units_each(part: JobPart, work: Work) -> float:
    """Write units that an item of a part takes: as it went so far, before that as small ones do."""
    if part.done and part.write_units:
        return max(part.write_units / part.done, 1.0)
    return 1.0 if mode_of(written_to(work).table) == "off" else 6.0


def _expected(work: Work) -> int | None:
    """About how many items the job will read: exactly as many as a check has found. None where it
    reads a part of its table, which nobody has counted.
    """
    known = None
    if work.job.phase == "write":
        counter = "matched" if KINDS[work.job.kind].writes_what_was_found else "scanned"
        known = work.job.parts.filter(phase="check").aggregate(all=Sum(counter))["all"]
    known = known if known is not None else work.spec.get("count")
    if known is None and which.reads_everything(work.spec, work.target):
        known = work.target.description.item_count
    return None if known is None else int(known)


def _stumbled(part: JobPart, hands: Hands, error: TablesError) -> None:
    """A chunk could not be done: what can't go on has failed, else it is tried again."""
    attempts = parts.postpone(part, hands.name, error.code)
    log.warning("job_chunk_failed", job=str(part.job_id), reason=error.code, attempts=attempts)
    if _is_final(error) or attempts >= parts.MOST_ATTEMPTS:
        _give_up(part.job, error)


def _give_up(job: Job, error: TablesError) -> None:
    if not _is_final(error) and not job.parts.filter(attempts__gte=parts.MOST_ATTEMPTS).exists():
        log.warning("job_waits", job=str(job.pk), reason=error.code)
        return
    with transaction.atomic():
        held = locked(job)
        if held.state in ACTIVE:
            fail(held, str(error.message))


def _is_final(error: TablesError) -> bool:
    """Whether trying again leads nowhere: rights, the table or a file are gone."""
    if isinstance(error, Refused):
        return error.is_missing_table or error.is_denied
    return not isinstance(error, Unavailable | Throttled | TransactionConflict)


def _conclude(job: Job) -> None:
    """Let a job whose parts are all finished come to its end."""
    if not is_through(job):
        return
    finish = KINDS[job.kind].finish
    work = None
    if finish is not None:
        try:
            work = _work_of(job)
            finish(work)
        except TablesError as error:
            _give_up(job, error)
            return
    with transaction.atomic():
        held = locked(job)
        is_over = held.state not in ACTIVE or held.wanted != "run" or held.phase != job.phase
        if is_over or not is_known(held):
            return
        held.estimate |= work.job.estimate if work is not None else {}
        if held.phase == "check":  # after the guess that the kind was handed
            held.estimate |= _checked(held.totals)
        if held.state == "queued":
            move(held, "claim")
        move(held, "finish")


def _checked(totals: dict[str, float]) -> dict[str, float | None]:
    """What a check found out: how many items, writes and units, and what they cost."""
    return {
        "items": totals["scanned"],
        "writes": totals["done"],
        "write_units": totals["write_units"],
        "read_units": totals["read_units"],
        "money": money_of(read=totals["read_units"], write=totals["write_units"]),
    }
