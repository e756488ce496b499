"""What the tests of the attack list share: the doors, and who sees what goes out of them."""

import io
import json
import logging
import socket
from dataclasses import dataclass

import pytest
from django.core.cache import cache

from tests.access.conftest import provider, sign_in_at, web_server
from tests.contract.conftest import embedded_tables, enter, moto_tables

__all__ = [  # fixtures
    "embedded_tables",
    "enter",
    "moto_tables",
    "provider",
    "sign_in_at",
    "web_server",
]

AMZ_JSON = "application/x-amz-json-1.0"
PUT_ITEM = "DynamoDB_20111205.PutItem"


@dataclass(frozen=True)
class WayIn:
    """A way in. `ask` reads through it, as far as it lets the caller."""

    name: str
    method: str
    path: str
    headers: dict
    body: bytes = b""

    def ask(self, client, headers=None, **more):
        content_type = self.headers.get("Content-Type", "application/json")
        return client.generic(
            self.method,
            more.pop("path", self.path),
            more.pop("body", self.body),
            more.pop("content_type", content_type),
            headers={**self.headers, **(headers or {})},
            **more,
        )


DOORS = (
    WayIn("AdminAPI", "GET", "/endpoint?table=Workers&paginate=true", {}),
    WayIn("REST v1", "GET", "/api/v1/tables/Workers/items", {}),
    WayIn(
        "2011-12-05",
        "POST",
        "/dynamodb/",
        {"X-Amz-Target": PUT_ITEM, "Content-Type": AMZ_JSON},
        b'{"TableName":"Workers","Item":{"id":{"S":"1"}}}',
    ),
)


@pytest.fixture(params=DOORS, ids=lambda door: door.name)
def door(request):
    return request.param


@pytest.fixture(autouse=True)
def _nobody_counted():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def connections(monkeypatch):
    """Where this process connected to."""
    seen = []
    connect = socket.socket.connect

    def note(self, address):
        seen.append(address)
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return seen


@pytest.fixture
def log_lines():
    """The log as an operator gets it."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    stream, handler.stream = handler.stream, io.StringIO()
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    handler.stream = stream
