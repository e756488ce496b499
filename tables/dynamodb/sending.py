"""One request to DynamoDB, signed and sent by botocore's parts without the ceremony around them.

botocore still says where a call goes and with which credentials. What its members look like on the
wire is what we hold of them anyway: it would walk through every value by DynamoDB's model, to come
to the same. Its endpoint, which comes after that, takes as long again, most of it for events that
nobody hears, a second request object, and a parser for answers that we read ourselves.
"""

from __future__ import annotations

import json
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import orjson
from botocore.awsrequest import AWSRequest
from botocore.hooks import first_non_none_response
from botocore.parsers import create_parser
from botocore.serialize import JSONSerializer

from tables.dynamodb.connections import MOST_URLS, Connections
from tables.dynamodb.tries import is_error, parse_answer, require_right_checksum

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

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
        "TransactWriteItems",
    }
)
# Of these, botocore looks through all members for a table's ARN, which may say where a call goes.
_LOOKED_THROUGH = ("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems")
_PARSER = create_parser("json")


class _AsTheyStand(JSONSerializer):
    """Spells members that are in wire form already: binary is base64 text."""

    def serialize_to_request(self, parameters: Any, operation_model: Any) -> dict[str, Any]:
        """What botocore makes of a call's members."""
        request: dict[str, Any] = super().serialize_to_request({}, operation_model)
        try:
            request["body"] = orjson.dumps(parameters)
        except orjson.JSONEncodeError:
            # Half a surrogate pair, or a number beyond 64 bits: DynamoDB says what is wrong.
            request["body"] = json.dumps(parameters).encode()
        return request


class _Request(AWSRequest):
    """A request whose body is bytes: botocore's prepares itself anew for each look at its body."""

    @property
    def body(self) -> bytes:  # type: ignore[override] # it is no text, whatever the stubs say
        return cast("bytes", self.data)


@lru_cache(maxsize=MOST_URLS)
def host_of(url: str) -> str:
    """What stands in `Host`, which botocore signs: it would take the URL apart twice a request."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(":443" if parts.scheme == "https" else ":80")


def send_directly(made: DynamoDBClient) -> None:
    """Let a client send its calls by this module, in wire form, and hand over the body of success
    answers.
    """
    made._serializer = _AsTheyStand()  # type: ignore[attr-defined] # noqa: SLF001 - as below
    for name in _LOOKED_THROUGH:
        # The alias map takes no ARN for a table's name.
        made.meta.service_model.operation_model(name).operation_context_parameters = []
    # Last of all: what botocore itself does to the request comes before.
    session = made._endpoint.http_session  # type: ignore[attr-defined] # noqa: SLF001 - botocore is pinned, and tests would tell
    made.meta.events.register_last(
        "before-call",
        partial(_send, made.meta.events, Connections(session)),  # type: ignore[arg-type] # what it answers is the answer
    )


def _send(
    events: Any,
    connections: Connections,
    *,
    model: Any,
    params: dict[str, Any],
    request_signer: Any,
    **_: Any,
) -> tuple[Any, dict[str, Any]]:
    """botocore's `before-call`: the answer and its members. Raises BotoCoreError."""
    request = _Request(params["method"], params["url"], params["headers"], params["body"])
    request.context = params["context"]
    request.headers["Host"] = host_of(request.url)
    _sign(request, request_signer)
    prepared = request.prepare()
    replies = events.emit(f"before-send.dynamodb.{model.name}", request=prepared)
    answer = first_non_none_response(replies)
    if answer is None:
        answer = connections.send(prepared)
    return answer, _members(model, answer)


def _sign(request: Any, signer: Any) -> None:
    """Sign with today's credentials, which botocore renews before they end."""
    signing = {"region": signer.region_name, "signing_name": signer.signing_name}
    signing |= request.context.get("signing", {})
    auth = signer.get_auth_instance(
        signing_name=signing["signing_name"],
        region_name=signing["region"],
        signature_version=signer.signature_version,
    )
    auth.add_auth(request)


def _members(model: Any, answer: Any) -> dict[str, Any]:
    """The body under `RawBody` where it holds items, what botocore's parser says of any other."""
    response = {
        "headers": answer.headers,
        "status_code": answer.status_code,
        "body": answer.content,
        "context": {"operation_name": model.name},
    }
    require_right_checksum(response)
    if answer.status_code >= 300:
        return _failure(model, response)
    if model.name in _RAW_OPERATIONS:
        return {"RawBody": answer.content}
    parse_answer(answer.content, model.name)
    members: dict[str, Any] = _PARSER.parse(response, model.output_shape)
    return members


def _failure(model: Any, response: dict[str, Any]) -> dict[str, Any]:
    """An error, with the members that are this error's own."""
    if not is_error(response["body"]):
        response["body"] = b"{}"  # botocore's parser would break at it
    members: dict[str, Any] = _PARSER.parse(response, model.output_shape)
    shape = model.service_model.shape_for_error_code(members.get("Error", {}).get("Code"))
    return members if shape is None else {**members, **_PARSER.parse(response, shape)}
