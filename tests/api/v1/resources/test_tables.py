"""What there is under /api/v1, and how it answers to its names."""

import pytest

from tests.api.v1.conftest import Door, ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Checked")
BASE = "http://testserver/api/v1"


def test_the_root_links_to_everything(staff):
    assert ok(staff.get("/api/v1")) == {
        "tables": f"{BASE}/tables",
        "schema": "http://testserver/api/schema",
        "docs": "http://testserver/api/docs",
        "errors": "http://testserver/api/docs/errors",
    }


def test_the_tables_are_those_the_caller_may_view(reader, admin):
    aliases = [table["alias"] for table in ok(reader.get("/api/v1/tables"))["tables"]]
    assert aliases == ["Workers", "Students"]
    assert "Hidden" in [table["alias"] for table in ok(admin.get("/api/v1/tables"))["tables"]]


def test_a_table_tells_its_keys_indexes_size_rights_and_schema(staff):
    body = ok(staff.get("Workers"))
    age = body.pop("item_count_age")
    assert 0 <= age < 60
    assert body.pop("item_count_read_at").endswith("+00:00")
    assert body == {
        "alias": "Workers",
        "label": "Workers",
        "description": "Everyone in training.",
        "rights": ["view", "add", "change", "delete", "bulk"],
        "url": f"{BASE}/tables/Workers",
        "items": f"{BASE}/tables/Workers/items",
        "search": f"{BASE}/tables/Workers/search",
        "batch": f"{BASE}/tables/Workers/batch",
        "partition_key": {"name": "id", "type": "S"},
        "sort_key": None,
        "indexes": [
            {
                "name": "by-city",
                "global": True,
                "partition_key": {"name": "city", "type": "S"},
                "sort_key": None,
                "partition_keys": [{"name": "city", "type": "S"}],
                "sort_keys": [],
                "projection": "ALL",
                "ready": True,
            },
            {
                "name": "by-city-and-age",
                "global": True,
                "partition_key": {"name": "city", "type": "S"},
                "sort_key": {"name": "age", "type": "N"},
                "partition_keys": [{"name": "city", "type": "S"}],
                "sort_keys": [{"name": "age", "type": "N"}],
                "projection": "ALL",
                "ready": True,
            },
        ],
        "item_count": 0,
        "size_bytes": 0,
        "status": "ACTIVE",
        "ttl_attribute": None,
        "natural_key": [],
        "client_keys": True,
        "require_precondition": False,
        "audit_attributes": True,
        "schema": None,
    }


def test_a_table_with_a_schema_shows_it(staff):
    assert ok(staff.get("Checked"))["schema"]["required"] == ["total"]


@pytest.mark.parametrize(
    "path",
    ["", "/tables", "/tables/Workers", "/tables/Workers/items", "/tables/Workers/items/1"],
)
def test_every_path_answers_with_and_without_a_trailing_slash(staff, path):
    store("v1-Workers", id={"S": "1"})
    without, with_slash = staff.get(f"/api/v1{path}"), staff.get(f"/api/v1{path}/")
    assert without.status_code == with_slash.status_code == 200
    assert without.content == with_slash.content


@pytest.mark.parametrize("path", ["items", "search", "batch"])
def test_a_post_keeps_its_body_with_a_trailing_slash(staff, path):
    body = {
        "items": {"name": "Ann"},
        "search": {"scan": {}},
        "batch": {"operations": [{"method": "POST", "body": {"name": "Ann"}}]},
    }[path]
    response = staff.post(f"Workers/{path}/", body)
    assert response.status_code in (200, 201, 207), response.content


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v2",
        "/api/v1/nothing",
        "/api/v1/tables/Workers/nothing",
        "/api/v1/tables/Workers/items/1/more",
        "/api/v1//tables",
        "/api/v1/tables//items",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_route_that_is_none_is_a_problem_document(nobody, method, path):
    problem(nobody.send(method, path), 404, "not_found")


@pytest.mark.parametrize(
    "alias",
    ["Nothing", "workers", "v1-Workers", "dynadmin-state", "Hidden", "..", "%00", "Workers%0A"],
)
@pytest.mark.parametrize("rest", ["", "/items", "/items/1"])
def test_an_alias_that_the_caller_may_not_view_is_404_before_any_call(staff, calls, alias, rest):
    response = staff.get(f"{alias}{rest}")
    assert response.status_code == 404
    assert response.json()["code"] in ("table_not_found", "not_found")
    assert calls == []


def test_a_hidden_table_and_an_unknown_one_get_the_same_words(staff):
    hidden = problem(staff.get("Hidden/items"), 404, "table_not_found")
    unknown = problem(staff.get("Unknown/items"), 404, "table_not_found")
    for body in (hidden, unknown):
        del body["instance"], body["request_id"]
    assert hidden == unknown


def test_the_real_table_is_nowhere_in_an_answer(staff):
    assert b"v1-Workers" not in staff.get("Workers").content
    assert b"v1-" not in staff.get("/api/v1/tables").content


def test_nobody_is_asked_to_sign_in():
    response = Door().get("/api/v1")
    body = problem(response, 401, "unauthorized")
    assert response["WWW-Authenticate"] == "Bearer"
    assert "Bearer" in body["detail"]
