"""REST v1 as a client sees it, with tables of its own."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tables.access.callers import Caller
from tables.dynamodb.client import call
from tests.tables import definition, store

# Real name -> keys.
TABLES = {
    "v1-Workers": {"id": "S"},
    "v1-Events": {"device": "S", "at": "N"},
    "v1-Numbers": {"number": "N"},
    "v1-Blobs": {"blob": "B"},
    "v1-Checked": {"id": "S"},
    "v1-Students": {"id": "S"},
    "v1-Notes": {"id": "S"},
    "v1-Settings": {"id": "S"},
    "v1-Bare": {"id": "S"},
    "v1-Hidden": {"id": "S"},
    "dynadmin-state": {"id": "S"},
}
# Real name -> indexes.
INDEXES = {
    "v1-Workers": {"by-city": {"city": "S"}, "by-city-and-age": {"city": "S", "age": "N"}},
}
PLAIN = "application/json"
TYPED = "application/vnd.dynamodb+json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"


class Door:
    """Sends requests to REST v1 as one caller."""

    def __init__(self, *groups, name="doe, jane"):
        self.client = APIClient(raise_request_exception=True)
        if groups:
            self.client.force_authenticate(Caller(f"sub-{name}", name, frozenset(groups)))

    def send(self, method, path, body=None, *, type=PLAIN, query="", **headers):
        data = body if isinstance(body, bytes) else b"" if body is None else dumps(body)
        url = path if path.startswith("/") else f"/api/v1/tables/{path}"
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        if "Content-Encoding" in names:
            names["Content-Encoding"] = headers["Content_Encoding"]
        kind = type if data else ""
        return self.client.generic(
            method, f"{url}?{query}" if query else url, data, content_type=kind, headers=names
        )

    def get(self, path, query="", **headers):
        return self.send("GET", path, query=query, **headers)

    def post(self, path, body, **more):
        return self.send("POST", path, body, **more)

    def put(self, path, body, **more):
        return self.send("PUT", path, body, **more)

    def patch(self, path, body, **more):
        return self.send("PATCH", path, body, **{"type": MERGE_PATCH, **more})

    def delete(self, path, **more):
        return self.send("DELETE", path, **more)


def dumps(value):
    """JSON that writes a Decimal with all its digits."""
    if isinstance(value, dict):
        return b"{%s}" % b",".join(
            json.dumps(name).encode() + b":" + dumps(child) for name, child in value.items()
        )
    if isinstance(value, list):
        return b"[%s]" % b",".join(map(dumps, value))
    return str(value).encode() if isinstance(value, Decimal) else json.dumps(value).encode()


def exact(response):
    """The parsed body, its numbers as Decimal."""
    return json.loads(response.content, parse_float=Decimal, parse_int=Decimal)


def ok(response, status=200):
    """The parsed body of a success."""
    assert response.status_code == status, response.content
    return exact(response)


def problem(response, status, code):
    """The problem document of a refusal, checked for what every one has."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["code"] == code, body
    assert body["type"] == f"/api/docs/errors#{code}"
    assert body["instance"] == response.wsgi_request.path
    assert body["request_id"] == response["X-Request-ID"]
    assert body["title"]
    assert body["detail"]
    return body


def pointers(body):
    return [error["pointer"] for error in body["errors"]]


def make_tables(module):
    """The tables that a test module names in `USES`, else all."""
    used = getattr(module, "USES", None)
    for members in definitions():
        if used is None or members["TableName"].removeprefix("v1-") in used:
            call("CreateTable", **members)


def definitions():
    """The members of CreateTable, for each table."""
    for name, keys in TABLES.items():
        yield definition(name, keys, INDEXES.get(name))


def write_bare(door, method, **headers):
    """Write to the item of `tag` in one of the ways."""
    body = None if method == "DELETE" else {"a": 2}
    return door.send(method, "Bare/items/1", body, **headers)


@pytest.fixture(autouse=True)
def _alias_map(settings):
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"


@pytest.fixture
def tables(engine, request):
    """The tables, empty, on each engine."""
    make_tables(request.module)
    return engine


@pytest.fixture
def moto_tables(dynamodb_moto, request):
    """The tables, empty, on the quicker engine: for what happens before DynamoDB is asked."""
    make_tables(request.module)


@pytest.fixture
def embedded_tables(dynamodb_embedded, request):
    """The tables, empty, on the engine that keeps concurrent writes apart."""
    make_tables(request.module)


@pytest.fixture
def tag(staff):
    """The tag of an item of Bare, for tests of preconditions."""
    store("v1-Bare", id={"S": "1"}, a={"N": "1"}, tags={"SS": ["x", "y"]})
    return staff.get("Bare/items/1")["ETag"]


@pytest.fixture
def staff():
    return Door("staff")


@pytest.fixture
def admin():
    return Door("admins", name="admin, ada")


@pytest.fixture
def reader():
    return Door("readers", name="reader, rita")


@pytest.fixture
def nobody():
    return Door()
