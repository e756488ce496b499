"""One log line for each request, and one for each write that DynamoDB did or refused."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, cast

import structlog
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from project.doors import place_of
from tables.access.callers import Caller
from tables.access.log_fields import begin, bind, bound
from tables.core.errors import TablesError
from tables.dynamodb.client import called

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
# Asked for by load balancers, by Prometheus and by every page: lines that nobody would read.
_QUIET = ("/healthz", "/readyz", "/metrics", f"/{settings.STATIC_URL.strip('/')}/")

log = structlog.get_logger(__name__)


class Spent:
    """What a request has cost so far."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.capacity = 0.0
        self.calls = 0


_spent: ContextVar[Spent | None] = ContextVar("spent", default=None)


class RequestLogMiddleware:
    """Outermost: whatever the answer is, it has an X-Request-ID and a line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identity = uuid.uuid4().hex
        begin(request_id=identity, door=place_of(request))
        spent = Spent()
        _spent.set(spent)
        answer = self._get_response(request)
        answer["X-Request-ID"] = identity
        if request.path_info.startswith(_QUIET):
            begin()
        elif isinstance(answer, StreamingHttpResponse):
            content = cast("Iterator[bytes]", answer.streaming_content)
            answer.streaming_content = _followed(content, request, answer, spent)
        else:
            _write_line(request, answer, spent)
        return answer


def _followed(
    content: Iterator[bytes], request: HttpRequest, answer: HttpResponseBase, spent: Spent
) -> Iterator[bytes]:
    """The content; the line comes when it has been sent, or when sending it broke off."""
    is_whole = False
    try:
        yield from content
        is_whole = True
    finally:
        if not is_whole:
            bind(broken_off=True)
        _write_line(request, answer, spent)


def _write_line(request: HttpRequest, answer: HttpResponseBase, spent: Spent) -> None:
    log.info(
        "request",
        method=request.method,
        path=request.path_info,
        door=place_of(request),
        status=answer.status_code,
        ms=round((time.perf_counter() - spent.started) * 1000, 1),
        capacity=round(spent.capacity, 1),
        calls=spent.calls,
        **_about(request),
    )
    begin()


def _about(request: HttpRequest) -> dict[str, str]:
    """Who, which table and which action, where no door has bound them."""
    about = {"caller": _caller(request)}
    match = request.resolver_match
    if match is not None:
        about["action"] = bound().get("action") or match.url_name or ""
        about["alias"] = bound().get("alias") or str(match.kwargs.get("alias", ""))
    return about


def _caller(request: HttpRequest) -> str:
    """The caller's sub, as long as somebody has asked for it: a log line asks no database."""
    user: Any = getattr(request, "user", None)
    if type(user) is Caller:  # isinstance would look into a lazy user, and so into the database
        return user.sub
    known = getattr(request, "_cached_user", None)
    return str(known.get_username()) if known is not None else ""


@receiver(called)
def _note_call(
    *, operation: str, table: str | None, capacity: float, error: TablesError | None, **_: Any
) -> None:
    spent = _spent.get()
    if spent is not None:
        spent.capacity += capacity
        spent.calls += 1
    if operation in WRITES:
        outcome = "done" if error is None else error.code
        log.info("write", operation=operation, table=table or "", outcome=outcome)
