"""The AdminAPI as a client sees it, with tables of its own."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from tests.api.caller import JsonCaller
from tests.contract.languages import loads
from tests.prepared import prepare
from tests.tables import create_table

# Real name -> keys.
TABLES = {
    "ttd-Workers": {"empId": "S"},
    "ttd-Events": {"device": "S", "at": "N"},
    "ttd-Numbers": {"number": "N"},
    "ttd-Blobs": {"blob": "B"},
    "ttd-Checked": {"id": "S"},
    "ttd-Students": {"id": "S"},
    "ttd-Hidden": {"id": "S"},
    "dynadmin-state": {"id": "S"},
}
# Real name -> indexes.
INDEXES = {"ttd-Events": {"by-kind": {"kind": "S"}}}


class EndpointCaller(JsonCaller):
    """Sends requests to `/endpoint` as one caller."""

    def send(self, method, body=None, *, headers=None, content_type="application/json", **query):
        path = f"/endpoint?{urlencode(query, doseq=True)}"
        response = self.ask(
            method,
            path,
            body,
            type=content_type,
            headers=headers or {},
            is_typed=content_type != "application/json",
        )
        # A stream that nobody reads would hold its scan slot.
        response.body = b"".join(response.streaming_content) if response.streaming else None
        return response

    def get(self, **query):
        return self.send("GET", **query)

    def create(self, body, table="Workers", **query):
        return self.send("POST", body, table=table, **query)

    def scan(self, scan, table="Workers", **members):
        return self.send("POST", {"scan": scan, **members}, table=table, action="scan")

    def update(self, body, id="1", table="Workers", **query):
        return self.send("PUT", body, table=table, id=id, **query)

    def delete(self, id="1", table="Workers", **query):
        return self.send("DELETE", table=table, id=id, **query)


def body_of(response):
    """The bytes of a response, streamed or not."""
    return response.body if response.streaming else response.content


def exact(response):
    """The parsed body, its numbers as Decimal."""
    return loads(body_of(response))


def make_tables(*names):
    prepare(f"adminapi {names}", lambda: _make_tables(names))


def _make_tables(names):
    for name in names:
        create_table(name, TABLES[name], INDEXES.get(name))


@pytest.fixture(autouse=True)
def _alias_map(settings):
    settings.TABLES_FILE = Path(__file__).parent / "tables.toml"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def workers(engine):
    """The table Workers, empty, on each engine."""
    make_tables("ttd-Workers")


@pytest.fixture
def tables(engine):
    """All the tables, empty, on each engine."""
    make_tables(*TABLES)


@pytest.fixture
def moto_workers(dynamodb_moto):
    """The table Workers, empty, on the quicker engine: for what does not depend on one."""
    make_tables("ttd-Workers")


@pytest.fixture
def staff():
    return EndpointCaller("staff")


@pytest.fixture
def admin():
    return EndpointCaller("admins", name="admin, ada")
