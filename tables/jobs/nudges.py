"""Tasks that say "somebody may work on this job now". One that is lost or comes twice is no harm.

No task engine is trusted with more: what is to be done stands in the job's own rows, and the sweep
nudges again.
"""

from __future__ import annotations

import structlog
from django.db import DatabaseError

from tables.records.jobs.models import Job
from tables.task_engine import task

log = structlog.get_logger(__name__)


@task()
def work_on(job_id: str) -> None:
    """Work on free parts of a job for a while."""


def nudge(job: Job) -> None:
    """Ask for a worker; where the engine can't be asked, the sweep does it later."""
    try:
        work_on.enqueue(str(job.pk))
    except DatabaseError as error:
        log.warning("job_not_nudged", job=str(job.pk), reason=type(error).__name__)
