"""Releases side by side: which jobs of the database this one can go on with.

All that is kept of a job counts: its order, its cursors, its intents, rows of its check, its files.
Raise `NEWEST` when a release before would misread any of it, and read the old next to the new:
jobs are on their way while a site is upgraded (`tests/jobs/test_releases.py` keeps some). A column
that is added has its default in the database: workers of the release before write rows without it.
"""

from __future__ import annotations

from tables.core.errors import JobConflict
from tables.records.jobs.models import Job

NEWEST = 1


def is_known(job: Job) -> bool:
    """Whether this release can read what is kept of a job: it is not of a newer one."""
    return job.spec_version <= NEWEST


def require_known(job: Job) -> None:
    """Raise JobConflict for a job that only a newer release can go on with."""
    if not is_known(job):
        raise JobConflict(
            "A newer release has worked on this job: only that one can go on with it."
        )


def keep_as_ours(job: Job) -> None:
    """Let workers of a release before leave a locked job alone: what is kept of it is ours now."""
    if job.spec_version < NEWEST:
        job.spec_version = NEWEST
        job.save(update_fields=["spec_version"])
