"""Batches: many operations in one request, each with a status of its own."""

import pytest

from tables.core.errors import Unavailable
from tables.dynamodb import reads, writes
from tests.api.v1.conftest import TYPED, Door, exact, ok, pointers, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Events", "Settings", "Students", "Notes", "Bare")


def batch(door, *operations, table="Bare", **more):
    return door.post(f"{table}/batch", {"operations": list(operations)}, **more)


def results(response):
    assert response.status_code == 207, response.content
    return exact(response)["results"]


def test_each_operation_has_its_own_result_in_the_same_order(staff):
    store("v1-Bare", id={"S": "old"}, a={"N": "1"})
    store("v1-Bare", id={"S": "gone"})
    done = results(
        batch(
            staff,
            {"method": "POST", "body": {"id": "new", "a": 1}},
            {"method": "PUT", "key": "put", "body": {"a": 2}},
            {"method": "PATCH", "key": "old", "body": {"b": 3}},
            {"method": "PATCH", "key": "old", "body": [{"op": "remove", "path": "/a"}]},
            {"method": "DELETE", "key": "gone"},
            {"method": "DELETE", "key": "gone"},
            {"method": "POST", "body": {"id": "new"}},
            {"method": "PUT", "key": "old", "body": {"c": 4}, "if_match": '"stale.p"'},
            {"method": "PATCH", "key": "a.b", "body": {}},
        )
    )
    assert [result["status"] for result in done] == [201, 201, 200, 200, 204, 404, 409, 412, 404]
    assert [result.get("key") for result in done] == [
        "new", "put", "old", "old", "gone", "gone", None, "old", "a.b",
    ]  # fmt: skip
    assert done[0]["item"] == {"id": "new", "a": 1}
    assert done[3]["item"] == {"id": "old", "b": 3}
    present = staff.get("Bare/items/old")["ETag"]
    assert done[3]["etag"] == done[7]["etag"] == present
    assert done[4].keys() == {"status", "key"}
    for result, code in zip(
        done[5:],
        ["item_not_found", "item_exists", "precondition_failed", "item_not_found"],
        strict=True,
    ):
        assert result["problem"]["code"] == code
        assert result["problem"]["status"] == result["status"]
        assert result["problem"]["type"] == f"/api/docs/errors#{code}"


def test_preconditions_are_members(staff):
    store("v1-Settings", id={"S": "1"})
    tag = staff.get("Settings/items/1")["ETag"]
    done = results(
        batch(
            staff,
            {"method": "PATCH", "key": "1", "body": {"a": 1}},
            {"method": "PATCH", "key": "1", "body": {"a": 1}, "if_match": tag},
            {"method": "PUT", "key": "2", "body": {}, "if_none_match": "*"},
            {"method": "PUT", "key": "2", "body": {}, "if_none_match": "*"},
            table="Settings",
        )
    )
    assert [result["status"] for result in done] == [428, 200, 201, 412]


def test_typed_bodies_and_answers(staff):
    response = batch(
        staff,
        {"method": "PUT", "key": "1", "body": {"tags": {"SS": ["a"]}}},
        {"method": "PATCH", "key": "1", "body": {"n": {"N": "1.0"}}},
        type=TYPED,
        Accept=TYPED,
    )
    assert response["Content-Type"] == TYPED
    assert results(response)[1]["item"] == {
        "id": {"S": "1"},
        "tags": {"SS": ["a"]},
        "n": {"N": "1"},
    }
    assert staff.get("Bare/items/1", Accept=TYPED)["ETag"] == results(response)[1]["etag"]


def test_minimal_leaves_out_the_items(staff):
    (done,) = results(
        batch(staff, {"method": "PUT", "key": "1", "body": {}}, Prefer="return=minimal")
    )
    assert done.keys() == {"status", "key", "etag", "location"}
    assert done["location"] == "http://testserver/api/v1/tables/Bare/items/1"


def test_a_natural_key_table_upserts(staff):
    body = {"school": "A", "number": 7}
    done = results(batch(staff, *[{"method": "POST", "body": body}] * 2, table="Students"))
    assert [result["status"] for result in done] == [201, 200]
    assert done[0]["key"] == done[1]["key"]


def test_what_dynamodb_cannot_hold_is_422_for_that_operation(staff):
    done = results(
        batch(
            staff,
            {"method": "POST", "body": {"id": 7}},
            {"method": "PUT", "key": "1", "body": {"id": "2"}},
            {"method": "POST", "body": "x"},
            {"method": "PUT", "key": "1", "body": {"a": 1}},
        )
    )
    assert [result["status"] for result in done] == [422, 422, 400, 201]
    assert pointers(done[0]["problem"]) == ["/id"]


@pytest.mark.parametrize(
    ("operation", "pointer"),
    [
        ("PUT", "/operations/1"),
        ({}, "/operations/1/method"),
        ({"method": "GET", "key": "1"}, "/operations/1/method"),
        ({"method": "put", "key": "1", "body": {}}, "/operations/1/method"),
        ({"method": "PUT", "body": {}}, "/operations/1"),
        ({"method": "PUT", "key": "1"}, "/operations/1"),
        ({"method": "PUT", "key": 1, "body": {}}, "/operations/1/key"),
        ({"method": "POST", "key": "1", "body": {}}, "/operations/1/key"),
        ({"method": "DELETE", "key": "1", "body": {}}, "/operations/1/body"),
        ({"method": "DELETE", "key": "1", "if_match": 1}, "/operations/1/if_match"),
        ({"method": "DELETE", "key": "1", "if_match": '"'}, "/operations/1"),
        ({"method": "DELETE", "key": "1", "ifMatch": "x"}, "/operations/1"),
    ],
)
def test_a_malformed_operation_refuses_the_whole_batch_first(staff, operation, pointer):
    response = batch(staff, {"method": "POST", "body": {"id": "1"}}, operation)
    assert pointers(problem(response, 422, "invalid_value")) == [pointer]
    assert stored("v1-Bare", id={"S": "1"}) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operations": []},
        {"operations": {}},
        {"operations": [{"method": "POST", "body": {}}], "atomic": True},
    ],
)
def test_there_are_operations_and_nothing_else(staff, body):
    problem(staff.post("Bare/batch", body), 422, "invalid_value")
    assert ok(staff.get("Bare/items"))["count"] == 0


def test_a_hundred_operations_pass(staff):
    done = results(batch(staff, *[{"method": "POST", "body": {}}] * 100))
    assert [result["status"] for result in done] == [201] * 100


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"operations": [], "operations": []}'])
def test_a_batch_that_cannot_be_read_is_400(staff, body):
    problem(staff.post("Bare/batch", body), 400, "invalid_request")


def test_each_operation_needs_its_right():
    store("v1-Workers", id={"S": "1"})
    operations = [
        {"method": "POST", "body": {"id": "2"}},
        {"method": "PATCH", "key": "1", "body": {}},
        {"method": "DELETE", "key": "1"},
    ]
    adder = results(batch(Door("adders"), *operations, table="Workers"))
    assert [result["status"] for result in adder] == [201, 403, 403]
    problem(batch(Door("readers"), *operations, table="Workers"), 403, "forbidden")


def test_after_a_silence_of_dynamodb_the_rest_is_not_tried(staff, monkeypatch):
    asked = []

    def silent(operation, **_):
        asked.append(operation)
        raise Unavailable("DynamoDB can't be reached.", retry_after=2)

    monkeypatch.setattr(reads, "call", silent)
    monkeypatch.setattr(writes, "call", silent)
    done = results(batch(staff, *[{"method": "PUT", "key": "1", "body": {}}] * 5))
    assert [result["status"] for result in done] == [503] * 5
    assert len(asked) == 1
