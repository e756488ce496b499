"""The one DynamoDB client of this process, and the one function that calls it."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any

import boto3
import botocore
from botocore.config import Config
from django.conf import settings
from django.dispatch import Signal

from tables.dynamodb.deadline import CONNECT_SECONDS, READ_SECONDS, shorten
from tables.dynamodb.meter import count
from tables.dynamodb.sending import send_directly
from tables.dynamodb.translation import translate
from tables.dynamodb.tries import (
    FAILURES,
    READS,
    AnswerLost,
    Verdict,
    most_tries,
    parse_answer,
    pause_before_next,
    verdict_on,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tables.core.errors import TablesError

# Sent after every call: operation, table, milliseconds, capacity (units), error (ours or None).
called = Signal()

# gunicorn runs 16 threads; parallel segments add some.
MAX_POOL_CONNECTIONS = 32


@functools.cache
def client() -> DynamoDBClient:
    """The client, made at first use; `client.cache_clear()` makes the next call build another."""
    made = _session().client(
        "dynamodb",
        region_name=settings.AWS_REGION or None,
        endpoint_url=settings.AWS_ENDPOINT_URL_DYNAMODB or None,
        config=Config(
            max_pool_connections=MAX_POOL_CONNECTIONS,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            # botocore would send every write again, also one that is no longer the same then.
            retries={"mode": "standard", "total_max_attempts": 1},
            # What goes out was compiled and checked in core; DynamoDB checks it again.
            parameter_validation=False,
            # botocore's own text is put together anew, twice, for every call: a tenth of its time.
            user_agent=f"dynadmin Botocore/{botocore.__version__}",
        ),
    )
    made.meta.events.register("before-send.dynamodb", shorten)
    send_directly(made)
    return made


@functools.cache
def _session() -> boto3.session.Session:
    # Made once: it keeps what it reads of DynamoDB's model, which takes longer than a client does.
    return boto3.session.Session()


def call(operation: str, *, may_repeat: bool = False, **members: Any) -> dict[str, Any]:
    """Call an operation by its API name, such as `GetItem`; items are in wire form, both ways.

    A write that `may_repeat` changes nothing when it is made a second time: it is sent again when
    an answer is lost, other writes only when they surely were not made. Raises WriteInDoubt,
    TablesError.
    """
    started = time.perf_counter()
    failure = None
    answer: dict[str, Any] = {}
    try:
        answer = _send(operation, members, may_repeat=may_repeat)
    except (*FAILURES, AnswerLost) as error:
        failure = _translated(error, operation)
        raise failure from error
    finally:
        units = consumed_units(answer)
        count(operation, units)
        called.send_robust(
            sender=None,
            operation=operation,
            table=members.get("TableName"),
            milliseconds=(time.perf_counter() - started) * 1000,
            capacity=units,
            error=failure,
        )
    return answer


def _translated(error: Exception, operation: str) -> TablesError:
    if isinstance(error, AnswerLost):
        return translate(error.last, in_doubt=True)
    is_unknown = verdict_on(error) is Verdict.UNKNOWN
    return translate(error, in_doubt=is_unknown and operation not in READS)


def consumed_units(answer: dict[str, Any]) -> float:
    """Capacity units that an answer says were consumed, over all its tables."""
    consumed: Any = answer.get("ConsumedCapacity") or []
    entries: list[Any] = consumed if isinstance(consumed, list) else [consumed]
    return sum((float(entry.get("CapacityUnits") or 0) for entry in entries), 0.0)


def _send(operation: str, members: dict[str, Any], *, may_repeat: bool = False) -> dict[str, Any]:
    """Send a call, again where that is safe. Raises FAILURES, and AnswerLost for a write."""
    method = getattr(client(), _method_names()[operation])
    is_read = operation in READS
    is_in_doubt = False
    most = most_tries()
    for attempt in range(1, most + 1):
        try:
            response: dict[str, Any] = method(**members)
            raw = response.get("RawBody")
            return response if raw is None else parse_answer(raw, operation)
        except FAILURES as failure:
            verdict = verdict_on(failure)
            is_in_doubt = is_in_doubt or (verdict is Verdict.UNKNOWN and not is_read)
            repeats = verdict is Verdict.NOT_MADE or (
                verdict is Verdict.UNKNOWN and (is_read or may_repeat)
            )
            if attempt == most or not repeats:
                if is_in_doubt:
                    raise AnswerLost(failure) from failure
                raise
            pause_before_next(attempt, failure)
    raise AssertionError("the last try returns or raises")


@functools.cache
def _method_names() -> dict[str, str]:
    return {api: python for python, api in client().meta.method_to_api_mapping.items()}
