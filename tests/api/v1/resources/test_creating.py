"""POST on a collection: exactly one new item."""

import re
from decimal import Decimal

import pytest

from tests.api.v1.conftest import PLAIN, TYPED, Door, ok, pointers, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Events", "Numbers", "Blobs", "Checked", "Notes", "Bare")
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
AUDIT = ["created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime"]


def test_a_create_answers_201_location_etag_and_the_item(staff):
    response = staff.post("Workers/items", {"id": "1", "name": "Ann"})
    body = ok(response, 201)
    assert response["Location"] == "http://testserver/api/v1/tables/Workers/items/1"
    assert response["Content-Type"] == PLAIN
    assert list(body) == ["id", "name", *AUDIT]
    got = staff.get("Workers/items/1")
    assert got["ETag"] == response["ETag"]
    assert ok(got) == body


def test_the_server_makes_a_key_where_there_is_none(staff):
    response = staff.post("Workers/items", {"name": "Ann"})
    key = ok(response, 201)["id"]
    assert UUID4.fullmatch(key)
    assert response["Location"].endswith(f"/items/{key}")


def test_the_stamps_are_the_servers_whatever_the_client_sends(staff):
    sent = {"id": "1", "createdBy": "me", "created": 1, "lastUpdatedBy": None}
    body = ok(staff.post("Workers/items", sent), 201)
    assert body["createdBy"] == body["lastUpdatedBy"] == "doe, jane"
    assert TIME.fullmatch(body["created"])
    assert body["created"] == body["lastUpdatedDateTime"]


def test_a_table_without_stamps_stores_what_it_is_given(staff):
    assert ok(staff.post("Bare/items", {"id": "1", "createdBy": "me"}), 201) == {
        "id": "1",
        "createdBy": "me",
    }


def test_an_existing_key_is_409_and_nothing_changes(staff):
    store("v1-Workers", id={"S": "1"}, name={"S": "Ann"})
    problem(staff.post("Workers/items", {"id": "1", "name": "Bea"}), 409, "item_exists")
    assert stored("v1-Workers", id={"S": "1"}) == {"id": {"S": "1"}, "name": {"S": "Ann"}}


def test_the_answer_speaks_the_representation_that_was_asked_for(staff):
    response = staff.post("Bare/items", {"id": "1", "n": 1}, Accept=TYPED)
    assert ok(response, 201) == {"id": {"S": "1"}, "n": {"N": "1"}}
    assert response["Content-Type"] == TYPED
    assert response["ETag"] == staff.get("Bare/items/1", "format=dynamodb")["ETag"]


def test_a_typed_body_is_stored_as_it_is(staff):
    item = {
        "id": {"S": "1"},
        "tags": {"SS": ["a"]},
        "data": {"B": "AAEC"},
        "n": {"N": "1.50"},
        "deep": {"M": {"l": {"L": [{"NS": ["1"]}, {"NULL": True}]}}},
    }
    ok(staff.post("Bare/items", item, type=TYPED), 201)
    assert ok(staff.get("Bare/items/1", "format=dynamodb")) == {**item, "n": {"N": "1.5"}}


def test_numbers_keep_38_digits(staff):
    digits = Decimal("12345678901234567890123456789012345.678")
    body = ok(staff.post("Bare/items", {"id": "1", "n": digits, "one": Decimal("1.0")}), 201)
    assert body == {"id": "1", "n": digits, "one": 1}
    assert stored("v1-Bare", id={"S": "1"})["n"] == {"N": str(digits)}


@pytest.mark.parametrize(
    ("table", "body"),
    [
        ("Events", {"device": "d", "at": 7}),
        ("Numbers", {"number": Decimal(9007199254740993)}),
        ("Blobs", {"blob": "AAEC"}),
    ],
)
def test_keys_of_every_type_can_be_created(staff, table, body):
    assert ok(staff.post(f"{table}/items", body), 201) == body
    problem(staff.post(f"{table}/items", body), 409, "item_exists")


@pytest.mark.parametrize(
    ("table", "body", "pointer"),
    [
        ("Workers", {"id": 7}, "/id"),
        ("Workers", {"id": None}, "/id"),
        ("Workers", {"id": ""}, "/id"),
        ("Workers", {"id": ["1"]}, "/id"),
        ("Workers", {"id": "k" * 2049}, "/id"),
        ("Workers", {"id": "1", "age": "old"}, "/age"),
        ("Workers", {"id": "1", "city": ""}, "/city"),
        ("Workers", {"id": "1", "a": {"b": [Decimal("1e400")]}}, "/a/b/0"),
        ("Workers", {"id": "1", "a/b": Decimal("1" * 39)}, "/a~1b"),
        ("Workers", {"id": "1", "": "x"}, "/"),
        ("Events", {"device": "d"}, "/at"),
        ("Events", {"device": "d", "at": "7"}, "/at"),
        ("Numbers", {}, "/number"),
        ("Numbers", {"number": "7"}, "/number"),
        ("Blobs", {"blob": "not base64!"}, "/blob"),
        ("Checked", {"id": "1"}, ""),
        ("Checked", {"id": "1", "total": -1}, "/total"),
        ("Checked", {"id": "1", "total": 1, "email": "x"}, "/email"),
    ],
)
def test_what_dynamodb_or_the_schema_cannot_hold_is_422_with_a_pointer(staff, table, body, pointer):
    refusal = problem(staff.post(f"{table}/items", body), 422, "invalid_value")
    assert pointer in pointers(refusal)
    assert ok(staff.get(f"{table}/items"))["count"] == 0


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"id": {"S": "1"}, "a": {"X": "1"}}, "/a"),
        ({"id": {"S": "1"}, "a": "x"}, "/a"),
        ({"id": {"S": "1"}, "a": {"SS": []}}, "/a/SS"),
        ({"id": {"S": "1"}, "a": {"SS": ["x", "x"]}}, "/a/SS"),
        ({"id": {"S": "1"}, "a": {"N": 1}}, "/a/N"),
        ({"id": {"S": "1"}, "a": {"N": "NaN"}}, "/a/N"),
        ({"id": {"S": "1"}, "a": {"B": "*"}}, "/a/B"),
        ({"id": {"S": "1"}, "a": {"M": {"b": {"S": 1}}}}, "/a/M/b/S"),
    ],
)
def test_a_typed_value_that_is_none_is_422_with_a_pointer(staff, item, pointer):
    refusal = problem(staff.post("Bare/items", item, type=TYPED), 422, "invalid_value")
    assert pointers(refusal) == [pointer]


@pytest.mark.parametrize("body", [[], [{"id": "1"}], "x", 7, None, True])
def test_a_body_is_exactly_one_item(staff, body):
    sent = b"null" if body is None else body
    refusal = problem(staff.post("Workers/items", sent), 400, "invalid_request")
    assert pointers(refusal) == [""]


def test_an_unknown_query_parameter_is_400(staff):
    for query in ("id=1", "fieldss=id", "x"):
        problem(staff.post("Workers/items", {"id": "1"}, query=query), 400, "invalid_request")
    assert ok(staff.post("Workers/items", {"id": "1"}, query="format=json&fields=id"), 201) == {
        "id": "1"
    }


def test_the_server_makes_keys_where_clients_may_not(staff):
    refusal = problem(staff.post("Notes/items", {"id": "1", "text": "x"}), 400, "invalid_request")
    assert pointers(refusal) == ["/id"]
    assert UUID4.fullmatch(ok(staff.post("Notes/items", {"text": "x"}), 201)["id"])


def test_an_item_over_400_kb_is_413(staff):
    problem(staff.post("Bare/items", {"id": "1", "a": "x" * 410_000}), 413, "too_large")
    assert stored("v1-Bare", id={"S": "1"}) is None


def test_post_on_an_items_url_is_405(staff):
    response = staff.post("Workers/items/1", {"name": "Ann"})
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"


def test_a_precondition_on_a_create_is_never_ignored(staff):
    problem(staff.post("Bare/items", {"id": "1"}, If_Match='"x.p"'), 412, "precondition_failed")
    problem(staff.post("Bare/items", {"id": "1"}, If_Match='"x'), 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"}) is None
    ok(staff.post("Bare/items", {"id": "1"}, If_None_Match="*"), 201)


def test_a_create_needs_the_right_to_add():
    problem(Door("readers").post("Workers/items", {"id": "1"}), 403, "forbidden")
    problem(Door("changers").post("Workers/items", {"id": "1"}), 403, "forbidden")
    ok(Door("adders").post("Workers/items", {"id": "1"}), 201)
