"""Without transactions: records whose request did not end."""

import functools
import json
from dataclasses import replace

import pytest

from tables.core.errors import (
    IdempotencyConflict,
    Throttled,
    TransactionConflict,
    Unavailable,
)
from tables.dynamodb import client, writes
from tables.records.idempotency import keeping as idempotency
from tables.records.idempotency.kept_answers import KEPT_SECONDS, Answer
from tests.records.conftest import (
    Died,
    all_things,
    connection_lost,
    make_tables,
    thing,
    throttled,
)

REPLAYED = {"Idempotency-Replayed": "true"}


class TestUnfinished:
    """Without transactions: a record that announces a write, found by another request."""

    @pytest.fixture(autouse=True)
    def ordered(self, dynamodb_moto, settings):
        settings.DYNAMODB_TRANSACTIONS = False
        make_tables(settings)

    def announce(self, door, monkeypatch, *, written):
        """Leave what a request leaves that dies before or after its write."""
        original = client._send

        def die(operation, members, **how):
            if members["TableName"] != "things" or operation == "GetItem":
                return original(operation, members, **how)
            if written:
                original(operation, members, **how)
            raise Died

        with monkeypatch.context() as patch:
            patch.setattr(client, "_send", die)
            with pytest.raises(Died):
                door.send("POST", "/things/a", b"text", key="k")

    def test_the_same_request_meets_409_and_when_to_come_back(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=False)

        with pytest.raises(IdempotencyConflict, match="still running") as conflict:
            door.send("POST", "/things/a", b"text", key="k")

        assert (conflict.value.mismatch, conflict.value.retry_after) == (False, 1)
        assert all_things() == []

    def test_after_a_minute_it_is_told_to_look_at_the_item(self, door, monkeypatch, time_machine):
        time_machine.move_to("2026-01-31T12:00:00Z", tick=False)
        self.announce(door, monkeypatch, written=False)
        time_machine.shift(60)

        with pytest.raises(IdempotencyConflict, match="not known whether it took effect") as told:
            door.send("POST", "/things/a", b"text", key="k")

        assert told.value.retry_after == KEPT_SECONDS - 60
        assert all_things() == []

    def test_another_request_with_its_key_is_refused(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=False)

        with pytest.raises(IdempotencyConflict) as conflict:
            door.send("POST", "/things/a", b"other", key="k")

        assert conflict.value.mismatch

    def test_an_item_as_announced_completes_it(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=True)

        again = door.send("POST", "/things/a", b"text", key="k")

        assert again == Answer(
            201, {"Location": "/things/a", **REPLAYED}, json.dumps(thing("a")).encode()
        )

    def test_an_item_that_changed_since_does_not(self, door, monkeypatch):
        self.announce(door, monkeypatch, written=True)
        door.send("PATCH", "/things/a")

        with pytest.raises(IdempotencyConflict, match="still running"):
            door.send("POST", "/things/a", b"text", key="k")

        assert thing("a")["count"] == {"N": "1"}

    def test_an_identical_item_of_someone_else_is_not_taken_for_the_announced_one(
        self, door, monkeypatch
    ):
        door.send("POST", "/things/a", b"text")
        self.announce(door, monkeypatch, written=False)

        assert door.send("POST", "/things/a", b"text", key="k").status == 409

    def test_a_refused_write_frees_the_key(self, door, injection):
        injection.at(4, arrives=False, failure=throttled())
        with pytest.raises(Throttled):
            door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        again = door.send("POST", "/things/a", b"text", key="k")

        assert again == Answer(201, {"Location": "/things/a"}, json.dumps(thing("a")).encode())

    def test_an_announcement_whose_answer_was_lost_is_found(self, door, injection):
        injection.at(3, arrives=True, failure=connection_lost())
        first = door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        assert first == Answer(201, {"Location": "/things/a"}, json.dumps(thing("a")).encode())
        again = door.send("POST", "/things/a", b"text", key="k")
        assert again == replace(first, headers={**first.headers, **REPLAYED})

    def test_an_announcement_that_never_arrived_frees_the_key(self, door, injection):
        injection.at(3, arrives=False, failure=connection_lost())
        with pytest.raises(Unavailable, match="nothing was written"):
            door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        again = door.send("POST", "/things/a", b"text", key="k")

        assert again == Answer(201, {"Location": "/things/a"}, json.dumps(thing("a")).encode())

    def test_a_write_that_arrives_late_is_still_the_only_one(self, door, monkeypatch):
        original, late = client._send, []

        def hold_back(operation, members, **how):
            if operation == "PutItem" and members["TableName"] == "things" and not late:
                late.append(functools.partial(original, operation, members, **how))
                raise connection_lost()
            return original(operation, members, **how)

        monkeypatch.setattr(client, "_send", hold_back)
        with pytest.raises(Unavailable):
            door.send("POST", "/things", b"text", key="k")
        with pytest.raises(IdempotencyConflict, match="still running"):
            door.send("POST", "/things", b"text", key="k")
        late[0]()
        again = door.send("POST", "/things", b"text", key="k")

        (made,) = all_things()
        assert again.body == json.dumps(made).encode()

    def test_a_write_whose_answer_was_lost_is_answered_as_made(self, door, injection):
        injection.at(4, arrives=True, failure=connection_lost())
        first = door.send("POST", "/things/a", b"text", key="k")
        injection.off()

        assert first.status == 201
        assert door.send("POST", "/things/a", b"text", key="k").body == first.body

    @pytest.mark.parametrize("later", ["UpdateItem", "GetItem"])
    def test_a_change_that_rivals_always_overtake_is_not_made_and_frees_the_key(
        self, door, monkeypatch, later
    ):
        """Each time a rival counts just as far, at first before the write is sent, and then also
        before it is announced.
        """
        door.send("POST", "/things/a", b"text")
        original, calls, rivals = client._send, [], []

        def overtake(operation, members, **how):
            if members["TableName"] != "things":
                return original(operation, members, **how)
            calls.append(operation)
            at = later if rivals else "UpdateItem"
            if operation == at and (at == "UpdateItem" or calls[-2:] == ["GetItem", "GetItem"]):
                rivals.append(len(calls))
                with monkeypatch.context() as patch:
                    patch.setattr(client, "_send", original)
                    door.send("PATCH", "/things/a")
            return original(operation, members, **how)

        monkeypatch.setattr(writes, "pause", lambda _attempt: None)
        with monkeypatch.context() as patch:
            patch.setattr(client, "_send", overtake)
            patch.setattr(idempotency, "_ATTEMPTS", 1)
            with pytest.raises(TransactionConflict, match="keeps changing"):
                door.send("PATCH", "/things/a", key="k")

        assert thing("a")["count"] == {"N": str(len(rivals))}
        again = door.send("PATCH", "/things/a", key="k")
        assert json.loads(again.body)["count"] == {"N": str(len(rivals) + 1)}
