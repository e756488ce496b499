"""REST v1 as a client sees it, with tables of its own."""

import json
from pathlib import Path

import pytest

from tables.dynamodb.client import call
from tests.api.caller import JsonCaller
from tests.contract.languages import loads
from tests.prepared import prepare
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


class Door(JsonCaller):
    """Sends requests to REST v1 as one caller."""

    def send(self, method, path, body=None, *, type=PLAIN, query="", **headers):
        url = path if path.startswith("/") else f"/api/v1/tables/{path}"
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.ask(method, f"{url}?{query}" if query else url, body, type=type, headers=names)

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


def exact(response):
    """The parsed body, its numbers as Decimal."""
    return loads(response.content)


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
    prepare(f"v1 {sorted(used) if used is not None else 'all'}", lambda: _make_tables(used))


def _make_tables(used):
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
