"""Tasks that say "somebody may work on this job now". One that is lost or comes twice is no harm.

No task engine is trusted with more: what is to be done stands in the job's own rows, and the sweep
nudges again.
"""

from __future__ import annotations

import secrets
import socket

import structlog
from django.db import Error

from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tables.task_engine import task

log = structlog.get_logger(__name__)

# This process as a worker; told to end by its signals.
HANDS = Hands(f"{socket.gethostname()[:40]}-{secrets.token_hex(8)}")


@task()
def work_on(job_id: str) -> None:
    """Work on free parts of a job for a while, then let other jobs have their turn."""
    if work_on_job(job_id, HANDS):
        work_on.enqueue(job_id)


def nudge(job: Job) -> None:
    """Ask for a worker; where the engine can't be asked, the sweep does it later."""
    try:
        work_on.enqueue(str(job.pk))
    except Error as error:
        log.warning("job_not_nudged", job=str(job.pk), reason=type(error).__name__)
