"""RFC 9457: every error of v1 is a problem document."""

import json
import re
from collections import defaultdict

import pytest

from tables.api.v1.resources.errors_page import error_entries
from tests.api.v1.conftest import JSON_PATCH, PROBLEM, Door, ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare", "Workers", "Settings", "Students", "Notes")
# What is sent, then the status and code that come of it.
REFUSALS = [
    (("POST", "Bare/items", b"{"), {}, 400, "invalid_request"),
    (("GET", "Bare/items"), {"query": "a..b=1"}, 400, "invalid_expression"),
    (("GET", "Bare/items"), {"query": "cursor=x"}, 400, "invalid_cursor"),
    (("GET", "Bare/items/none"), {}, 404, "item_not_found"),
    (("GET", "Nothing/items"), {}, 404, "table_not_found"),
    (("GET", "/api/nowhere"), {}, 404, "not_found"),
    (("POST", "Bare/items/1", {}), {}, 405, "method_not_allowed"),
    (("GET", "Bare/items/1"), {"Accept": "text/csv"}, 406, "not_acceptable"),
    (("POST", "Bare/items", {"id": "1"}), {}, 409, "item_exists"),
    (("PATCH", "Bare/items/1", [{"op": "remove", "path": "/x"}]), {}, 409, "patch_conflict"),
    (("PUT", "Bare/items/1", {}), {"If_Match": '"x"'}, 412, "precondition_failed"),
    (("POST", "Bare/items", {"a": "x" * 410_000}), {}, 413, "too_large"),
    (("POST", "Bare/items", b"x"), {"type": "text/plain"}, 415, "unsupported_media_type"),
    (("POST", "Bare/items", {"id": ""}), {}, 422, "invalid_value"),
    (("PUT", "Settings/items/1", {}), {}, 428, "precondition_required"),
]


@pytest.fixture(autouse=True)
def _one(moto_tables):
    store("v1-Bare", id={"S": "1"})


def refused(door, request, more):
    if isinstance(request[-1], list):
        more = {"type": JSON_PATCH, **more}
    return door.send(*request, **more)


@pytest.mark.parametrize(("request_", "more", "status", "code"), REFUSALS)
def test_a_problem_has_the_members_and_repeats_its_status(staff, request_, more, status, code):
    """Section 3.1: type, title, status, detail, instance; section 3.2: code and request_id."""
    body = problem(refused(staff, request_, more), status, code)
    members = {"type", "title", "status", "detail", "instance", "code", "request_id"}
    assert members <= body.keys() <= members | {"errors"}


def test_problems_of_nobody_and_of_a_stranger():
    """Section 3, of 401 and 403."""
    problem(Door().get("Bare/items"), 401, "unauthorized")
    problem(Door("readers").post("Workers/items", {}), 403, "forbidden")


def test_a_type_leads_to_its_explanation(staff, nobody):
    """Section 3.1.1: a URI reference that can be dereferenced, for people, by anyone."""
    refusal = problem(staff.get("Bare/items/none"), 404, "item_not_found")
    path, _, anchor = refusal["type"].partition("#")
    page = nobody.get(path, Accept="text/html")
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert f'id="{anchor}"'.encode() in page.content


def test_a_title_belongs_to_its_type(staff):
    """Section 3.1.3: the title does not change from occurrence to occurrence."""
    titles = defaultdict(set)
    for request, more, *_ in REFUSALS:
        body = json.loads(refused(staff, request, more).content)
        titles[body["type"]].add(body["title"])
    for request in (("POST", "Bare/items", []), ("POST", "Bare/batch", b"")):
        body = json.loads(staff.send(*request).content)
        titles[body["type"]].add(body["title"])
    known = {f"/api/docs/errors#{entry.code}": {entry.title} for entry in error_entries()}
    assert titles.items() <= known.items()


def test_the_detail_helps_and_tells_no_secrets(staff):
    """Sections 3.1.4 and 5: for the client to mend the request; nothing of what lies behind."""
    for request, more, *_ in REFUSALS:
        detail = json.loads(refused(staff, request, more).content)["detail"]
        assert re.fullmatch(r"[A-Z'\"a-z].{10,}", detail, re.DOTALL), detail
        assert not re.search(r"v1-Bare|Traceback|botocore|arn:", detail)


def test_mistakes_in_a_body_are_an_extension(staff):
    """Section 3.2, as in the example of section 3: errors with pointers."""
    body = {"operations": [{"method": "GET"}, {"method": "PUT"}, 7]}
    refusal = problem(staff.post("Bare/batch", body), 422, "invalid_value")
    assert [error.keys() for error in refusal["errors"]] == [{"pointer", "detail"}] * 4
    assert [error["pointer"] for error in refusal["errors"]] == [
        "/operations/0/method",
        "/operations/1",
        "/operations/1",
        "/operations/2",
    ]


def test_a_batch_holds_problems_of_the_same_kind(staff):
    """Section 3: the same document, inside an answer of another type."""
    body = {"operations": [{"method": "DELETE", "key": "none"}]}
    entry = ok(staff.post("Bare/batch", body), 207)["results"][0]
    assert entry["problem"]["type"] == "/api/docs/errors#item_not_found"
    assert entry["problem"]["status"] == entry["status"] == 404


def test_an_error_nobody_foresaw_is_a_problem_too(monkeypatch):
    """Section 3, of 500; section 5: and it tells nothing."""
    monkeypatch.setattr("tables.api.v1.resources.items.stored", lambda *_, **__: 1 / 0)
    door = Door("staff")
    door.client.raise_request_exception = False
    response = door.get("Bare/items/1")
    body = problem(response, 500, "internal_error")
    assert "division" not in json.dumps(body)
    assert response["Content-Type"] == PROBLEM
