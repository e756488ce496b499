"""Undo of a job: another job, which takes back what the first one wrote."""

from __future__ import annotations

from tables.access.callers import Caller
from tables.access.rights import can
from tables.configuration import registry
from tables.jobs.finding import can_be_undone, may_control
from tables.jobs.orders import PLAINLY, How, start
from tables.models import Job
from tables.records.history.entries import mode_of


def undo_alias(job: Job, caller: Caller) -> str | None:
    """The alias at which this caller may order the undo of a job; None where that can't be."""
    alias = job.written_alias
    table = registry().tables.get(alias)
    if table is None or mode_of(table) == "off" or not can(caller, "history", table):
        return None
    return alias if may_control(caller, job) and can_be_undone(job) else None


def undo_job(job: Job, caller: Caller, how: How = PLAINLY) -> Job:
    """Start the undo of a job that has ended. Raises JobConflict, NotFound where no history is
    kept, Forbidden.
    """
    return start(caller, "undo", job.written_alias, {"job": str(job.pk)}, how)[0]
