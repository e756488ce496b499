"""A write and its entry in one transaction whose answer is lost: its own entry tells."""

import pytest

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import WriteInDoubt
from tables.core.updates import Change
from tables.dynamodb import writes
from tables.items.drafts import Edit
from tables.items.history import timeline
from tables.items.target import find_target
from tables.items.updates import update
from tables.items.wanted import itself
from tables.items.writes import perform
from tests.contract.conftest import make_tables
from tests.tables import store, stored

KEY = {"id": {"S": "a"}}


@pytest.fixture
def things(dynamodb_moto, settings):
    settings.DYNAMODB_TRANSACTIONS = settings.HISTORY = True
    make_tables(settings, history=True)
    store("real-things", KEY)
    return find_target(registry().get("Things"), Caller("ann", "Ann", frozenset({"admins"})))


@pytest.fixture
def lose_answer(monkeypatch):
    """Let the next transaction's answer be lost: `instead` is called with what would send it."""
    transact = writes.transact

    def lose_answer(instead):
        def lose(operations, **how):
            monkeypatch.setattr(writes, "transact", transact)
            instead(lambda: transact(operations, **how))
            raise WriteInDoubt("The answer was lost.")

        monkeypatch.setattr(writes, "transact", lose)

    return lose_answer


def note(things, text):
    perform(update(things, KEY, Edit([Change("set", ("note",), {"S": text})])), itself)


def test_what_was_made_is_told_as_made(things, lose_answer):
    lose_answer(lambda make: make())

    note(things, "ours")

    assert stored("real-things", "a")["note"] == {"S": "ours"}
    assert [entry.n for entry in timeline(things, KEY).entries if entry.happened] == [1]


def test_a_rivals_entry_of_the_same_number_tells_nothing(things, lose_answer):
    lose_answer(lambda _make: note(things, "a rival's"))

    with pytest.raises(WriteInDoubt):
        note(things, "ours")

    assert stored("real-things", "a")["note"] == {"S": "a rival's"}
