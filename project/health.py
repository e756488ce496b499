"""Say whether the process is alive, and whether it can reach DynamoDB.

Load balancers ask by address and over plain HTTP, so both answers come before anything looks at
the host, a session or the database.
"""

import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from tables.configuration import registry
from tables.core.errors import TablesError
from tables.dynamodb.client import call

# Anyone may ask: however often they do, DynamoDB is asked once in this time.
KEPT_SECONDS = 5


class Readiness:
    """The last answer of DynamoDB. One thread renews it; the others take it as it is."""

    def __init__(self) -> None:
        self._renewing = threading.Lock()
        self._asked_at = -float("inf")
        self._reachable = False

    def is_reachable(self) -> bool:
        due = time.monotonic() - self._asked_at >= KEPT_SECONDS
        if due and self._renewing.acquire(blocking=False):
            try:
                self._reachable = _answers()
                self._asked_at = time.monotonic()
            finally:
                self._renewing.release()
        return self._reachable


def health_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    readiness = Readiness()

    def middleware(request: HttpRequest) -> HttpResponse:
        page = request.path_info.rstrip("/")
        if page not in ("/healthz", "/readyz"):
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if page == "/healthz" or readiness.is_reachable():
            return _plain("ok\n", 200)
        return _plain("DynamoDB can't be reached.\n", 503)

    return middleware


def _answers() -> bool:
    """Whether DynamoDB describes the first table of the alias map, or says that it is missing."""
    first = next(iter(registry().tables.values()), None)
    try:
        call("DescribeTable", TableName=first.table if first else settings.STATE_TABLE)
    except TablesError as error:
        return error.aws_code == "ResourceNotFoundException"
    return True


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        status=status,
        headers={"Cache-Control": "no-store", "Content-Length": str(len(text))},
    )
