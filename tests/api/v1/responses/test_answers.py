"""What every answer of v1 has: its representation, its headers, its errors."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tables.api.v1.resources.errors_page import ADVICE, error_entries
from tables.dynamodb import client as service
from tests.api.v1.conftest import PROBLEM, Door, ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Workers", "Bare", "Students")


@pytest.fixture(autouse=True)
def _one(moto_tables):
    store("v1-Workers", id={"S": "1"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Workers/items/1", 200),
        ("GET", "Workers/items", 200),
        ("POST", "Bare/items", 201),
        ("DELETE", "Workers/items/1", 204),
        ("GET", "Workers/items/2", 404),
        ("GET", "/api/nowhere", 404),
        ("OPTIONS", "Workers/items", 200),
    ],
)
def test_every_answer_may_be_kept_by_its_caller_only_and_names_its_request(
    staff, method, path, status
):
    response = staff.send(method, path, {} if method == "POST" else None)
    assert response.status_code == status
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))
    assert len(response["X-Request-ID"]) >= 16
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("group", "path", "allowed"),
    [
        ("readers", "Workers/items", "GET, HEAD, OPTIONS"),
        ("readers", "Workers/items/1", "GET, HEAD, OPTIONS"),
        ("readers", "Workers/search", "POST, OPTIONS"),
        ("readers", "Workers/batch", "OPTIONS"),
        ("adders", "Workers/items", "GET, POST, HEAD, OPTIONS"),
        ("adders", "Workers/items/1", "GET, PUT, HEAD, OPTIONS"),
        ("changers", "Workers/items/1", "GET, PUT, PATCH, HEAD, OPTIONS"),
        ("staff", "Bare/items/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ],
)
def test_options_show_what_the_caller_may_do_only(group, path, allowed):
    response = Door(group).send("OPTIONS", path)
    assert response["Allow"] == allowed
    body = ok(response)
    assert ", ".join(body["methods"]) == allowed
    assert ("Accept-Post" in response) == ("POST" in allowed)
    assert ("Accept-Patch" in response) == ("PATCH" in allowed)


def test_options_without_credentials_tell_nothing():
    for path in ("Workers/items", "Nothing/items", "Hidden/items/1"):
        response = Door().send("OPTIONS", path)
        assert response.status_code == 200
        assert response["Allow"] == "OPTIONS"


def test_options_on_a_table_that_one_may_not_view_are_404(staff):
    problem(staff.send("OPTIONS", "Hidden/items"), 404, "table_not_found")


def test_a_preflight_needs_no_credentials(settings, nobody):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    response = nobody.send(
        "OPTIONS",
        "Workers/items/1",
        Origin="https://app.example.com",
        Access_Control_Request_Method="PATCH",
        Access_Control_Request_Headers="authorization, if-match, idempotency-key, prefer",
    )
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "PATCH" in response["Access-Control-Allow-Methods"]
    allowed = {name.strip() for name in response["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "if-match", "if-none-match", "idempotency-key", "prefer"} <= allowed


def test_a_page_of_an_allowed_origin_may_read_the_headers_it_needs(settings, staff):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    response = staff.get("Workers/items/1", Origin="https://app.example.com")
    exposed = {
        name.strip().lower() for name in response["Access-Control-Expose-Headers"].split(",")
    }
    assert {"etag", "location", "link", "retry-after", "x-request-id"} <= exposed
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.com.evil"])
def test_a_page_of_another_origin_may_not(settings, staff, origin):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    assert "Access-Control-Allow-Origin" not in staff.get("Workers/items/1", Origin=origin)


def refuse(monkeypatch, error):
    def send(operation, members, **how):
        raise error

    monkeypatch.setattr(service, "_send", send)


def test_aws_refusing_us_is_502_in_general_words(staff, monkeypatch):
    answer = {
        "Error": {"Code": "AccessDeniedException", "Message": "arn:aws:iam::1:role/x may not"}
    }
    staff.get("Workers/items/1")
    refuse(monkeypatch, ClientError(answer, "GetItem"))
    body = problem(staff.get("Workers/items/1"), 502, "upstream_refused")
    assert "arn" not in body["detail"]


def test_dynamodb_throttling_is_503_with_retry_after(staff, monkeypatch):
    answer = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
    staff.get("Workers/items/1")
    refuse(monkeypatch, ClientError(answer, "GetItem"))
    response = staff.get("Workers/items/1")
    problem(response, 503, "throttled")
    assert int(response["Retry-After"]) > 0


def test_dynamodb_out_of_reach_is_503_with_retry_after(staff, monkeypatch):
    refuse(monkeypatch, EndpointConnectionError(endpoint_url="http://10.0.0.1"))
    response = staff.get("Workers/items/1")
    body = problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert "10.0.0.1" not in body["detail"]


def test_every_error_code_is_explained_on_a_page_under_its_anchor(nobody):
    page = nobody.get("/api/docs/errors")
    assert page.status_code == 200
    entries = error_entries()
    assert {entry.code for entry in entries} == set(ADVICE)
    for entry in entries:
        assert f'<section id="{entry.code}">'.encode() in page.content
        assert entry.meaning
        assert entry.advice
    assert b"<style" not in page.content
    assert nobody.get("/api/docs/errors/").status_code == 200


def test_markup_in_a_name_is_never_markup_in_an_answer(staff):
    response = staff.get("<script>alert(1)</script>/items")
    assert response.status_code == 404
    assert response["Content-Type"] == PROBLEM
    refusal = problem(staff.get("Workers/items", "<b>..x=1"), 400, "invalid_expression")
    assert "<b>..x" in refusal["detail"]
