"""The state of a job, moved under its lock: by what people want and by what its parts are."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from tables.core.job_states import ACTIVE, Event, after, can
from tables.records.jobs.models import Job, JobOwner, JobPart

log = structlog.get_logger(__name__)

_STOPS: Mapping[str, Event] = {"pause": "pause", "cancel": "cancel"}


def locked(job: Job) -> Job:
    """The job as it is now, held until the transaction ends: one at a time moves its state."""
    return Job.objects.select_for_update().get(pk=job.pk)


def hold(sub: str = "") -> None:
    """Let nobody else count what is a person's until the transaction ends; without a name, what is
    everybody's.
    """
    JobOwner.objects.get_or_create(sub=sub)
    JobOwner.objects.select_for_update().get(sub=sub)


def settle(job: Job) -> None:
    """Stop a locked job that somebody wants to stop, as soon as no worker holds a part of it.

    Before it is cancelled, a worker must have told what became of chunks that were begun.
    """
    event = _STOPS.get(job.wanted)
    if event is None or not can(job.state, event) or _is_held(job):
        return
    if event == "cancel" and begun_parts(job).exists():
        if job.state == "paused":
            move(job, "go on")
        return
    move(job, event)


def begun_parts(job: Job) -> QuerySet[JobPart]:
    """Parts whose chunk may be written in part: nobody has told yet what became of its items."""
    return job.parts.filter(phase=job.phase, finished=False).exclude(intents=None)


def fail(job: Job, reason: str) -> None:
    """Stop a locked job, which can't go on, for a reason in words."""
    job.failure = reason
    move(job, "fail")


def move(job: Job, event: Event) -> None:
    """Let an event happen to a locked job. Raises JobConflict."""
    job.state = after(job.state, event, job.phase)
    if job.state not in ACTIVE and job.state != "paused":
        job.ended = timezone.now()
    job.save()
    log.info("job_moved", job=str(job.pk), kind=job.kind, alias=job.alias, state=job.state)


def is_through(job: Job) -> bool:
    """Whether the parts of its phase were cut, and all are finished."""
    ends = list(job.parts.filter(phase=job.phase).values_list("finished", flat=True))
    return bool(ends) and all(ends)


def _is_held(job: Job) -> bool:
    held = job.parts.filter(finished=False, until__gt=timezone.now())
    return held.exclude(owner="").exists()
