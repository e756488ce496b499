"""Problem details: every error of v1 as RFC 9457 words it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request

from tables.access.limits.rates import wait_of
from tables.api.v1.responses.history import conflicts_document
from tables.core.errors import IdempotencyConflict, InvalidValue, TablesError, UndoConflict

ERRORS_PAGE = "/api/docs/errors"


class PreconditionRequired(exceptions.APIException):
    """The table takes no unconditional change: send If-Match with the item's ETag."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = (
        "This table takes no unconditional change: read the item and send its ETag as If-Match."
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """What HTTP itself can refuse: the code that clients branch on, and what it means.

    `detail` is said to the client where the exception has no better words.
    """

    code: str
    title: str
    status: int
    meaning: str
    detail: str = ""


_INVALID = Kind("invalid_request", "Invalid request", 400, "The request can't be read.")
_NO_CALLER = Kind(
    "unauthorized",
    "Unauthorized",
    401,
    "Nobody is signed in, or the token is not valid, or no longer.",
    "Send a Cognito ID token as Authorization: Bearer, or sign in.",
)
_FORBIDDEN = Kind("forbidden", "Forbidden", 403, "The caller is known and may not do this.")
_NOT_FOUND = Kind(
    "not_found", "Not found", 404, "Nothing answers to that name.", "Nothing answers to this URL."
)
# The exception, DRF's or Django's -> how v1 words it.
KINDS: dict[type[Exception], Kind] = {
    exceptions.ParseError: _INVALID,
    exceptions.NotAuthenticated: _NO_CALLER,
    exceptions.AuthenticationFailed: replace(
        _NO_CALLER, detail="The token is not valid, or no longer. Sign in for a new one."
    ),
    exceptions.PermissionDenied: _FORBIDDEN,
    exceptions.NotFound: _NOT_FOUND,
    Http404: _NOT_FOUND,
    exceptions.MethodNotAllowed: Kind(
        "method_not_allowed", "Method not allowed", 405, "The resource does not do this."
    ),
    exceptions.NotAcceptable: Kind(
        "not_acceptable", "Not acceptable", 406, "The resource has no such representation."
    ),
    exceptions.UnsupportedMediaType: Kind(
        "unsupported_media_type",
        "Unsupported media type",
        415,
        "The body is of a media type or encoding that is not read here.",
    ),
    PreconditionRequired: Kind(
        "precondition_required",
        "Precondition required",
        428,
        "The table takes no unconditional change.",
    ),
    exceptions.Throttled: Kind(
        "too_many_requests", "Too many requests", 429, "The caller's rate is used up."
    ),
}


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """One error, worded: what goes into the body, the status line and the headers."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[dict[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    conflicts: tuple[dict[str, Any], ...] = ()

    def document(self, instance: str, request_id: str) -> dict[str, Any]:
        """The members of the problem document."""
        members: dict[str, Any] = {
            "type": f"{ERRORS_PAGE}#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
        }
        told = {"errors": list(self.errors), "conflicts": list(self.conflicts)}
        return members | {name: list_ for name, list_ in told.items() if list_}


def problem_of(error: Exception, request: Request) -> ProblemDetails | None:
    """How v1 words an error; None for one that nobody foresaw."""
    if isinstance(error, TablesError):
        return problem_of_ours(error)
    kind = next((KINDS[base] for base in type(error).__mro__ if base in KINDS), None)
    if kind is None:
        return None
    return ProblemDetails(
        kind.status, kind.code, kind.title, _detail(error, kind, request), headers=_headers(error)
    )


def status_of(error: type[TablesError]) -> int:
    """The status that v1 gives an error of our tree."""
    return 422 if issubclass(error, InvalidValue) else error.status


def problem_of_ours(error: TablesError) -> ProblemDetails:
    """How v1 words an error of the tree."""
    is_mismatch = isinstance(error, IdempotencyConflict) and error.mismatch
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return ProblemDetails(
        422 if is_mismatch else status_of(type(error)),
        error.code,
        error.title,
        error.message,
        tuple({"pointer": p.pointer, "detail": p.detail} for p in error.problems),
        headers,
        tuple(conflicts_document(error.contested)) if isinstance(error, UndoConflict) else (),
    )


def _detail(error: Exception, kind: Kind, request: Request) -> str:
    if isinstance(error, exceptions.MethodNotAllowed):
        return f"{request.method} is not what this resource does; see Allow."
    if isinstance(error, exceptions.NotAcceptable):
        renderers = error.available_renderers or []
        offered = ", ".join(f"{r.media_type} (format={r.format})" for r in renderers)
        return f"This resource comes as {offered}."
    if isinstance(error, exceptions.Throttled):
        return f"Too many requests: wait {wait_of(error)} s before the next."
    return kind.detail or str(getattr(error, "detail", "")) or f"{kind.title}."


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    challenge = getattr(error, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(wait_of(error))
    return headers
