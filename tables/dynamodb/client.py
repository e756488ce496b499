"""The one DynamoDB client of this process, and the one function that calls it."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any

import boto3
import botocore
import orjson
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import add_retry_headers
from django.conf import settings
from django.dispatch import Signal

from tables.dynamodb.deadline import CONNECT_SECONDS, READ_SECONDS, shorten
from tables.dynamodb.translation import translate
from tables.dynamodb.wire import to_request

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Sent after every call: operation, table, milliseconds, capacity (units), error (ours or None).
called = Signal()

# gunicorn runs 8 threads; streams and parallel segments add some.
MAX_POOL_CONNECTIONS = 32
# Operations whose answer is items: their parsing by botocore is most of a call's time.
_RAW_OPERATIONS = frozenset(
    {
        "GetItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
    }
)
_ITEM_MEMBERS = ("Item", "Key", "ExclusiveStartKey", "ExpressionAttributeValues")


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
            retries={"mode": "standard", "total_max_attempts": 4},
            # What goes out was compiled and checked in core; DynamoDB checks it again.
            parameter_validation=False,
            # botocore's own text is put together anew, twice, for every call: a tenth of its time.
            user_agent=f"dynadmin Botocore/{botocore.__version__}",
        ),
    )
    # Two more headers to sign, which tell AWS how often the SDK has tried.
    made.meta.events.unregister("request-created", add_retry_headers)
    made.meta.events.register("before-send.dynamodb", shorten)
    made.meta.events.register("before-parse.dynamodb", _hand_over_body)
    made.meta.events.register("response-received.dynamodb", _note_lost_answer)
    return made


@functools.cache
def _session() -> boto3.session.Session:
    # Made once: it keeps what it reads of DynamoDB's model, which takes longer than a client does.
    return boto3.session.Session()


def call(operation: str, **members: Any) -> dict[str, Any]:
    """Call an operation by its API name, such as `GetItem`; the answer is in wire form.

    Items, keys, start keys and expression values are given in wire form. Raises TablesError.
    """
    for name in _ITEM_MEMBERS:
        if name in members:
            members[name] = to_request(members[name])
    started = time.perf_counter()
    failure = None
    answer: dict[str, Any] = {}
    try:
        answer = _send(operation, members)
    except (ClientError, BotoCoreError, orjson.JSONDecodeError) as error:
        failure = translate(error)
        raise failure from error
    finally:
        called.send_robust(
            sender=None,
            operation=operation,
            table=members.get("TableName"),
            milliseconds=(time.perf_counter() - started) * 1000,
            capacity=consumed_units(answer),
            error=failure,
        )
    return answer


def consumed_units(answer: dict[str, Any]) -> float:
    """Capacity units that an answer says were consumed, over all its tables."""
    consumed: Any = answer.get("ConsumedCapacity") or []
    entries: list[Any] = consumed if isinstance(consumed, list) else [consumed]
    return sum((float(entry.get("CapacityUnits") or 0) for entry in entries), 0.0)


def _send(operation: str, members: dict[str, Any]) -> dict[str, Any]:
    method = getattr(client(), _method_names()[operation])
    response: dict[str, Any] = method(**members)
    raw = response.get("RawBody")
    if raw is None:
        return response
    parsed: dict[str, Any] = orjson.loads(raw)
    return parsed


@functools.cache
def _method_names() -> dict[str, str]:
    return {api: python for python, api in client().meta.method_to_api_mapping.items()}


def _hand_over_body(
    operation_model: Any,
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: Any,
) -> None:
    """Keep botocore's parser from a success answer's body, and pass the body on as it came."""
    if response_dict["status_code"] < 300 and operation_model.name in _RAW_OPERATIONS:
        customized_response_dict["RawBody"] = response_dict["body"]
        response_dict["body"] = b"{}"


def _note_lost_answer(
    response_dict: dict[str, Any] | None,
    parsed_response: dict[str, Any] | None,
    context: dict[str, Any],
    **_: Any,
) -> None:
    """Mark an answer that botocore got by sending again after it had lost one.

    A write may have been made by a try whose answer was lost; then its condition fails now.
    """
    if response_dict is None or response_dict["status_code"] >= 500:
        context["answer_lost"] = True
    elif parsed_response is not None and context.get("answer_lost"):
        parsed_response["ResponseMetadata"]["AnswerLost"] = True
