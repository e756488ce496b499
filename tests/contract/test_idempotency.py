"""The Idempotency-Key through each door that keeps answers."""

import base64
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tables.dynamodb.client import call
from tests.contract import languages
from tests.tables import store, stored

KEEPING = ("adminapi", "v1")
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
# What is new in each answer, replayed or not.
FRESH = ("X-Request-ID", "Idempotency-Replayed", "RateLimit", "Date")


@pytest.fixture(params=[True, False], ids=["transactions", "no transactions"])
def transactions(request, on_alternator, settings):
    if request.param and on_alternator:
        pytest.skip("Alternator has no transactions.")
    settings.DYNAMODB_TRANSACTIONS = request.param
    return request.param


@pytest.fixture(params=KEEPING)
def door(request, transactions, moto_tables, enter):
    return enter(request.param, "admins")


def things(table="real-things"):
    return call("Scan", TableName=table)["Items"]


def heads(response):
    return {name: text for name, text in response.items() if name not in FRESH}


def is_replayed(response):
    return response.get("Idempotency-Replayed") == "true"


def assert_replays(first, again):
    assert not is_replayed(first)
    assert is_replayed(again)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert heads(again) == heads(first)


def test_a_create_is_made_once_and_answered_alike(door):
    # No key in the item: each create that ran would make one of its own.
    first = door.add({"text": {"S": "Ann"}}, headers=KEY)
    again = door.add({"text": {"S": "Ann"}}, headers=KEY)

    assert first.status_code == door.created
    assert_replays(first, again)
    assert len(things()) == 1


def test_stamps_of_the_first_request_are_replayed(door):
    first = door.add({"text": {"S": "Ann"}}, alias="Stamped", headers=KEY)
    again = door.add({"text": {"S": "Ann"}}, alias="Stamped", headers=KEY)

    assert b"createdBy" in first.content
    assert_replays(first, again)
    assert len(things("real-stamped")) == 1


def test_a_change_is_made_once_and_answered_alike(door):
    store("real-things", {"id": {"S": "a"}})
    first = door.change("a", headers=KEY)
    store("real-things", {"id": {"S": "a"}, "since": {"BOOL": True}})
    again = door.change("a", headers=KEY)

    assert first.status_code == door.changed
    assert_replays(first, again)
    assert stored("real-things", "a") == {"id": {"S": "a"}, "since": {"BOOL": True}}


def test_a_delete_is_made_once_and_answered_alike(door):
    store("real-things", {"id": {"S": "a"}})
    first = door.delete("a", headers=KEY)
    store("real-things", {"id": {"S": "a"}, "since": {"BOOL": True}})
    again = door.delete("a", headers=KEY)

    assert first.status_code == door.deleted
    assert_replays(first, again)
    assert stored("real-things", "a") == {"id": {"S": "a"}, "since": {"BOOL": True}}


def test_a_put_is_made_once_and_answered_alike(transactions, moto_tables, enter):
    door = enter("v1", "staff")
    url = "Things/items/a"
    first = door.send("PUT", url, {"v": 1}, headers=KEY)
    door.send("PUT", url, {"v": 2})
    again = door.send("PUT", url, {"v": 1}, headers=KEY)

    assert first.status_code == 201
    assert_replays(first, again)
    assert stored("real-things", "a")["v"] == {"N": "2"}


def test_a_batch_is_done_once_and_answered_alike(transactions, moto_tables, enter):
    door = enter("v1", "admins")
    operations = [
        {"method": "POST", "body": {"text": "Ann"}},
        {"method": "PATCH", "key": "none", "body": {"text": "Bob"}},
        {"method": "PUT", "key": "a", "body": {"text": "Cleo"}},
    ]
    first = door.send("POST", "Things/batch", {"operations": operations}, headers=KEY)
    again = door.send("POST", "Things/batch", {"operations": operations}, headers=KEY)

    results = languages.loads(first.content)["results"]
    assert [result["status"] for result in results] == [201, 404, 201]
    assert_replays(first, again)
    assert len(things()) == 2


def test_a_refusal_is_kept_too(door):
    wrong = {"id": {"N": "1"}}
    first = door.add(wrong, headers=KEY)
    again = door.add(wrong, headers=KEY)

    assert first.status_code in (400, 422)
    assert_replays(first, again)


@pytest.mark.parametrize("name", KEEPING)
def test_a_body_that_cannot_be_read_is_a_refusal_to_keep(transactions, moto_tables, enter, name):
    door = enter(name, "staff")

    def create(body):
        if name == "v1":
            return door.send("POST", "Things/items", body, headers=KEY)
        return door.send("POST", body, table="Things", headers=KEY)

    first, again = create(b"{"), create(b"{")
    assert first.status_code == 400
    assert_replays(first, again)
    assert create(b"{}").status_code == 422
    assert things() == []


def test_an_atomic_update_that_cannot_be_read_is_kept_too(transactions, moto_tables, enter):
    door = enter("adminapi", "staff")
    for body in (b"{", b'{"frob": 1}'):
        key = {"Idempotency-Key": body.hex()}
        first, again = (
            door.send("PUT", body, table="Things", id="a", atomic="true", headers=key)
            for _ in range(2)
        )
        assert first.status_code == 400
        assert_replays(first, again)


def test_16_another_body_with_the_same_key_is_422(door):
    door.add({"text": {"S": "Ann"}}, headers=KEY)
    other = door.add({"text": {"S": "Bob"}}, headers=KEY)

    assert other.status_code == 422
    assert b"another request" in other.content
    assert [item["text"] for item in things()] == [{"S": "Ann"}]


@pytest.mark.parametrize("name", KEEPING)
def test_16_another_callers_same_key_never_gets_the_answer(transactions, moto_tables, enter, name):
    first = enter(name, "staff", sub="sam").add({"text": {"S": "Ann"}}, headers=KEY)
    same = enter(name, "staff", sub="eve").add({"text": {"S": "Ann"}}, headers=KEY)
    other = enter(name, "staff", sub="bob").add({"text": {"S": "Bob"}}, headers=KEY)

    assert (first.status_code, same.status_code) == (other.status_code,) * 2
    assert not is_replayed(same)
    assert not is_replayed(other)
    assert len(things()) == 3


@pytest.mark.parametrize("name", KEEPING)
def test_a_session_and_a_token_of_one_person_are_one_caller(transactions, moto_tables, enter, name):
    first = enter(name, "staff", way="bearer").add({"text": {"S": "Ann"}}, headers=KEY)
    again = enter(name, "staff", way="session").add({"text": {"S": "Ann"}}, headers=KEY)

    assert is_replayed(again)
    assert again.content == first.content


def test_the_same_key_at_another_table_is_another_request(door):
    first = door.add({"id": {"S": "a"}}, alias="Things", headers=KEY)
    other = door.add({"id": {"S": "a"}}, alias="Stamped", headers=KEY)

    assert (first.status_code, is_replayed(other)) == (other.status_code, False)
    assert len(things("real-stamped")) == 1


@pytest.mark.parametrize("name", KEEPING)
def test_who_lost_the_right_gets_no_replay(transactions, moto_tables, enter, name):
    enter(name, "staff", sub="sam").add({"text": {"S": "Ann"}}, headers=KEY)
    door = enter(name, "readers", sub="sam")

    assert door.is_forbidden(door.add({"text": {"S": "Ann"}}, headers=KEY))


def put_v1(door, name):
    return door.send("PUT", f"Things/items/{name}", {"v": 1}, headers=KEY)


def add_by_key(door, name):
    return door.add({"id": {"S": name}, "v": {"N": "1"}}, headers=KEY)


def change_at_once(door, name):
    return door.change(name, headers=KEY)


# A write, whether the item is there before, and who may do part of it, not what it came to.
PARTLY = [
    pytest.param("v1", put_v1, True, "adders", id="v1 PUT that overwrote"),
    pytest.param("v1", put_v1, False, "changers", id="v1 PUT that created"),
    pytest.param("adminapi", add_by_key, True, "adders", id="adminapi create that overwrote"),
    pytest.param("adminapi", change_at_once, False, "changers", id="adminapi update that created"),
]


@pytest.mark.parametrize(("name", "write", "is_there", "group"), PARTLY)
def test_33_a_replay_asks_for_the_right_that_the_kept_request_needed(
    transactions, moto_tables, enter, name, write, is_there, group
):
    if is_there:
        store("real-things", {"id": {"S": "a"}, "since": {"BOOL": True}})
    first = write(enter(name, "staff", sub="sam"), "a")
    written = stored("real-things", "a")

    door = enter(name, group, sub="sam")
    refused = write(door, "a")

    assert first.status_code in (200, 201)
    assert refused.status_code == 403
    assert not is_replayed(refused)
    assert stored("real-things", "a") == written
    assert_replays(first, write(enter(name, "staff", sub="sam"), "a"))


def test_33_each_operation_of_a_batch_asks_for_its_own_right(transactions, moto_tables, enter):
    store("real-things", {"id": {"S": "a"}})
    operations = [
        {"method": "PUT", "key": "a", "body": {"v": 1}},
        {"method": "PUT", "key": "b", "body": {"v": 1}},
        {"method": "PATCH", "key": "none", "body": {"v": 1}},
    ]

    def send(*groups):
        door = enter("v1", *groups, sub="sam")
        response = door.send("POST", "Things/batch", {"operations": operations}, headers=KEY)
        return response, languages.loads(response.content)["results"]

    first, results = send("staff")
    again, partly = send("adders")

    assert [result["status"] for result in results] == [200, 201, 404]
    assert [result["status"] for result in partly] == [403, 201, 404]
    assert partly[1:] == results[1:]
    assert is_replayed(again)
    assert_replays(first, send("staff")[0])


@pytest.mark.parametrize("name", KEEPING)
def test_a_403_is_not_kept(transactions, moto_tables, enter, name):
    enter(name, "readers", sub="sam").add({"text": {"S": "Ann"}}, headers=KEY)
    door = enter(name, "staff", sub="sam")

    assert door.add({"text": {"S": "Ann"}}, headers=KEY).status_code == door.created


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 256, "a,b", "a, b", '"a,b"'])
def test_a_key_that_is_none_is_400_and_nothing_is_written(door, key):
    response = door.add({"text": {"S": "Ann"}}, headers={"Idempotency-Key": key})

    assert response.status_code == 400
    assert b"1 to 255 visible ASCII" in response.content
    assert things() == []


def test_a_last_slash_and_another_spelling_of_the_host_are_the_same_request(
    transactions, moto_tables, enter, settings
):
    settings.ALLOWED_HOSTS = ["testserver", "other.test"]
    door = enter("v1", "staff")
    first = door.send("POST", "Things/items", {"text": "Ann"}, headers=KEY)
    again = door.send(
        "POST", "Things/items/", {"text": "Ann"}, headers={**KEY, "Host": "other.test"}
    )

    assert_replays(first, again)
    assert len(things()) == 1


def test_an_update_in_several_writes_can_not_be_kept(transactions, moto_tables, enter):
    door = enter("adminapi", "staff")
    store("real-things", {"id": {"S": "a"}})
    body = {"set": {"b": 1}, "remove": ["c"]}

    response = door.send("PUT", body, table="Things", id="a", headers=KEY)

    assert response.status_code == 400
    assert "atomic=true" in response.json()["error"]["message"]
    assert stored("real-things", "a") == {"id": {"S": "a"}}


@pytest.mark.parametrize("name", KEEPING)
def test_an_item_too_large_to_keep_is_read_for_the_replay(transactions, moto_tables, enter, name):
    door = enter(name, "staff")
    incompressible = base64.b64encode(random.Random(1).randbytes(380_000)).decode()
    item = {"id": {"S": "a"}, "data": {"B": incompressible}}
    first = door.add(item, headers=KEY)
    again = door.add(item, headers=KEY)

    assert first.status_code == door.created
    assert is_replayed(again)
    # Read again, its attributes come in the engine's order.
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert heads(again) == heads(first)


@pytest.mark.parametrize("name", KEEPING)
def test_32_threads_that_send_one_key_make_one_item(transactions, embedded_tables, enter, name):
    door = enter(name, "staff")
    gate = threading.Barrier(32)

    def send(_number):
        gate.wait(timeout=60)
        try:
            return door.add({"text": {"S": "Ann"}}, headers=KEY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        responses = list(pool.map(send, range(32)))

    made = [response for response in responses if response.status_code == door.created]
    told_to_wait = [response for response in responses if response.status_code == 409]
    assert len(made) + len(told_to_wait) == 32
    assert sum(not is_replayed(response) for response in made) == 1
    assert {response.content for response in made} == {made[0].content}
    assert all(response["Retry-After"] for response in told_to_wait)
    assert len(things()) == 1
