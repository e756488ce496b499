"""What one try of a call tells about the call, and whether it may be sent again."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from typing import Any

import orjson
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from tables.core.errors import Throttled, Unavailable
from tables.dynamodb.translation import ERRORS

_MAX_TRIES = 4
# Whoever paces its own calls wants to hear of the first that DynamoDB throttles.
_most_tries: ContextVar[int] = ContextVar("most_tries", default=_MAX_TRIES)
READS = frozenset(
    {
        "BatchGetItem",
        "DescribeTable",
        "DescribeTimeToLive",
        "GetItem",
        "ListTables",
        "Query",
        "Scan",
    }
)
# Without them an answer is none: a proxy or a broken engine made it.
_REQUIRED_MEMBERS = {
    "BatchGetItem": "Responses",
    "DescribeTable": "Table",
    "ListTables": "TableNames",
    "Query": "Items",
    "Scan": "Items",
}
_FIRST_PAUSE_SECONDS = 0.05
# DynamoDB answered that it is asked too much, or fails: it needs longer.
_FIRST_PAUSE_AFTER_REFUSAL_SECONDS = 0.5


class Verdict(Enum):
    """What a failed try says: DynamoDB refuses, has not begun, or may have done it."""

    REFUSED = auto()
    NOT_MADE = auto()
    UNKNOWN = auto()


class UnreadableAnswer(Exception):
    """An answer that is not DynamoDB's, or did not arrive as it was sent."""


class AnswerLost(Exception):
    """A write was refused in the end, but an answer to an earlier try of it was lost.

    `last` is the failure of the last try.
    """

    def __init__(self, last: Exception) -> None:
        super().__init__(type(last).__name__)
        self.last = last


# What a try may raise.
FAILURES = (ClientError, BotoCoreError, ResponseParserError, UnreadableAnswer)
# Before any of them, nothing was sent.
_NOT_SENT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
_LOST_ON_THE_WAY = (HTTPClientError, SSLError, ResponseParserError, UnreadableAnswer)


def most_tries() -> int:
    """How often a call is sent at most."""
    return _most_tries.get()


@contextmanager
def one_try() -> Iterator[None]:
    """Send each call once, in this thread, within the block."""
    before = _most_tries.set(1)
    try:
        yield
    finally:
        _most_tries.reset(before)


def verdict_on(failure: Exception) -> Verdict:
    """What a failure of one try says about the call."""
    if isinstance(failure, ClientError):
        return _verdict_on_answer(failure.response)
    if isinstance(failure, _NOT_SENT):
        return Verdict.NOT_MADE
    if isinstance(failure, _LOST_ON_THE_WAY):
        return Verdict.UNKNOWN
    return Verdict.REFUSED  # botocore itself: no credentials, no region, no such member


def require_right_checksum(response: Mapping[str, Any]) -> None:
    """Raise UnreadableAnswer where the body (bytes) is not the one that was sent."""
    checksum = response["headers"].get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(response["body"])):
        raise UnreadableAnswer("The checksum is wrong.")


def parse_answer(body: bytes, operation: str) -> dict[str, Any]:
    """The members of a success answer. Raises UnreadableAnswer."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableAnswer("The answer is no JSON.") from error
    if not isinstance(answer, dict) or _REQUIRED_MEMBERS.get(operation, "") not in {"", *answer}:
        raise UnreadableAnswer("The answer is not DynamoDB's.")
    return answer


def is_error(body: bytes) -> bool:
    """Whether this is how DynamoDB words an error: an object that names it."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("__type"), str)


def pause_before_next(attempt: int, failure: Exception) -> None:
    """Wait a random while that grows with each attempt."""
    is_refusal = isinstance(failure, ClientError)
    first = _FIRST_PAUSE_AFTER_REFUSAL_SECONDS if is_refusal else _FIRST_PAUSE_SECONDS
    longest = first * 2 ** (attempt - 1)
    time.sleep(random.uniform(0, longest))  # noqa: S311 - parts rivals, hides nothing


def _verdict_on_answer(response: Any) -> Verdict:
    code = response.get("Error", {}).get("Code", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    if issubclass(ERRORS.get(code, Unavailable), Throttled):
        return Verdict.NOT_MADE
    # A transaction in progress is the very one: an earlier try under its token still runs.
    if status >= 500 or code == "TransactionInProgressException":
        return Verdict.UNKNOWN
    return Verdict.REFUSED
