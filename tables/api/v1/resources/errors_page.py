"""The page that explains every error code: where a problem's `type` leads."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed

from tables.access.log_fields import request_id
from tables.api.v1.media_types import PROBLEM
from tables.api.v1.responses.problems import KINDS, ProblemDetails, status_of
from tables.core.errors import IdempotencyConflict, TablesError
from tables.core.values import dumps

# Error code -> what the reader of a problem can do about it.
ADVICE = {
    "conflict": "Read the item again and decide whether the change still makes sense.",
    "forbidden": "Ask whoever runs this site for the right; the table's URL lists those you have.",
    "idempotency_conflict": (
        "409: the first request is still running, so wait as Retry-After says and send the same "
        "request again. 422: the key belongs to another request; use a new key for each."
    ),
    "internal_error": "Not your fault. Tell whoever runs this site the request_id.",
    "invalid_cursor": "Start again from the first page, and follow next as it stands.",
    "invalid_expression": "Mend the filter, path or projection that the detail names.",
    "invalid_request": "Mend what the detail names; errors points into the body.",
    "invalid_value": "Mend the values that errors points at.",
    "item_exists": "Choose another key, or PUT to the item's URL to replace it.",
    "item_not_found": "Check the key: a token in a URL has exactly one spelling.",
    "job_conflict": "Read the job again: its state says what can be done with it.",
    "job_not_found": "Follow the Location that its order was answered with.",
    "method_not_allowed": "Use a method that Allow lists.",
    "not_acceptable": "Ask for a media type that the detail lists, with Accept or format.",
    "not_found": "Check the URL against the API's schema.",
    "patch_conflict": "Read the item again and make a patch that fits it.",
    "precondition_failed": (
        "Someone changed the item first. Read it again (the answer's ETag is its present state), "
        "apply your change to that and send it with the new tag."
    ),
    "precondition_required": "Read the item and send its ETag as If-Match.",
    "storage_full": "Wait as Retry-After says, then send the file again.",
    "table_not_found": "Use an alias that the list of tables names.",
    "throttled": "Wait as Retry-After says, then send the same request again.",
    "too_large": "Send less: an item has at most 400 KB, a body 4 MB.",
    "too_many_requests": "Wait as Retry-After says; RateLimit tells what is left.",
    "history_broken": "Whoever runs the service can see what is wrong with the history.",
    "undo_conflict": "`conflicts` says what stands there now: write what you want yourself.",
    "transaction_conflict": "Send the same request again after a moment.",
    "unauthorized": "Send a valid Cognito ID token as Authorization: Bearer.",
    "unavailable": "Wait as Retry-After says, then send the same request again.",
    "unsupported_media_type": "Send a media type that Accept-Post or Accept-Patch lists.",
    "upstream_refused": "Not your fault. Tell whoever runs this site the request_id.",
    "write_in_doubt": (
        "Read the item to see whether the write was made, then decide. With an Idempotency-Key, "
        "send the same request again: it takes effect once."
    ),
}


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One code: its title, the statuses it comes with, what it means, what to do about it."""

    code: str
    title: str
    statuses: tuple[int, ...]
    meaning: str

    @property
    def advice(self) -> str:
        return ADVICE[self.code]


@method_decorator(csrf_exempt, name="dispatch")  # it writes nothing, and says 405 in JSON
class ErrorsPage(View):
    """Every error code, each under its own anchor."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/errors.html", {"entries": error_entries()})

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        kind = KINDS[MethodNotAllowed]
        problem = ProblemDetails(kind.status, kind.code, kind.title, "This page is only read.")
        body = dumps(problem.document(request.path, request_id()))
        answer = HttpResponse(body, content_type=PROBLEM, status=kind.status)
        answer["Allow"] = "GET, HEAD, OPTIONS"
        return answer


def error_entries() -> list[ErrorEntry]:
    """One entry for each code that a problem can carry, by code."""
    entries = {entry.code: entry for entry in [*_of_http(), *_of_the_tree(TablesError)]}
    return [entries[code] for code in sorted(entries)]


def _of_http() -> Iterator[ErrorEntry]:
    for kind in KINDS.values():
        yield ErrorEntry(kind.code, kind.title, (kind.status,), kind.meaning)


def _of_the_tree(error: type[TablesError]) -> Iterator[ErrorEntry]:
    statuses = (409, 422) if error is IdempotencyConflict else (status_of(error),)
    meaning = inspect.cleandoc(error.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    yield ErrorEntry(error.code, error.title, statuses, meaning)
    for narrower in error.__subclasses__():
        yield from _of_the_tree(narrower)
