"""What this door answers when something was done: the envelopes that its clients read."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from tables.api.adminapi.errors import failure_of
from tables.core.errors import TablesError
from tables.core.sight import Seen
from tables.core.values import dumps, plain_item

OPTIONS = b'{"success":true}'
DELETED = b'{"success":true,"response":{}}'


def found(item: Seen) -> bytes:
    """The body of a get and of a create."""
    return dumps({"success": True, "item": adminapi_item(item)})


def adminapi_item(item: Seen) -> dict[str, Any]:
    """An item as the AdminAPI shows it: plain, with binary as `{"type":"Buffer","data":[…]}`."""
    return plain_item(item, binary=_as_buffer)


def updated(results: Sequence[dict[str, Any]], ignored: Sequence[str]) -> bytes:
    """The body of an update, whose `results` are entries of `succeeded` and `failed`."""
    body = {"success": all(result["success"] for result in results), "results": results}
    return dumps({**body, "ignored": ignored} if ignored else body)


def succeeded(action: str, after: Seen | None) -> dict[str, Any]:
    """The entry of an action that was done; `after` is None where there was nothing to do."""
    response = {} if after is None else {"Attributes": adminapi_item(after)}
    return _result(action, 200, {"success": True, "response": response})


def failed(action: str, error: TablesError) -> dict[str, Any]:
    """The entry of an action that was not done."""
    failure = failure_of(error)
    return _result(action, failure.status, failure.envelope())


def _result(action: str, status: int, body: dict[str, Any]) -> dict[str, Any]:
    # Clients parse `body` themselves: it is JSON inside a string.
    return {
        "action": action,
        "success": body["success"],
        "statusCode": status,
        "body": dumps(body).decode(),
    }


def _as_buffer(content: str) -> dict[str, Any]:
    """Binary as the AdminAPI shows it: what Node's `Buffer` becomes in JSON."""
    return {"type": "Buffer", "data": list(base64.b64decode(content))}
