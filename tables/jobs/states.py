"""The state of a job, moved under its lock: by what people want and by what its parts are."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.utils import timezone

from tables.core.job_states import ACTIVE, Event, after, can
from tables.records.jobs.models import Job

log = structlog.get_logger(__name__)

_STOPS: Mapping[str, Event] = {"pause": "pause", "cancel": "cancel"}


def locked(job: Job) -> Job:
    """The job as it is now, held until the transaction ends: one at a time moves its state."""
    return Job.objects.select_for_update().get(pk=job.pk)


def settle(job: Job) -> None:
    """Move a locked job to the state that it has come to.

    What somebody wants to stop has stopped when no worker holds a part of it; what has no part
    left has finished.
    """
    if _is_held(job):
        return
    event = _STOPS.get(job.wanted)
    if event is None and job.state in ACTIVE and _is_through(job):
        event = "finish"
    if event is not None and can(job.state, event):
        move(job, event)


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


def _is_held(job: Job) -> bool:
    return job.parts.filter(finished=False, until__gt=timezone.now()).exists()


def _is_through(job: Job) -> bool:
    """Whether its parts were cut, and all are finished."""
    ends = list(job.parts.filter(phase=job.phase).values_list("finished", flat=True))
    return bool(ends) and all(ends)
