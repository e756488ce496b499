"""A keyed request that is cut off at any step: it takes effect once at most, and retries say so."""

import json

import pytest

from tables.core.errors import IdempotencyConflict, TablesError
from tables.core.operations import Put
from tables.dynamodb.writes import write
from tests.records.conftest import Died, all_things, connection_lost, thing

# More than any of these requests makes.
STEPS = range(1, 9)
CUTS = [
    pytest.param(False, Died, id="dies before the call"),
    pytest.param(True, Died, id="dies after the call"),
    pytest.param(False, connection_lost(), id="call is lost"),
    pytest.param(True, connection_lost(), id="answer is lost"),
]


def cut_off(injection, number, arrives, failure, send):
    """Send with one call failing; whether there was such a call, and what was answered."""
    injection.at(number, arrives=arrives, failure=failure)
    try:
        answer = send()
    except (Died, TablesError):
        answer = None
    was_cut = injection.calls >= number
    injection.off()
    return was_cut, answer


def retry(send):
    """What a retry is answered, or None where it is told that the first is not finished."""
    try:
        return send()
    except IdempotencyConflict as conflict:
        told = (conflict.mismatch, conflict.retry_after)
    assert told == (False, 1)
    return None


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_create_that_is_cut_off_makes_one_item_or_none(
    things, transactions, injection, door, arrives, failure
):
    for number in STEPS:
        for entry in all_things():
            injection.original("DeleteItem", {"TableName": "things", "Key": {"id": entry["id"]}})

        def send(key=f"k{number}"):
            return door.send("POST", "/things", b"text", key=key)

        was_cut, first = cut_off(injection, number, arrives, failure, send)
        before_retry = all_things()
        second, third = retry(send), retry(send)

        made = all_things()
        assert len(made) <= 1
        if before_retry:
            assert made == before_retry
        for answer in filter(None, (first, second, third)):
            assert answer.status == 201
            assert [json.loads(answer.body)] == made
        assert (second is None) == (third is None)
        if second is None:
            assert not transactions
        else:
            assert third.headers["Idempotency-Replayed"] == "true"
        if not was_cut:
            assert number > 2
            return
    pytest.fail("The request makes more calls than were cut.")


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_change_that_is_cut_off_counts_once_or_not_at_all(
    things, transactions, injection, door, arrives, failure
):
    for number in STEPS:
        name = f"thing{number}"
        write(Put("things", {"id": {"S": name}}))

        def send(name=name):
            return door.send("PATCH", f"/things/{name}", b"{}", key="k")

        was_cut, first = cut_off(injection, number, arrives, failure, send)
        before_retry = thing(name)
        second, third = retry(send), retry(send)

        counted = thing(name).get("count", {"N": "0"})["N"]
        assert counted in ("0", "1")
        if "count" in before_retry:
            assert counted == "1"
        for answer in filter(None, (first, second, third)):
            assert answer.status == 200
            assert json.loads(answer.body) == thing(name)
            assert counted == "1"
        assert (second is None) == (third is None)
        if second is None:
            assert not transactions
        if not was_cut:
            return
    pytest.fail("The request makes more calls than were cut.")


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_delete_that_is_cut_off_never_deletes_what_was_created_since(
    things, injection, door, arrives, failure
):
    for number in STEPS:
        name = f"thing{number}"
        write(Put("things", {"id": {"S": name}}))

        def send(name=name):
            return door.send("DELETE", f"/things/{name}", key="k")

        was_cut, _ = cut_off(injection, number, arrives, failure, send)
        was_deleted = thing(name) is None
        if was_deleted:
            write(Put("things", {"id": {"S": name}, "new": {"BOOL": True}}))
        again = retry(send)

        if was_deleted:
            assert thing(name) == {"id": {"S": name}, "new": {"BOOL": True}}
            assert again is None or again.headers["Idempotency-Replayed"] == "true"
        else:
            assert again is None or (again.status, thing(name)) == (204, None)
        if not was_cut:
            return
    pytest.fail("The request makes more calls than were cut.")


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_batch_that_is_cut_off_goes_on_where_it_was(
    things, transactions, injection, door, arrives, failure
):
    for number in range(1, 30):
        names = [f"thing{number}-{position}" for position in range(3)]
        for name in names:
            write(Put("things", {"id": {"S": name}}))

        def send(names=names):
            return door.send("POST", "/batch", json.dumps(names).encode(), key=f"k{names[0]}")

        was_cut, _ = cut_off(injection, number, arrives, failure, send)
        second, third = retry(send), retry(send)

        counts = [thing(name).get("count", {"N": "0"})["N"] for name in names]
        assert set(counts) <= {"0", "1"}
        if second is None:
            assert not transactions
        else:
            assert counts == ["1", "1", "1"]
            assert json.loads(second.body) == [thing(name) for name in names]
            assert third.body == second.body
        if not was_cut:
            return
    pytest.fail("The request makes more calls than were cut.")


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_refusal_that_is_cut_off_is_still_the_same_refusal(
    things, injection, door, arrives, failure
):
    for number in STEPS:

        def send(name=f"none{number}"):
            return door.send("PATCH", f"/things/{name}", key="k")

        was_cut, _ = cut_off(injection, number, arrives, failure, send)
        again = send()

        assert (again.status, again.body) == (404, b"item_not_found")
        assert all_things() == []
        if not was_cut:
            return
    pytest.fail("The request makes more calls than were cut.")
