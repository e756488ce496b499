"""PATCH on an item: parts of it change, in one write."""

from decimal import Decimal

import pytest

from project.request_log import WRITES
from tables.core.operations import Put
from tables.dynamodb.writes import write
from tests.api.v1.conftest import JSON_PATCH, PLAIN, TYPED, Door, ok, pointers, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Checked", "Bare")


@pytest.fixture
def item():
    whole = {
        "id": {"S": "1"},
        "name": {"S": "Ann"},
        "tags": {"SS": ["a", "b"]},
        "data": {"B": "AAEC"},
        "n": {"N": "12345678901234567890.123456789012345678"},
        "worker": {"M": {"name": {"S": "Ann"}, "photo": {"B": "AAEC"}}},
        "list": {"L": [{"N": "1"}, {"B": "AAEC"}]},
    }
    write(Put("v1-Bare", whole))
    return whole


def bare():
    item = stored("v1-Bare", id={"S": "1"})
    for name in ("tags",):
        if "SS" in item.get(name, {}):
            item[name]["SS"].sort()
    return item


@pytest.mark.parametrize("kind", ["application/merge-patch+json", PLAIN])
def test_a_merge_patch_changes_what_it_names_only(staff, item, kind):
    response = staff.patch(
        "Bare/items/1", {"name": None, "worker": {"age": 7}, "tags": ["c"]}, type=kind
    )
    body = ok(response)
    assert body["worker"] == {"name": "Ann", "photo": "AAEC", "age": 7}
    assert "name" not in body
    assert response["ETag"] == staff.get("Bare/items/1")["ETag"]
    worker = {"M": {**item["worker"]["M"], "age": {"N": "7"}}}
    expected = {**item, "worker": worker, "tags": {"SS": ["c"]}}
    del expected["name"]
    assert bare() == expected


def test_a_json_patch_changes_what_it_names_only(staff, item):
    patch = [
        {"op": "test", "path": "/n", "value": Decimal(item["n"]["N"])},
        {"op": "replace", "path": "/name", "value": "Bea"},
        {"op": "remove", "path": "/list/0"},
        {"op": "add", "path": "/worker/age", "value": 7},
    ]
    ok(staff.patch("Bare/items/1", patch, type=JSON_PATCH))
    worker = {"M": {**item["worker"]["M"], "age": {"N": "7"}}}
    assert bare() == {
        **item,
        "name": {"S": "Bea"},
        "list": {"L": [{"B": "AAEC"}]},
        "worker": worker,
    }


def test_a_typed_patch_sets_whole_values(staff, item):
    ok(staff.patch("Bare/items/1", {"worker": {"M": {}}, "name": None}, type=TYPED))
    expected = {**item, "worker": {"M": {}}}
    del expected["name"]
    assert bare() == expected


def test_a_failing_test_is_409_and_nothing_is_written(staff, item):
    patch = [
        {"op": "replace", "path": "/name", "value": "Bea"},
        {"op": "test", "path": "/worker/name", "value": "Cid"},
    ]
    refusal = problem(staff.patch("Bare/items/1", patch, type=JSON_PATCH), 409, "patch_conflict")
    assert pointers(refusal) == ["/1"]
    assert bare() == item


def test_a_path_that_leads_nowhere_is_409(staff, item):
    patch = [{"op": "remove", "path": "/nothing"}]
    problem(staff.patch("Bare/items/1", patch, type=JSON_PATCH), 409, "patch_conflict")


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"op": "remove", "path": "/name"}, ""),
        ([{"op": "add", "path": "/a"}], "/0"),
        ([{"op": "remove", "path": "name"}], "/0/path"),
        ([{"path": "/name"}], "/0"),
    ],
)
def test_a_malformed_json_patch_is_400(staff, item, patch, pointer):
    refusal = problem(staff.patch("Bare/items/1", patch, type=JSON_PATCH), 400, "invalid_request")
    assert pointers(refusal) == [pointer]


def test_an_absent_item_is_404(staff):
    problem(staff.patch("Bare/items/1", {"a": 1}), 404, "item_not_found")
    problem(staff.patch("Bare/items/1", [], type=JSON_PATCH), 404, "item_not_found")
    problem(staff.patch("Bare/items/1", {"a": 1}, If_Match='"x.p"'), 404, "item_not_found")


@pytest.mark.parametrize(
    ("patch", "kind"),
    [
        ({"id": "2"}, PLAIN),
        ({"id": None}, PLAIN),
        ({"id": {"S": "2"}}, TYPED),
        ([{"op": "replace", "path": "/id", "value": "2"}], JSON_PATCH),
        ([{"op": "remove", "path": "/id"}], JSON_PATCH),
    ],
)
def test_the_key_cannot_be_changed(staff, item, patch, kind):
    refusal = problem(staff.patch("Bare/items/1", patch, type=kind), 422, "invalid_value")
    assert pointers(refusal) == ["/id"]
    assert bare() == item


def test_the_key_may_be_said_again(staff, item):
    assert ok(staff.patch("Bare/items/1", {"id": "1", "name": "Bea"}))["name"] == "Bea"


def test_the_stamps_are_the_servers(staff):
    store("v1-Workers", id={"S": "1"}, created={"S": "then"}, createdBy={"S": "them"})
    body = ok(staff.patch("Workers/items/1", {"createdBy": "me", "created": None, "a": 1}))
    assert (body["created"], body["createdBy"], body["lastUpdatedBy"]) == (
        "then",
        "them",
        "doe, jane",
    )


def test_the_schema_holds_for_the_whole_item(staff):
    store("v1-Checked", id={"S": "1"}, total={"N": "1"})
    refusal = problem(staff.patch("Checked/items/1", {"total": None}), 422, "invalid_value")
    assert pointers(refusal) == [""]
    assert ok(staff.patch("Checked/items/1", {"email": "a@b"}))["total"] == 1


def test_a_patch_is_one_write(staff, item, calls):
    patch = [{"op": "add", "path": f"/x{n}", "value": n} for n in range(20)]
    ok(staff.patch("Bare/items/1", patch, type=JSON_PATCH))
    assert [name for name in calls if name in WRITES] == ["UpdateItem"]


def test_a_patch_that_makes_the_item_too_large_is_413(staff, item):
    problem(staff.patch("Bare/items/1", {"a": "x" * 410_000}), 413, "too_large")
    bomb = [{"op": "copy", "from": "", "path": f"/x{n}"} for n in range(60)]
    problem(staff.patch("Bare/items/1", bomb, type=JSON_PATCH), 413, "too_large")
    assert bare() == item


def test_a_patch_needs_the_right_to_change():
    store("v1-Workers", id={"S": "1"})
    problem(Door("adders").patch("Workers/items/1", {}), 403, "forbidden")
    ok(Door("changers").patch("Workers/items/1", {"a": 1}))
