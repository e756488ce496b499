"""Undo of a job: another job, which takes back what the first one wrote."""

from __future__ import annotations

from dataclasses import replace

from tables.access.callers import Caller
from tables.core.errors import JobConflict
from tables.core.job_states import ACTIVE
from tables.jobs.kinds import KINDS
from tables.jobs.orders import PLAINLY, How, start
from tables.models import Job


def can_be_undone(job: Job) -> bool:
    """Whether a job has written something that can be taken back as a whole, if history is kept."""
    if job.phase != "write" or job.state in ACTIVE or job.state == "paused":
        return False
    return job.totals["done"] > 0 and not job.undone_by.exclude(state="cancelled").exists()


def undo_job(job: Job, caller: Caller, how: How = PLAINLY) -> Job:
    """Start the undo of a job that has ended. Raises JobConflict, NotFound where no history is
    kept, Forbidden.
    """
    if not can_be_undone(job):
        raise JobConflict("There is nothing of this job to undo, or it was undone already.")
    alias = KINDS[job.kind].writes_to(job.spec) or job.alias
    return start(caller, "undo", alias, {"job": str(job.pk)}, replace(how, of=job))[0]
