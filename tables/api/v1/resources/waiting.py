"""Jobs that stand in for an answer: kept under the request's key, and waited for a while."""

from __future__ import annotations

import time

from rest_framework.exceptions import Throttled

from tables.access.callers import Caller
from tables.access.limits.streams import room_to_stream
from tables.core.job_states import ACTIVE
from tables.jobs.finding import is_anybody_working
from tables.jobs.orders import Keyed
from tables.records.idempotency.keyed_requests import KeyedRequest
from tables.records.jobs.models import Job

_LOOK_SECONDS = 0.2


def keyed_of(request: KeyedRequest | None) -> Keyed | None:
    """The Idempotency-Key of a request as jobs know it."""
    if request is None:
        return None
    return Keyed(request.record_id.partition("#")[2], request.fingerprint)


def has_ended(job: Job, caller: Caller, seconds: float) -> bool:
    """Whether a job finishes within so many seconds, which holds a thread as a long answer does.

    Without room for one, or without a worker, nobody waits.
    """
    if not seconds:
        return False
    until = time.monotonic() + seconds
    try:
        with room_to_stream(caller):
            while time.monotonic() < until and is_anybody_working():
                job.refresh_from_db(fields=["state"])
                if job.state not in ACTIVE:
                    break
                time.sleep(_LOOK_SECONDS)
    except Throttled:
        return False
    return job.state == "finished"
