"""Jobs that somebody may see, and how far they are."""

from __future__ import annotations

import math
import statistics
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Literal

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tables.access.callers import Caller
from tables.access.rights import viewable_tables
from tables.configuration import registry
from tables.core.errors import JobNotFound, TablesError
from tables.core.job_states import ACTIVE
from tables.core.keys import decode_token
from tables.core.sight import Seen
from tables.items.target import Target, find_target
from tables.jobs.costs import money_of
from tables.jobs.others import OthersChange, changes_by_others
from tables.jobs.parts import rests
from tables.records.jobs.models import COUNTERS, Job, JobPart, Worker
from tables.records.jobs.reports import Outcome, rows_with
from tables.records.jobs.versions import is_known

# What a job that is under way waits for while nobody works on it: a worker, of which none lives;
# its turn with one that is busy; its pace; or that what failed is tried again.
Waiting = Literal["worker", "release", "turn", "pace", "retry"]
# Rows of a report in hand: of those among them that others changed it is asked at once who did.
_LOOKED_UP = 100
# A worker that has said nothing for so long is gone.
WORKER_SILENCE = timedelta(seconds=15)
# The header of each page asks it, and the ORM takes nine times as long to write the query.
_RUNNING_OF = "SELECT COUNT(*) FROM tables_job WHERE owner_sub = %s AND state IN (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is in its phase.

    `counts` are the counters by name. `write_units` of a check are those that the writes would
    take; `money` is what its units cost, None without a price. `expected` is about how many items
    it will read, None where nobody knows; `fraction` is between 0 and 1, `seconds_left` about the
    time that it takes still; both None where they can't be told.
    """

    counts: dict[str, int]
    read_units: float
    write_units: float
    money: float | None
    expected: int | None
    fraction: float | None
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What became of one item: its key as its reader may see it, None for a line without one.

    `is_uncopied` where the key is the one that it has at the table it is copied from: the other
    takes none of it.
    `changed` is who changed one that was left, where history tells it and its reader may see that.
    """

    key: Seen | None
    token: str
    outcome: str
    code: str
    line: int
    version: int
    detail: str
    is_uncopied: bool = False
    changed: OthersChange | None = None


def visible_to(caller: Caller) -> QuerySet[Job]:
    """Jobs that somebody may see, newest first: their own, and those of tables they may view."""
    aliases = [table.alias for table in viewable_tables(caller, registry())]
    return Job.objects.filter(Q(owner_sub=caller.sub) | Q(alias__in=aliases))


def find_job(caller: Caller, job_id: str) -> Job:
    """A job by its id. Raises JobNotFound, also for one that the caller may not see."""
    try:
        number = uuid.UUID(job_id)
    except ValueError:
        raise _no_job() from None
    job = visible_to(caller).filter(pk=number).first()
    if job is None:
        raise _no_job()
    return job


def running_of(caller: Caller) -> int:
    """How many jobs of one person are under way."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING_OF, [caller.sub, *ACTIVE])
        (count,) = cursor.fetchone()
    return int(count)


def may_control(caller: Caller, job: Job) -> bool:
    """Whether somebody may pause, cancel or undo a job: its owner, and superuser groups."""
    return caller.sub == job.owner_sub or not caller.groups.isdisjoint(registry().superuser_groups)


def can_be_undone(job: Job) -> bool:
    """Whether a job has written something that can be taken back as a whole, if history is kept."""
    writes_items = job.kind != "export" and is_known(job)
    if not writes_items or job.phase != "write" or job.state in ACTIVE or job.state == "paused":
        return False
    return job.totals["done"] > 0 and not job.undone_by.exclude(state="cancelled").exists()


def is_anybody_working(job: Job | None = None) -> bool:
    """Whether a worker lives, of a release that can go on with the job. Without one, it waits."""
    living = Worker.objects.filter(seen__gt=timezone.now() - WORKER_SILENCE)
    least = 1 if job is None else job.spec_version
    return living.filter(spec_version__gte=least).exists()


def waits_for(job: Job) -> Waiting | None:
    """What a job waits for on which nobody works though it is under way; None: for nothing."""
    if job.state not in ACTIVE:
        return None
    if not is_anybody_working(job):
        return "release" if is_anybody_working() else "worker"
    now = timezone.now()
    held = JobPart.objects.filter(finished=False, until__gt=now)
    owners = [*held.filter(job=job, phase=job.phase).values_list("owner", flat=True)]
    if any(owners):
        return None
    if owners:
        return "retry"
    if rests(job, now):
        return "pace"
    return "turn" if held.exclude(owner="").exists() else None


def progress(job: Job) -> Progress:
    """How far a job is. What is asked twice of one object is answered as the first time."""
    totals = job.totals
    counts = {name: int(totals[name]) for name in COUNTERS}
    expected = job.estimate.get("items")
    fraction = seconds = None
    if job.state in ("finished", "ready"):
        fraction = 1.0
    elif expected:
        fraction = min(counts["scanned"] / expected, 0.99)
    if expected and not job.is_ended and job.state != "ready":
        left = max(expected - counts["scanned"], 0)
        seconds = _at_its_pace(job, left) if _is_paced(job) else _seconds_left(job, left)
    read, write = totals["read_units"], totals["write_units"]
    return Progress(
        counts, read, write, money_of(read=read, write=write), expected, fraction, seconds
    )


def reported_at(job: Job, caller: Caller) -> Target:
    """The table whose items a report names, for somebody who may view all that it tells of.

    Raises TableNotFound.
    """
    find_target(registry().get(job.alias), caller, "view")
    return find_target(registry().get(job.written_alias), caller, "view")


def report_rows(
    job: Job, target: Target, *outcomes: Outcome, phase: str = ""
) -> Iterator[ReportRow]:
    """The report of a job for a reader of its table, in the order of its parts; nothing is held.

    All rows, or those with one of these outcomes. `phase` is the present one unless told. Of an
    export there are none: what it keeps in their place are names of its files.
    """
    if job.kind == "export":
        return
    source = find_target(registry().get(job.alias), target.caller, "view")
    rows = rows_with(job, outcomes, phase=phase)
    while few := [*islice(rows, _LOOKED_UP)]:
        changes = changes_by_others(target, few)
        for row in few:
            if row.origin and not row.key:
                told = row._replace(key=row.origin).told
                yield replace(ReportRow(_seen_key(row.origin, source), *told), is_uncopied=True)
            else:
                told_row = ReportRow(_seen_key(row.key, target), *row.told)
                yield replace(told_row, changed=changes.get(row.key))


def _seen_key(token: str, target: Target) -> Seen | None:
    if not token:
        return None
    try:
        return target.sight.see(decode_token(token, target.description))
    except TablesError:
        return None  # the table has other keys now


def _seconds_left(job: Job, items: int) -> int | None:
    """What is left at the pace of the last chunks, over the parts that are worked on at once."""
    parts = [part for part in job.parts.filter(phase=job.phase, finished=False) if part.recent]
    speed = sum(
        statistics.median(read / max(seconds, 0.001) for seconds, read in part.recent)
        for part in parts
    )
    return round(items / speed) if speed else None


def _is_paced(job: Job) -> bool:
    return job.pace is not None and job.phase == "write"


def _at_its_pace(job: Job, items: int) -> int | None:
    """What is left under a pace, or longer where the table is slower: by the units that items took
    so far, before that by those that the check foretold.
    """
    totals, foretold = job.totals, job.estimate
    units = None
    if totals["scanned"]:
        units = totals["write_units"] / totals["scanned"]
    elif foretold.get("items") and foretold.get("write_units") is not None:
        units = foretold["write_units"] / foretold["items"]
    measured = _seconds_left(job, items)
    if units is None or not job.pace:
        return measured
    return max(math.ceil(items * units / job.pace), measured or 0)


def _no_job() -> JobNotFound:
    return JobNotFound("No job has that id.")
