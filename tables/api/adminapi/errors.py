"""Failures in this door's words: the envelopes and the `error` object that its clients read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework import exceptions

from tables.access.log_fields import request_id
from tables.api.responses import JSON, answer_response
from tables.core.audit import timestamp
from tables.core.errors import (
    Conflict,
    Forbidden,
    IdempotencyConflict,
    InvalidRequest,
    ItemNotFound,
    NotFound,
    PreconditionFailed,
    TableNotFound,
    TablesError,
    Throttled,
    TooLarge,
    TransactionConflict,
    Unavailable,
    WriteInDoubt,
)
from tables.core.values import dumps
from tables.records.idempotency.kept_answers import Answer

ITEM_NOT_FOUND = b'{"success":false,"error":"Item not found."}'
UNAUTHORIZED = b'{"success":false,"message":"Unauthorized"}'
FORBIDDEN = b'{"success":false,"message":"Forbidden"}'
NO_SUCH_TABLE = (
    "No table that you may view has the alias in the parameter table. Aliases are not the names "
    "of tables, and upper and lower case differ."
)

# Failures of HTTP itself; every other one is 400 to this door's clients.
HTTP_STATUSES = frozenset({401, 403, 405, 413, 415, 429, 500, 503})

# `code` where DynamoDB gave none: its own name for such a failure, or one like it. The first row
# that fits is taken.
CODES: tuple[tuple[type[Exception], str], ...] = (
    (TooLarge, "RequestTooLargeException"),
    (InvalidRequest, "ValidationException"),
    (NotFound, "ResourceNotFoundException"),
    (PreconditionFailed, "ConditionalCheckFailedException"),
    (TransactionConflict, "TransactionConflictException"),
    (IdempotencyConflict, "IdempotencyConflictException"),
    (Conflict, "ConflictException"),
    (Throttled, "ThrottlingException"),
    (WriteInDoubt, "WriteInDoubtException"),
    (Unavailable, "ServiceUnavailableException"),
    (Forbidden, "AccessDeniedException"),
    (TablesError, "InternalServerError"),
    (exceptions.Throttled, "ThrottlingException"),
    (exceptions.MethodNotAllowed, "MethodNotAllowedException"),
    (exceptions.UnsupportedMediaType, "UnsupportedMediaTypeException"),
    (exceptions.APIException, "ValidationException"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What an `error` object says, and the seconds after which a retry makes sense."""

    message: str
    code: str
    status: int
    retryable: bool = False
    retry_after: int | None = None
    request_id: str | None = None

    def error(self) -> dict[str, Any]:
        """The `error` object."""
        return {
            "message": self.message,
            "code": self.code,
            "time": timestamp(datetime.now(UTC)),
            "requestId": self.request_id or request_id(),
            "statusCode": self.status,
            "retryable": self.retryable,
        }

    def envelope(self) -> dict[str, Any]:
        """The whole body of a failed answer."""
        return {"success": False, "error": self.error()}

    def answer(self) -> Answer:
        headers = {"Content-Type": JSON}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return Answer(self.status, headers, dumps(self.envelope()))


def failure_of(error: TablesError) -> Failure:
    """One of our errors as this door tells it."""
    return Failure(
        message=NO_SUCH_TABLE if isinstance(error, TableNotFound) else error.message,
        code=_aws_name(error.aws_code) or _code(error),
        status=_status(error),
        retryable=error.retryable,
        retry_after=error.retry_after,
        request_id=error.aws_request_id,
    )


def word(error: TablesError) -> Answer:
    """One of our errors as an answer."""
    if isinstance(error, Forbidden):
        return Answer(403, {"Content-Type": JSON}, FORBIDDEN)
    if isinstance(error, ItemNotFound):
        return Answer(404, {"Content-Type": JSON}, ITEM_NOT_FOUND)
    return failure_of(error).answer()


def respond(error: Exception, _context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler of this door; None leaves our own mistakes to Django's handler."""
    answer = _answer(error)
    return None if answer is None else answer_response(answer)


def _answer(error: Exception) -> Answer | None:
    if isinstance(error, TablesError):
        return word(error)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers = {"Content-Type": JSON, "WWW-Authenticate": "Bearer"}
        return Answer(401, headers, UNAUTHORIZED)
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return Answer(403, {"Content-Type": JSON}, FORBIDDEN)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error).answer()
    # The CSRF check of a session reads forms, and may fail at it.
    if isinstance(error, RequestDataTooBig):
        return word(TooLarge("The body is too large."))
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return word(InvalidRequest("The body can't be read."))
    return None


def _of_framework(error: exceptions.APIException) -> Failure:
    wait = getattr(error, "wait", None)
    return Failure(
        message=str(error.detail),
        code=_code(error),
        status=error.status_code if error.status_code in HTTP_STATUSES else 400,
        retryable=isinstance(error, exceptions.Throttled),
        retry_after=math.ceil(wait) if wait is not None else None,
    )


def _status(error: TablesError) -> int:
    if isinstance(error, IdempotencyConflict):
        return 422 if error.mismatch else 409
    return error.status if error.status in HTTP_STATUSES else 400


def _aws_name(code: str | None) -> str:
    """DynamoDB's name for a failure, "" for the bare status that botocore takes for one."""
    return code if code and not code.isdigit() else ""


def _code(error: Exception) -> str:
    return next(code for kind, code in CODES if isinstance(error, kind))
