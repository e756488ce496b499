"""Idempotency-Key on v1: one effect, and every retry gets the same answer."""

import random

import pytest
from django.test.client import encode_multipart

from tests.api.v1.conftest import JSON_PATCH, TYPED, Door, exact, ok, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Students", "Bare", "Settings", "dynadmin-state")


@pytest.fixture(params=["transactions", "in order"], autouse=True)
def _course(request, settings):
    settings.DYNAMODB_TRANSACTIONS = request.param == "transactions"


def whole(response):
    """What a replay repeats: all but the id of the request."""
    kept = ("Location", "ETag", "Content-Type", "Preference-Applied")
    headers = {name: response[name] for name in kept if name in response}
    return response.status_code, headers, response.content


def incompressible():
    """A text that stays over 300 KB when compressed, in an item under 400 KB."""
    return "".join(random.Random(1).choices([chr(n) for n in range(35, 127) if n != 92], k=395_000))


def twice(door, method, path, body=None, **more):
    first = door.send(method, path, body, Idempotency_Key="k", **more)
    second = door.send(method, path, body, Idempotency_Key="k", **more)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert whole(second) == whole(first)
    return first


def test_a_create_is_made_once(staff):
    assert twice(staff, "POST", "Workers/items", {"name": "Ann"}).status_code == 201
    assert ok(staff.get("Workers/items"))["count"] == 1


def test_a_patch_is_applied_once(staff):
    store("v1-Bare", id={"S": "1"}, list={"L": []})
    patch = [{"op": "add", "path": "/list/-", "value": 1}]
    assert twice(staff, "PATCH", "Bare/items/1", patch, type=JSON_PATCH).status_code == 200
    assert stored("v1-Bare", id={"S": "1"})["list"] == {"L": [{"N": "1"}]}


def test_a_put_is_replayed_as_created(staff):
    assert twice(staff, "PUT", "Workers/items/1", {"a": 1}).status_code == 201


@pytest.mark.parametrize("conditional", [False, True])
def test_a_delete_is_replayed_as_done(staff, conditional):
    store("v1-Bare", id={"S": "1"})
    headers = {"If_Match": staff.get("Bare/items/1")["ETag"]} if conditional else {}
    assert twice(staff, "DELETE", "Bare/items/1", **headers).status_code == 204
    problem(staff.delete("Bare/items/1"), 404, "item_not_found")


def test_an_upsert_is_replayed_as_created(staff):
    body = {"school": "A", "number": 7}
    assert twice(staff, "POST", "Students/items", body).status_code == 201


def test_minimal_and_typed_answers_are_replayed_as_they_were(staff):
    twice(staff, "POST", "Bare/items", {"id": "1"}, Prefer="return=minimal")
    store("v1-Bare", id={"S": "2"})
    response = staff.put("Bare/items/2", {"a": 1}, Accept=TYPED, Idempotency_Key="t")
    again = staff.put("Bare/items/2", {"a": 1}, Accept=TYPED, Idempotency_Key="t")
    assert again["Content-Type"] == TYPED
    assert whole(again) == whole(response)


@pytest.mark.parametrize(
    ("method", "path", "body", "more", "status"),
    [
        ("POST", "Bare/items", {"id": "old"}, {}, 409),
        ("POST", "Bare/items", {"id": 7}, {}, 422),
        ("POST", "Bare/items", [], {}, 400),
        ("PUT", "Bare/items/old", {}, {"If_Match": '"x.p"'}, 412),
        ("PATCH", "Bare/items/none", {}, {}, 404),
        ("DELETE", "Bare/items/none", None, {}, 404),
        ("POST", "Bare/items", {"a": "x" * 410_000}, {}, 413),
        ("POST", "Bare/items", {}, {"type": "text/plain"}, 415),
        ("PUT", "Settings/items/a", {}, {}, 428),
    ],
)
def test_a_lasting_refusal_is_replayed_too(staff, method, path, body, more, status):
    store("v1-Bare", id={"S": "old"})
    first = staff.send(method, path, body, Idempotency_Key="k", **more)
    again = staff.send(method, path, body, Idempotency_Key="k", **more)
    assert first.status_code == again.status_code == status
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"
    assert first.get("ETag") == again.get("ETag")


def test_a_refusal_for_want_of_rights_is_not_kept(staff):
    reader = Door("readers")
    problem(reader.post("Workers/items", {}, Idempotency_Key="k"), 403, "forbidden")
    ok(staff.post("Workers/items", {}, Idempotency_Key="k"), 201)


def test_who_lost_the_right_gets_no_replay(staff):
    ok(staff.post("Workers/items", {}, Idempotency_Key="k"), 201)
    problem(Door("readers").post("Workers/items", {}, Idempotency_Key="k"), 403, "forbidden")


@pytest.mark.parametrize(
    "more",
    [
        {"Prefer": "return=minimal"},
        {"Accept": TYPED},
        {"If_None_Match": "*"},
    ],
)
def test_another_request_with_the_same_key_is_422(staff, more):
    ok(staff.put("Bare/items/1", {"a": 1}, Idempotency_Key="k"), 201)
    response = staff.put("Bare/items/1", {"a": 1}, Idempotency_Key="k", **more)
    problem(response, 422, "idempotency_conflict")
    response = staff.put("Bare/items/1", {"a": 2}, Idempotency_Key="k")
    problem(response, 422, "idempotency_conflict")


def test_a_key_belongs_to_its_caller_method_and_url(staff, admin):
    ok(staff.put("Bare/items/1", {"a": 1}, Idempotency_Key="k"), 201)
    for response in (
        admin.put("Bare/items/1", {"a": 2}, Idempotency_Key="k"),
        staff.patch("Bare/items/1", {"a": 3}, Idempotency_Key="k"),
        staff.put("Bare/items/2", {"a": 4}, Idempotency_Key="k"),
        staff.put("Bare/items/1", {"a": 5}, Idempotency_Key="k", query="fields=a"),
    ):
        assert response.status_code in (200, 201)
        assert "Idempotency-Replayed" not in response


def test_an_answer_too_large_to_keep_is_made_again_from_the_item(staff):
    noise = incompressible()
    first = staff.post("Bare/items", {"id": "1", "a": noise}, Idempotency_Key="k")
    assert first.status_code == 201
    again = staff.post("Bare/items", {"id": "1", "a": noise}, Idempotency_Key="k")
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again["Location"]) == (201, first["Location"])
    assert exact(again) == exact(first)
    assert again["ETag"] == staff.get("Bare/items/1")["ETag"]


def test_a_replay_of_an_item_that_is_gone_has_no_body(staff):
    noise = incompressible()
    ok(staff.post("Bare/items", {"id": "1", "a": noise}, Idempotency_Key="k"), 201)
    assert staff.delete("Bare/items/1").status_code == 204
    again = staff.post("Bare/items", {"id": "1", "a": noise}, Idempotency_Key="k")
    assert (again.status_code, again.content) == (201, b"")
    assert "ETag" not in again


def test_a_multipart_retry_may_have_another_boundary(staff):
    for boundary in ("one", "two"):
        body = encode_multipart(boundary, {"id": "1"})
        kind = f"multipart/form-data; boundary={boundary}"
        response = staff.post("Bare/items", body, type=kind, Idempotency_Key="k")
        assert response.status_code == 201, response.content
    assert response["Idempotency-Replayed"] == "true"


def test_a_batch_is_run_once_and_replayed_whole(staff):
    store("v1-Bare", id={"S": "1"}, list={"L": []})
    body = {
        "operations": [
            {"method": "PATCH", "key": "1", "body": [{"op": "add", "path": "/list/-", "value": 1}]},
            {"method": "POST", "body": {}},
            {"method": "POST", "body": {"id": "1"}},
        ]
    }
    first = twice(staff, "POST", "Bare/batch", body)
    assert [result["status"] for result in exact(first)["results"]] == [200, 201, 409]
    assert stored("v1-Bare", id={"S": "1"})["list"] == {"L": [{"N": "1"}]}
    assert ok(staff.get("Bare/items"))["count"] == 2
    body["operations"].pop()
    problem(staff.post("Bare/batch", body, Idempotency_Key="k"), 422, "idempotency_conflict")
