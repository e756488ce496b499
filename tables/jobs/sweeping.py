"""What nobody else sees to: parts that wait for a worker, checks that are a day old, retention.

The sweep is why a lost task is no harm. Every worker does it each second; where workers are others'
(another backend of the Tasks API), `manage.py sweep_jobs` does it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tables.core.errors import TablesError
from tables.core.job_states import ACTIVE, ENDED
from tables.jobs.files import remove_files, remove_read_files, tidy_uploads
from tables.jobs.nudges import nudge
from tables.jobs.orders import READY_LIFE
from tables.jobs.parts import free_parts, rests
from tables.jobs.states import locked, move, settle
from tables.models import Job, Worker
from tables.records.jobs import versions
from tables.records.jobs.sums import remove

log = structlog.get_logger(__name__)

# A job whose order is so young has its own nudge on the way.
_FIRST_NUDGE = timedelta(seconds=2)
_TASKS_KEPT = timedelta(days=1)
# A task that runs longer has a dead worker: a slice takes seconds.
_TASKS_RUN = timedelta(hours=1)
_WORKERS_KEPT = timedelta(hours=1)
# Files of jobs that ended longer ago are gone already, or go with their job.
_FILES_LOOKED_AT = timedelta(days=1)


def sweep() -> int:
    """Wake workers for what waits, and stop what is to stop; how many nudges that took."""
    nudged = 0
    # Those of a newer release are woken by its own workers.
    for job in Job.objects.filter(state__in=ACTIVE, spec_version__lte=versions.NEWEST):
        if job.wanted != "run":
            with transaction.atomic():
                settle(locked(job))
        for _ in range(_waiting(job) - _asked(job)):
            nudge(job)
            nudged += 1
    return nudged


def tidy() -> None:
    """End what is too old: checks of yesterday, jobs past their days, tasks that were done."""
    now = timezone.now()
    with transaction.atomic():
        old = Job.objects.select_for_update().filter(state="ready", ended__lt=now - READY_LIFE)
        for job in old:
            move(job, "expire")
    for job in Job.objects.filter(expires__lt=now).exclude(state__in=ACTIVE):
        _remove(job)
    _tidy_files(now - _FILES_LOOKED_AT)
    DBTaskResult.objects.filter(finished_at__lt=now - _TASKS_KEPT).delete()
    DBTaskResult.objects.filter(status="RUNNING", started_at__lt=now - _TASKS_RUN).delete()
    Worker.objects.filter(seen__lt=now - _WORKERS_KEPT).delete()


def _tidy_files(since: datetime) -> None:
    """Remove what imports and batches have read that ended since then, and old uploads."""
    ended = Job.objects.filter(kind__in=("import", "batch"), state__in=ENDED, ended__gt=since)
    try:
        for job in ended:
            remove_read_files(job)
        tidy_uploads()
    except TablesError as error:
        log.warning("uploads_not_tidied", reason=error.code)


def _remove(job: Job) -> None:
    """Remove a job and its files; where those can't be removed, both are tried again later."""
    try:
        remove_files(job)
    except TablesError as error:
        log.warning("job_not_removed", job=str(job.pk), reason=error.code)
        return
    if remove(job):
        log.info("job_removed", job=str(job.pk), kind=job.kind)


def _waiting(job: Job) -> int:
    """How many of a job's parts a worker could take now, of one that has none yet one."""
    now = timezone.now()
    if rests(job, now):
        return 0
    if job.wanted != "run":
        return free_parts(job, now).count() if job.wanted == "cancel" else 0
    mine = job.parts.filter(phase=job.phase)
    if not mine.exists():
        return int(job.created < now - _FIRST_NUDGE)
    if not mine.filter(finished=False).exists():
        return 1  # it only has to come to its end
    return free_parts(job, now).count()


def _asked(job: Job) -> int:
    """How many nudges of a job wait in the database's own queue; another's can't be looked into."""
    waiting = DBTaskResult.objects.filter(
        status="READY", args_kwargs={"args": [str(job.pk)], "kwargs": {}}
    )
    return waiting.count()
