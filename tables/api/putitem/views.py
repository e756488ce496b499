"""The endpoint of API version 2011-12-05: one POST, its operation named by `X-Amz-Target`."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from tables.access.authentication import BearerAuthentication, caller_of
from tables.access.callers import Caller
from tables.access.limits.rates import concurrent_scan, count_stranger, spend, wait_of
from tables.access.log_fields import bind, request_id
from tables.api.bodies import read_body
from tables.api.putitem import reads, updates, writes
from tables.api.putitem.signatures import SignatureAuthentication, SignatureFailed
from tables.core.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    PreconditionFailed,
    TableNotFound,
    TablesError,
    Throttled,
    TooLarge,
    Unavailable,
    WriteInDoubt,
)
from tables.core.strict_json import parse
from tables.core.values import dumps

CONTENT_TYPE = "application/x-amz-json-1.0"
TARGET_PREFIX = "DynamoDB_20111205."
ERROR_PREFIX = "com.amazonaws.dynamodb.v20111205#"
# For clients of any other version: their SDKs read what stands behind the `#`.
ANY_PREFIX = "com.amazon.coral.service#"
_VERSION = (
    "This address speaks DynamoDB's API version 2011-12-05 alone. Programs of today find the same "
    "tables under /api/v1/."
)
CONDITION_FAILED = "The conditional request failed"

Operation = Callable[[Mapping[str, Any], Caller], dict[str, Any]]


def refuse_table_operation(_members: Mapping[str, Any], _caller: Caller) -> dict[str, Any]:
    """CreateTable, UpdateTable, DeleteTable: never by this door."""
    raise Forbidden("Tables are made, changed and deleted with AWS's own tools.")


# Operation -> the function that does it, and the throttle scope it counts under.
OPERATIONS: dict[str, tuple[Operation, str]] = {
    "PutItem": (writes.put_item, "write"),
    "GetItem": (reads.get_item, "read"),
    "UpdateItem": (updates.update_item, "write"),
    "DeleteItem": (writes.delete_item, "write"),
    "BatchGetItem": (reads.batch_get_item, "read"),
    "BatchWriteItem": (writes.batch_write_item, "write"),
    "Query": (reads.query, "read"),
    "Scan": (reads.scan, "scan"),
    "ListTables": (reads.list_tables, "read"),
    "DescribeTable": (reads.describe_table, "read"),
    "CreateTable": (refuse_table_operation, "write"),
    "UpdateTable": (refuse_table_operation, "write"),
    "DeleteTable": (refuse_table_operation, "write"),
}
# Our error -> the name that clients of that time know; the first that fits.
ERROR_NAMES: tuple[tuple[type[TablesError], str], ...] = (
    (PreconditionFailed, "ConditionalCheckFailedException"),
    (TableNotFound, "ResourceNotFoundException"),
    (Forbidden, "AccessDeniedException"),
    (Throttled, "ProvisionedThroughputExceededException"),
    (WriteInDoubt, "ServiceUnavailableException"),
    (Unavailable, "InternalServerError"),
    (TooLarge, "ValidationException"),
    (InvalidRequest, "ValidationException"),
    (Conflict, "ValidationException"),
)


class UnreadableRequest(Exception):
    """The body is not what the protocol's serializer reads."""


class OtherVersion(Exception):
    """The target is of another API version, or of another service."""


class PutItemView(APIView):
    """Every operation, by POST. GET and the rest: 405."""

    authentication_classes = [BearerAuthentication, SignatureAuthentication]
    http_method_names = ["post"]
    schema = None  # one URL for every operation: OpenAPI can't say that

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Name the operation and read the body first: throttle and signature depend on them."""
        _require_this_version(request)
        self.body = read_body(request)
        self.operation_name = _operation_name(request)
        super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> HttpResponse:
        """Do what `X-Amz-Target` names."""
        if self.operation_name not in OPERATIONS:
            return error_answer(
                400, "UnknownOperationException", "The operation is not known here."
            )
        operation, scope = OPERATIONS[self.operation_name]
        members = _members(request, self.body)
        bind(action=self.operation_name)
        spend(request, scope)
        slot = concurrent_scan(caller_of(request)) if scope == "scan" else nullcontext()
        with slot:
            return _answer(200, operation(members, caller_of(request)))

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse | None]:
        """This door's own wording."""
        return handle_error


def handle_error(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to an error, in the form of API version 2011-12-05."""
    if isinstance(error, OtherVersion):
        return _answer(
            400, {"__type": f"{ANY_PREFIX}UnknownOperationException", "message": _VERSION}
        )
    if isinstance(error, SignatureFailed):
        error = _counted(error, context["request"])
    if isinstance(error, UnreadableRequest | exceptions.UnsupportedMediaType):
        return error_answer(400, "SerializationException", str(error))
    if isinstance(error, TablesError):
        return _domain_error(error)
    if isinstance(error, SignatureFailed):
        return error_answer(400, error.aws_code, str(error.detail))
    if isinstance(error, exceptions.Throttled):
        answer = error_answer(400, "ProvisionedThroughputExceededException", "Too many requests.")
        answer["Retry-After"] = str(wait_of(error))
        return answer
    if isinstance(error, exceptions.NotAuthenticated):
        missing = "Request is missing Authentication Token"
        return error_answer(400, "MissingAuthenticationTokenException", missing)
    if isinstance(error, exceptions.AuthenticationFailed):
        answer = error_answer(401, "UnrecognizedClientException", "The token is not valid.")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if isinstance(error, exceptions.APIException):
        return error_answer(error.status_code, "ValidationException", str(error.detail))
    return None


def _counted(error: SignatureFailed, request: Request) -> exceptions.APIException:
    """The failure, or the refusal of an address that fails too often."""
    try:
        count_stranger(request)
    except exceptions.Throttled as refusal:
        return refusal
    return error


def _require_this_version(request: Request) -> None:
    """Raise OtherVersion for a target that no operation of 2011-12-05 can have, whoever asks."""
    target = request.headers.get("X-Amz-Target", "")
    if target and not target.startswith(TARGET_PREFIX):
        raise OtherVersion


def _operation_name(request: Request) -> str:
    target = request.headers.get("X-Amz-Target", "")
    return target.removeprefix(TARGET_PREFIX) if target.startswith(TARGET_PREFIX) else ""


def _members(request: Request, body: bytes) -> dict[str, Any]:
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE:
        raise UnreadableRequest(f"The Content-Type must be {CONTENT_TYPE}.")
    try:
        # A key or an expectation nests four deep; nothing of that time nests deeper than eight.
        members = parse(body, max_depth=8)
    except InvalidRequest as error:
        raise UnreadableRequest(error.message) from error
    if not isinstance(members, dict):
        raise UnreadableRequest("The body must be a JSON object.")
    return members


def _domain_error(error: TablesError) -> HttpResponse:
    name = next((name for kind, name in ERROR_NAMES if isinstance(error, kind)), "")
    if isinstance(error, WriteInDoubt):
        return error_answer(503, name, error.message)
    if name in ("", "InternalServerError"):
        return error_answer(
            500, "InternalServerError", "The service could not complete the request."
        )
    if name == "ConditionalCheckFailedException":
        return error_answer(400, name, CONDITION_FAILED)
    if name == "ResourceNotFoundException":
        return error_answer(400, name, "Requested resource not found")
    return error_answer(400, name, error.message)


def error_answer(status: int, name: str, message: str) -> HttpResponse:
    """An error as clients of that time read it."""
    return _answer(status, {"__type": ERROR_PREFIX + name, "message": message})


def _answer(status: int, content: Mapping[str, Any]) -> HttpResponse:
    body = dumps(content)
    answer = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    answer["x-amzn-RequestId"] = request_id() or uuid.uuid4().hex
    answer["x-amz-crc32"] = str(zlib.crc32(body))
    return answer
