"""Undo of a job: another job, which takes back what the first one wrote."""

from __future__ import annotations

from tables.access.callers import Caller
from tables.jobs.kinds import KINDS
from tables.jobs.orders import PLAINLY, How, start
from tables.models import Job


def undo_job(job: Job, caller: Caller, how: How = PLAINLY) -> Job:
    """Start the undo of a job that has ended. Raises JobConflict, NotFound where no history is
    kept, Forbidden.
    """
    alias = KINDS[job.kind].writes_to(job.spec) or job.alias
    return start(caller, "undo", alias, {"job": str(job.pk)}, how)[0]
