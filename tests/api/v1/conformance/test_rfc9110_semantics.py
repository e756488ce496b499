"""RFC 9110: methods, statuses, and the header fields that go with them."""

import pytest

from tests.api.v1.conftest import PROBLEM, Door, ok, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Bare")


@pytest.fixture(autouse=True)
def _one(moto_tables):
    store("v1-Bare", id={"S": "1"}, a={"N": "1"})


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1", "GET, HEAD, OPTIONS"),
        ("/api/v1/tables", "GET, HEAD, OPTIONS"),
        ("Workers", "GET, HEAD, OPTIONS"),
        ("Workers/items", "GET, POST, HEAD, OPTIONS"),
        ("Workers/items/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("Workers/search", "POST, OPTIONS"),
        ("Workers/batch", "POST, OPTIONS"),
    ],
)
def test_a_method_that_there_is_not_is_405_with_those_that_there_are(staff, path, allowed):
    """Sections 15.5.6, 10.2.1 and 9.3.7: 405 and OPTIONS, with Allow."""
    for method in ("TRACE", "PROPFIND"):
        response = staff.send(method, path)
        problem(response, 405, "method_not_allowed")
        assert response["Allow"] == allowed
    assert staff.send("OPTIONS", path)["Allow"] == allowed


def test_head_has_the_headers_of_get_and_no_body(staff):
    """Section 9.3.2: the same header fields, Content-Length too, and no content."""
    got, head = staff.get("Bare/items/1"), staff.send("HEAD", "Bare/items/1")
    assert head.status_code == 200
    assert head.content == b""
    ours = {name: text for name, text in got.headers.items() if name != "X-Request-ID"}
    theirs = {name: text for name, text in head.headers.items() if name != "X-Request-ID"}
    assert sorted(theirs.pop("Content-Security-Policy").split("; ")) == sorted(
        ours.pop("Content-Security-Policy").split("; ")
    )
    assert theirs == ours
    assert int(head["Content-Length"]) == len(got.content)


def test_head_of_a_missing_item_is_404_without_a_body(staff):
    """Section 9.3.2, of an error."""
    head = staff.send("HEAD", "Bare/items/nothing")
    assert head.status_code == 404
    assert head["Content-Type"] == PROBLEM
    assert head.content == b""


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/tables", "Bare", "Bare/items"])
def test_head_is_understood_wherever_get_is(staff, path):
    """Section 9.1: GET and HEAD go together."""
    got, head = staff.get(path), staff.send("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == got["Content-Type"]


def test_safe_methods_change_nothing(staff):
    """Section 9.2.1, with a body and a precondition that a write would heed."""
    before = stored("v1-Bare", id={"S": "1"})
    for method in ("GET", "HEAD", "OPTIONS"):
        response = staff.send(method, "Bare/items/1", {"a": 2}, If_Match="*")
        assert response.status_code == 200
    assert stored("v1-Bare", id={"S": "1"}) == before


def test_put_and_delete_have_one_effect_however_often_they_come(staff):
    """Section 9.2.2: idempotent methods."""
    bodies = {staff.put("Bare/items/2", {"a": 1}).content for _ in range(3)}
    assert len(bodies) == 1
    statuses = [staff.delete("Bare/items/2").status_code for _ in range(3)]
    assert statuses == [204, 404, 404]


@pytest.mark.parametrize(("method", "path"), [("POST", "Bare/items"), ("PUT", "Bare/items/2")])
def test_what_was_created_is_where_location_says(staff, method, path):
    """Sections 15.3.2, 10.2.2, 9.3.3 and 9.3.4: 201, Location, and the new tag."""
    response = staff.send(method, path, {"a": 7})
    created = ok(response, 201)
    got = staff.get(response["Location"].removeprefix("http://testserver"))
    assert ok(got) == created
    assert got["ETag"] == response["ETag"]


def test_nothing_else_than_a_create_has_a_location(staff):
    """Section 10.2.2: it would mean something else there."""
    for method, body in (("PUT", {"a": 2}), ("PATCH", {"a": 3}), ("DELETE", None)):
        assert "Location" not in staff.send(method, "Bare/items/1", body)


def test_204_has_no_content_and_says_of_none(staff):
    """Section 15.3.5."""
    response = staff.delete("Bare/items/1")
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response


def test_a_partial_put_is_refused(staff):
    """Section 14.5: a server that knows no partial PUT must not take the part for the whole."""
    response = staff.put("Bare/items/1", {"a": 2}, Content_Range="bytes 0-6/100")
    problem(response, 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_nobody_is_told_how_to_sign_in():
    """Sections 15.5.2 and 11.6.1: 401 with a challenge."""
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}):
        response = Door().get("Bare/items", **headers)
        problem(response, 401, "unauthorized")
        assert response["WWW-Authenticate"] == "Bearer"


def test_an_encoding_that_is_not_read_is_415(staff):
    """Sections 15.5.16 and 12.5.3: Accept-Encoding says which is."""
    response = staff.post("Bare/items", b"{}", Content_Encoding="br")
    problem(response, 415, "unsupported_media_type")
    assert response["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "text/json", "application/json; charset=latin-1", "x", ""],
)
def test_a_media_type_that_is_not_read_is_415_with_those_that_are(staff, kind):
    """Section 15.5.16; Accept-Post (LDP 1.0, section 7.1) says which are."""
    response = staff.client.generic(
        "POST", "/api/v1/tables/Bare/items", b'{"id": "2"}', content_type=kind
    )
    problem(response, 415, "unsupported_media_type")
    assert response["Accept-Post"] == (
        "application/json, application/vnd.dynamodb+json, "
        "application/x-www-form-urlencoded, multipart/form-data"
    )
    assert stored("v1-Bare", id={"S": "2"}) is None


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_media_type_may_have_a_charset_and_any_case(staff, kind):
    """Section 8.3.1: types in any case, with parameters."""
    ok(staff.post("Bare/items", {"id": "é"}, type=kind), 201)
