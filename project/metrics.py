"""Count requests, DynamoDB calls and refusals for Prometheus, over all workers of this machine.

Numbers of jobs stand beside them, for all machines: see project/job_metrics.py.

The page is there with METRICS=true only, and only for who asks this process directly: what came
through a proxy has an X-Forwarded-For, and is told that nothing is there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from project.doors import place_of
from project.job_metrics import JobNumbers
from tables.access.limits.rates import allowance_of
from tables.access.log_fields import bound
from tables.configuration import registry
from tables.core.errors import TablesError, Throttled
from tables.dynamodb.client import called

PATH = "/metrics"
# gunicorn.conf.py names a folder here, where each worker counts into files of its own.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "dynadmin_requests_total", "Requests answered.", ["door", "method", "status", "alias"]
)
LATENCY = Histogram(
    "dynadmin_request_seconds", "Seconds until an answer began.", ["door"], buckets=_SECONDS
)
REFUSED = Counter(
    "dynadmin_rate_limited_total", "Requests refused with 429 by our own rates.", ["scope", "alias"]
)
CALLS = Counter(
    "dynadmin_dynamodb_calls_total", "DynamoDB calls.", ["operation", "alias", "outcome"]
)
CALL_LATENCY = Histogram(
    "dynadmin_dynamodb_call_seconds",
    "Seconds of a DynamoDB call, retries included.",
    ["operation"],
    buckets=_SECONDS,
)
CAPACITY = Counter(
    "dynadmin_dynamodb_capacity_units_total",
    "Capacity units consumed, as far as DynamoDB said.",
    ["operation", "alias"],
)
THROTTLES = Counter(
    "dynadmin_dynamodb_throttles_total",
    "Calls that DynamoDB throttled until the retries were used up.",
    ["operation", "alias"],
)
JOBS = JobNumbers()
REGISTRY.register(JOBS)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def metrics_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Count every request, and answer the metrics page."""
    if not settings.METRICS:
        raise MiddlewareNotUsed
    called.connect(note_call)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.rstrip("/") == PATH and "HTTP_X_FORWARDED_FOR" not in request.META:
            return _page(request)
        started = time.perf_counter()
        answer = get_response(request)
        _note_request(request, answer, time.perf_counter() - started)
        return answer

    return middleware


def note_call(
    *,
    operation: str,
    table: str | None,
    milliseconds: float,
    capacity: float,
    error: TablesError | None,
    **_: Any,
) -> None:
    """Receiver of `called`: one DynamoDB call that ended."""
    alias = _alias_of_table(table)
    CALLS.labels(operation, alias, "done" if error is None else error.code).inc()
    CALL_LATENCY.labels(operation).observe(milliseconds / 1000)
    if capacity:
        CAPACITY.labels(operation, alias).inc(capacity)
    if isinstance(error, Throttled):
        THROTTLES.labels(operation, alias).inc()


def _page(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    text = encode(_all_workers())
    return HttpResponse(text, content_type=content_type, headers={"Cache-Control": "no-store"})


def _all_workers() -> CollectorRegistry:
    if not os.environ.get(SHARED_FOLDER):
        return REGISTRY
    workers = CollectorRegistry()
    workers.register(JOBS)
    MultiProcessCollector(workers)  # type: ignore[no-untyped-call] # the package's own signature
    return workers


def _note_request(request: HttpRequest, answer: HttpResponseBase, seconds: float) -> None:
    door = place_of(request)
    method = request.method if request.method in _METHODS else "other"
    alias = _alias_of(request)
    REQUESTS.labels(door, method, answer.status_code, alias).inc()
    LATENCY.labels(door).observe(seconds)
    if answer.status_code == 429:
        allowance = allowance_of(request)
        REFUSED.labels(allowance.scope if allowance else "scan slots", alias).inc()


def _alias_of(request: HttpRequest) -> str:
    """The alias that a request was about, "" where it was about none of ours."""
    match = request.resolver_match
    return _bound_alias() or _known(match.kwargs.get("alias") if match else None)


def _bound_alias() -> str:
    return _known(bound().get("alias"))


def _known(alias: object) -> str:
    return alias if isinstance(alias, str) and alias in registry().tables else ""


def _alias_of_table(table: str | None) -> str:
    """The alias to which a call counts: that of the request, where it is the table's.

    A transaction names no table of its own and counts to the request; the state table's calls
    have no alias.
    """
    bound = _bound_alias()
    if table is None:
        return bound
    if bound and registry().tables[bound].table == table:
        return bound
    aliases = (alias for alias, known in registry().tables.items() if known.table == table)
    return next(aliases, "")
