"""A request with an Idempotency-Key that is cut off at any step, through each door."""

from pathlib import Path

import pytest

from tables.dynamodb.client import call
from tests.contract.test_idempotency import is_replayed
from tests.records.conftest import Died, Injection, connection_lost
from tests.tables import store, stored

CUTS = [
    pytest.param(False, Died, id="dies before the call"),
    pytest.param(True, Died, id="dies after the call"),
    pytest.param(False, connection_lost(), id="call is lost"),
    pytest.param(True, connection_lost(), id="answer is lost"),
]


# More than the calls that any request here makes.
CALLS = 25


@pytest.fixture(params=["transactions", "no transactions", "a table without transactions"])
def transactions(request, on_alternator, moto_tables, settings, tmp_path):
    if on_alternator and request.param != "no transactions":
        pytest.skip("Alternator has no transactions.")
    settings.DYNAMODB_TRANSACTIONS = request.param != "no transactions"
    if request.param == "a table without transactions":
        text = Path(settings.TABLES_FILE).read_text()
        other = tmp_path / "tables.toml"
        other.write_text(text.replace("[Things]\n", "[Things]\ntransactions = false\n"))
        settings.TABLES_FILE = other
    return request.param == "transactions"


@pytest.fixture
def injection(moto_tables, monkeypatch):
    return Injection(monkeypatch)


def cut_off(injection, number, arrives, failure, send):
    """Send with one call failing; the response, if any, and whether there was such a call."""
    injection.at(number, arrives=arrives, failure=failure)
    try:
        response = send()
    except Died:
        response = None
    was_cut = injection.calls >= number
    injection.off()
    return response, was_cut


def every_step(injection, arrives, failure, send):
    """For each step: the first response and two retries, until nothing is left to cut."""
    for number in range(1, CALLS):
        first, was_cut = cut_off(injection, number, arrives, failure, lambda n=number: send(n))
        yield number, first, send(number), send(number)
        if not was_cut:
            return
    pytest.fail("The request makes more calls than were cut.")


def key(number):
    return {"Idempotency-Key": f"key-{number}"}


def assert_told(responses, status, transactions):
    """A retry gets the answer, or 409 where the engine can't tell; then so does the next one."""
    first, second, third = responses
    if first is not None:
        assert first.status_code in (status, 503)
    if second.status_code == 409:
        assert not transactions
        assert (third.status_code, second["Retry-After"]) == (409, "1")
        return False
    assert (second.status_code, third.status_code) == (status, status)
    assert is_replayed(third)
    assert third.content == second.content
    if first is not None and first.status_code == status:
        assert second.content == first.content
    return True


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
@pytest.mark.parametrize("name", ["adminapi", "v1"])
def test_a_create_that_is_cut_off_makes_one_item_or_none(
    injection, transactions, enter, name, arrives, failure
):
    door = enter(name, "staff")
    door.view("none")  # reads what the table's keys are

    def send(number):
        return door.add({"number": {"N": str(number)}}, headers=key(number))

    for number, *responses in every_step(injection, arrives, failure, send):
        made = [item for item in things() if item["number"]["N"] == str(number)]
        assert len(made) <= 1
        if assert_told(responses, door.created, transactions):
            assert made[0]["id"]["S"] in responses[-1].content.decode()


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
@pytest.mark.parametrize("name", ["adminapi", "v1"])
def test_a_change_that_is_cut_off_is_made_once_or_not_at_all(
    injection, transactions, enter, name, arrives, failure
):
    door = enter(name, "staff")
    door.view("none")
    for number in range(1, CALLS):
        store("real-things", {"id": {"S": f"t{number}"}, "list": {"L": []}})

    def send(number):
        # Not idempotent in itself: a second write would show.
        if name == "adminapi":
            body = {"setListAppend": {"list": [1]}}
            at = {"table": "Things", "id": f"t{number}", "atomic": "true"}
            return door.send("PUT", body, headers=key(number), **at)
        body = [{"op": "add", "path": "/list/-", "value": 1}]
        kind = "application/json-patch+json"
        return door.send("PATCH", f"Things/items/t{number}", body, headers=key(number), kind=kind)

    for number, *responses in every_step(injection, arrives, failure, send):
        appended = stored("real-things", f"t{number}")["list"]["L"]
        assert appended in ([], [{"N": "1"}])
        if assert_told(responses, door.changed, transactions):
            assert appended == [{"N": "1"}]


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
@pytest.mark.parametrize("name", ["adminapi", "v1"])
def test_a_delete_that_is_cut_off_is_made_once_or_not_at_all(
    injection, transactions, enter, name, arrives, failure
):
    door = enter(name, "admins")
    door.view("none")
    for number in range(1, CALLS):
        store("real-things", {"id": {"S": f"t{number}"}})

    def send(number):
        return door.delete(f"t{number}", headers=key(number))

    for number, *responses in every_step(injection, arrives, failure, send):
        if assert_told(responses, door.deleted, transactions):
            assert stored("real-things", f"t{number}") is None


@pytest.mark.parametrize(("arrives", "failure"), CUTS)
def test_a_batch_that_is_cut_off_does_each_operation_once_or_not_at_all(
    injection, transactions, enter, arrives, failure
):
    door = enter("v1", "staff")
    door.view("none")

    def send(number):
        operations = [{"method": "POST", "body": {"number": number}} for _ in range(2)]
        body = {"operations": operations}
        return door.send("POST", "Things/batch", body, headers=key(number))

    for number, _, second, third in every_step(injection, arrives, failure, send):
        made = [item for item in things() if item["number"]["N"] == str(number)]
        assert len(made) <= 2
        if transactions:
            assert len(made) == 2
            assert is_replayed(third)
            assert third.content == second.content
            assert {result["status"] for result in third.json()["results"]} == {201}


def things():
    return things_of("real-things")


def things_of(table):
    return call("Scan", TableName=table)["Items"]
