"""An item's history, as its pages read it."""

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.dynamodb import client
from tables.items.history import timeline, version
from tables.items.puts import create
from tables.items.target import find_target
from tables.items.wanted import itself
from tables.items.writes import perform
from tests.contract.conftest import make_tables

KEY = {"id": {"S": "a"}}


@pytest.fixture
def things(dynamodb_moto, settings):
    settings.HISTORY = True
    make_tables(settings, history=True)
    target = find_target(registry().get("Things"), Caller("ann", "Ann", frozenset({"admins"})))
    perform(create(target, KEY), itself)
    return target


@pytest.mark.parametrize("read", [timeline, lambda *of: version(*of, 1)], ids=["all", "one"])
def test_what_was_written_a_moment_ago_is_read(things, monkeypatch, read):
    """No engine of the tests has replicas: what is asked for tells."""
    asked = []
    send = client._send

    def note(operation, members, **how):
        asked.append((operation, members.get("ConsistentRead")))
        return send(operation, members, **how)

    monkeypatch.setattr(client, "_send", note)
    read(things, KEY)

    reads = [is_consistent for name, is_consistent in asked if name in ("GetItem", "Query")]
    assert reads
    assert set(reads) == {True}
