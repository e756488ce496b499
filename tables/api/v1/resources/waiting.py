"""Jobs that stand in for an answer: kept under the request's key, and waited for a while."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.utils.datastructures import CaseInsensitiveMapping
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from tables.access.callers import Caller
from tables.access.limits.streams import room_to_stream
from tables.api.bodies import media_type
from tables.core.job_states import ACTIVE
from tables.jobs.finding import is_anybody_working
from tables.jobs.orders import Keyed
from tables.records.idempotency.keyed_requests import HEADER, KeyedRequest, keyed_request
from tables.records.jobs.models import Job

_LOOK_SECONDS = 0.2


def keyed_order(request: Request, caller: Caller, body: bytes) -> Keyed | None:
    """The Idempotency-Key of a request that orders a job, and what it is for.

    `body` is the request's, or a digest of it. Raises InvalidRequest.
    """
    headers: Mapping[str, str] = request.headers
    if HEADER not in headers:
        return None
    # Each sending of the same form has another boundary.
    headers = CaseInsensitiveMapping({**headers, "Content-Type": media_type(request)})
    url = request.build_absolute_uri()
    return keyed_of(keyed_request(caller.sub, request.method or "", url, headers, body))


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
            while time.monotonic() < until and is_anybody_working(job):
                job.refresh_from_db(fields=["state"])
                if job.state not in ACTIVE:
                    break
                time.sleep(_LOOK_SECONDS)
    except Throttled:
        return False
    return job.state == "finished"
