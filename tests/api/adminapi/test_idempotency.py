"""Idempotency-Key: a write that is sent again is not done again, and answers the same."""

import json
import random

import pytest

from tests.api.adminapi.conftest import EndpointCaller, exact
from tests.tables import store, stored

KEY = {"Idempotency-Key": '"5f0c-1"'}
REPLAYED = "Idempotency-Replayed"


@pytest.fixture(autouse=True, params=[True, False], ids=["transactions", "ordered"])
def _tables(request, tables, settings):
    settings.DYNAMODB_TRANSACTIONS = request.param


def create(door, body, headers=KEY):
    return door.send("POST", body, headers=headers, table="Workers")


def update(door, body, headers=KEY, **query):
    return door.send("PUT", body, headers=headers, table="Workers", id="1", **query)


def test_a_create_sent_again_answers_the_same_and_creates_nothing(staff):
    first, again = create(staff, {"name": "Ann"}), create(staff, {"name": "Ann"})
    assert (first.status_code, first.content) == (again.status_code, again.content)
    for name in ("Content-Type", "Location", "ETag", "Access-Control-Allow-Origin"):
        assert first.headers[name] == again.headers[name]
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert len(exact(staff.get(table="Workers"))) == 1


def test_another_request_with_the_key_is_422(staff):
    create(staff, {"name": "Ann"})
    response = create(staff, {"name": "Bob"})
    assert response.status_code == 422
    error = response.json()["error"]
    assert (error["code"], error["statusCode"]) == ("IdempotencyConflictException", 422)
    assert len(exact(staff.get(table="Workers"))) == 1


def test_another_caller_s_key_is_another_key(staff):
    create(staff, {"name": "Ann"})
    response = create(EndpointCaller("staff", name="roe, rick"), {"name": "Ann"})
    assert REPLAYED not in response.headers
    assert response.json()["item"]["createdBy"] == "roe, rick"


def test_a_delete_sent_again_deletes_nothing_new(admin):
    def send():
        return admin.send("DELETE", headers=KEY, table="Workers", id="1")

    admin.create({"empId": "1"})
    assert send().content == b'{"success":true,"response":{}}'
    admin.create({"empId": "1"})
    again = send()
    assert again.content == b'{"success":true,"response":{}}'
    assert again.headers[REPLAYED] == "true"
    assert stored("ttd-Workers", empId={"S": "1"}) is not None


@pytest.mark.parametrize("exists", [True, False])
def test_an_atomic_update_sent_again_adds_nothing(staff, exists):
    if exists:
        store("ttd-Workers", empId={"S": "1"}, n={"N": "1"}, s={"SS": ["a", "b"]})
    body = {"add": {"n": 1}, "delete": {"s": "a"}, "set": {"x": [1]}, "other": 1}
    first, again = update(staff, body, atomic="true"), update(staff, body, atomic="true")
    assert first.status_code == 200, first.content
    assert first.content == again.content
    assert again.headers[REPLAYED] == "true"
    item = stored("ttd-Workers", empId={"S": "1"})
    assert item["n"] == {"N": "2" if exists else "1"}
    last = json.loads(first.json()["results"][-1]["body"])["response"]["Attributes"]
    assert last["n"] == int(item["n"]["N"])
    assert last["lastUpdatedDateTime"] == item["lastUpdatedDateTime"]["S"]


def test_an_atomic_update_that_changes_nothing_replays(staff):
    first, again = update(staff, {"set": {}}, atomic="1"), update(staff, {"set": {}}, atomic="1")
    assert first.content == again.content
    assert stored("ttd-Workers", empId={"S": "1"}) is None


def test_an_update_in_several_writes_can_t_be_kept(staff):
    response = update(staff, {"set": {"a": 1}})
    assert response.status_code == 400
    assert "atomic=true" in response.json()["error"]["message"]
    assert stored("ttd-Workers", empId={"S": "1"}) is None


def test_a_refusal_that_lasts_is_replayed(staff):
    first, again = create(staff, {"empId": 7}), create(staff, {"empId": 7})
    assert first.status_code == again.status_code == 400
    assert first.content == again.content
    assert again.headers[REPLAYED] == "true"


def test_a_refusal_that_may_pass_is_not_kept(staff):
    staff.create({"empId": "1"})
    adder = EndpointCaller("adders")
    for _ in range(2):
        response = create(adder, {"empId": "1"})
        assert response.status_code == 403
        assert REPLAYED not in response.headers
    EndpointCaller("admins").delete()
    assert create(adder, {"empId": "1"}).status_code == 200


def test_a_right_that_was_lost_gets_no_replay(staff):
    create(staff, {"name": "Ann"})
    response = create(EndpointCaller("readers"), {"name": "Ann"})
    assert (response.status_code, REPLAYED in response.headers) == (403, False)


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 256, '"open'])
def test_a_key_that_is_none_is_refused(staff, key):
    response = create(staff, {"empId": "1"}, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert stored("ttd-Workers", empId={"S": "1"}) is None


def test_reads_ignore_a_key(staff):
    for _ in range(2):
        assert staff.send("GET", headers=KEY, table="Workers", id="1").status_code == 404
        response = staff.send("POST", {"scan": {}}, headers=KEY, table="Workers", action="scan")
        assert (exact(response), REPLAYED in response.headers) == ([], False)


def test_an_answer_too_large_to_keep_is_made_again_from_the_item(staff):
    noise = list(random.Random(1).randbytes(380_000))
    wide = {"empId": "1", "blob": {"type": "Buffer", "data": noise}}
    first, again = create(staff, wide), create(staff, wide)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"]
    EndpointCaller("admins").delete()
    gone = create(staff, wide)
    assert (gone.status_code, gone.content) == (200, b"")
    assert "ETag" not in gone.headers
