"""Natural-key tables: the item's own attributes name it, and POST upserts (Ed-Fi)."""

import uuid
from pathlib import Path

import pytest

from tests.api.v1.conftest import JSON_PATCH, Door, ok, pointers, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Students",)
ANN = {"school": "A", "number": 7, "name": "Ann"}


def test_a_post_creates_with_201_then_updates_with_200_at_the_same_url(staff, admin):
    first = staff.post("Students/items", ANN)
    created = ok(first, 201)
    second = admin.post("Students/items", {"number": 7.0, "school": "A", "nick": "Annie"})
    updated = ok(second)
    assert second["Location"] == first["Location"]
    assert uuid.UUID(created["id"]).version == 5
    assert first["Location"].endswith(created["id"])
    assert first["ETag"] != second["ETag"] == staff.get("Students/items/" + created["id"])["ETag"]
    assert (updated["created"], updated["createdBy"]) == (created["created"], "doe, jane")
    assert updated["lastUpdatedBy"] == "admin, ada"
    assert "name" not in updated
    assert updated["nick"] == "Annie"


def test_another_natural_key_is_another_item(staff):
    first = staff.post("Students/items", ANN)
    second = staff.post("Students/items", {**ANN, "number": "7"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first["Location"] != second["Location"]


def test_minimal_has_location_and_etag_without_a_body(staff):
    first = staff.post("Students/items", ANN, Prefer="return=minimal")
    second = staff.post("Students/items", ANN, Prefer="return=minimal")
    assert (first.status_code, second.status_code) == (201, 204)
    assert first["Location"] == second["Location"]
    assert first["ETag"]
    assert second["ETag"]
    assert first.content == second.content == b""


def test_an_identifier_from_the_client_is_400(staff):
    refusal = problem(staff.post("Students/items", {**ANN, "id": "1"}), 400, "invalid_request")
    assert pointers(refusal) == ["/id"]


@pytest.mark.parametrize("query", ["id=1", "format=json", "x"])
def test_a_query_string_is_400(staff, query):
    refusal = problem(staff.post("Students/items", ANN, query=query), 400, "invalid_request")
    assert pointers(refusal) == [""]


def test_an_array_is_400(staff):
    refusal = problem(staff.post("Students/items", [ANN]), 400, "invalid_request")
    assert pointers(refusal) == [""]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({"school": "A"}, ["/number"]),
        ({"name": "Ann"}, ["/school", "/number"]),
        ({"school": None, "number": 7}, ["/school"]),
        ({"school": "", "number": [7]}, ["/school", "/number"]),
    ],
)
def test_a_missing_natural_key_attribute_is_400_with_its_pointer(staff, body, missing):
    refusal = problem(staff.post("Students/items", body), 400, "invalid_request")
    assert pointers(refusal) == missing


def test_a_put_on_an_unknown_id_is_404(staff):
    problem(staff.put(f"Students/items/{uuid.uuid4()}", ANN), 404, "item_not_found")


def test_a_put_replaces_what_the_natural_key_names(staff):
    location = staff.post("Students/items", ANN)["Location"].removeprefix("http://testserver")
    body = ok(staff.put(location, {**ANN, "name": "Annie"}))
    assert body["name"] == "Annie"
    assert ok(staff.put(location, {**body, "name": "Anna"}))["name"] == "Anna"


def test_a_natural_key_that_contradicts_the_url_is_400(staff):
    location = staff.post("Students/items", ANN)["Location"].removeprefix("http://testserver")
    refusal = problem(staff.put(location, {**ANN, "number": 8}), 400, "invalid_request")
    assert pointers(refusal) == ["/school", "/number"]
    problem(staff.put(location, {"name": "Ann"}), 400, "invalid_request")
    problem(staff.patch(location, {"number": 8}), 400, "invalid_request")
    patch = [{"op": "remove", "path": "/school"}]
    problem(staff.patch(location, patch, type=JSON_PATCH), 400, "invalid_request")
    assert ok(staff.patch(location, {"number": 7, "name": "Annie"}))["name"] == "Annie"


def test_a_natural_key_inside_a_map_is_pointed_at_where_it_is(staff, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text(
        'staff_groups = ["staff"]\n[Students]\ntable = "v1-Students"\nnatural_key = ["at.school"]\n'
    )
    location = staff.post("Students/items", {"at": {"school": "A"}})["Location"]
    location = location.removeprefix("http://testserver")
    refusal = problem(staff.put(location, {"at": {"school": "B"}}), 400, "invalid_request")
    assert pointers(refusal) == ["/at/school"]


def test_an_item_of_another_door_keeps_its_own_key(staff):
    store("v1-Students", id={"S": "own"}, school={"S": "A"}, number={"N": "7"})
    assert ok(staff.put("Students/items/own", ANN))["name"] == "Ann"
    problem(staff.put("Students/items/own", {**ANN, "number": 9}), 400, "invalid_request")


def test_a_delete_frees_the_natural_key(staff):
    location = staff.post("Students/items", ANN)["Location"].removeprefix("http://testserver")
    assert staff.delete(location).status_code == 204
    again = staff.post("Students/items", ANN)
    assert again.status_code == 201
    assert again["Location"].endswith(location)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_snapshot_cannot_be_written(staff, method):
    location = staff.post("Students/items", ANN)["Location"].removeprefix("http://testserver")
    path = "Students/items" if method == "POST" else location
    body = None if method == "DELETE" else ANN
    response = staff.send(method, path, body, Use_Snapshot="True")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert stored("v1-Students", id={"S": location.rpartition("/")[2]})
    assert staff.send(method, path, body, Use_Snapshot="false").status_code in (200, 204)


def test_a_snapshot_cannot_be_written_by_a_batch(staff):
    body = {"operations": [{"method": "POST", "body": ANN}]}
    response = staff.post("Students/batch", body, Use_Snapshot="true")
    problem(response, 405, "method_not_allowed")
    assert ok(staff.get("Students/items", "school=A"))["count"] == 0


def test_a_snapshot_of_a_table_that_one_may_not_view_is_404(staff):
    for method in ("POST", "PUT", "DELETE"):
        path = "Students/items" if method == "POST" else "Students/items/1"
        stranger = Door("strangers").send(method, path, {}, Use_Snapshot="true")
        problem(stranger, 404, "table_not_found")


def test_a_snapshot_can_be_read(staff):
    staff.post("Students/items", ANN)
    assert ok(staff.get("Students/items", Use_Snapshot="true"))["count"] == 1


def test_a_table_that_nobody_may_write_is_405(staff, settings):
    settings.READ_ONLY = True
    response = staff.post("Students/items", ANN)
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_preconditions_hold_for_an_upsert(staff):
    ok(staff.post("Students/items", ANN, If_None_Match="*"), 201)
    response = staff.post("Students/items", ANN, If_None_Match="*")
    problem(response, 412, "precondition_failed")
    ok(staff.post("Students/items", {**ANN, "name": "Bea"}, If_Match=response["ETag"]))
    problem(
        staff.post("Students/items", ANN, If_Match=response["ETag"]), 412, "precondition_failed"
    )


def test_an_upsert_needs_the_right_for_what_it_does(staff, settings, tmp_path):
    text = Path(settings.TABLES_FILE).read_text().partition("[Students]")[0]
    (tmp_path / "checked.json").write_text("{}")
    (tmp_path / "tables.toml").write_text(
        text + '[Students]\ntable = "v1-Students"\nnatural_key = ["school", "number"]\n'
        '[Students.permissions]\nview = ["adders", "changers", "readers"]\n'
        'add = ["adders"]\nchange = ["changers"]\n'
    )
    settings.TABLES_FILE = tmp_path / "tables.toml"
    problem(Door("changers").post("Students/items", ANN), 403, "forbidden")
    ok(Door("adders").post("Students/items", ANN), 201)
    problem(Door("adders").post("Students/items", ANN), 403, "forbidden")
    ok(Door("changers").post("Students/items", ANN))
    problem(Door("readers").post("Students/items", ANN), 403, "forbidden")


@pytest.mark.parametrize("school", [" ", "\t", "\u00a0", "\u200b"])
def test_a_natural_key_of_blanks_is_refused(staff, school):
    refusal = problem(
        staff.post("Students/items", {**ANN, "school": school}), 400, "invalid_request"
    )
    assert pointers(refusal) == ["/school"]
    assert "blank" in refusal["detail"]


def test_an_item_that_has_a_natural_key_of_blanks_can_be_changed(staff):
    store("v1-Students", id={"S": "1"}, school={"S": " "}, number={"N": "7"})
    assert ok(staff.patch("Students/items/1", {"name": "Ann"}))["name"] == "Ann"
    problem(staff.patch("Students/items/1", {"school": "\t"}), 400, "invalid_request")
