"""Before any table is touched: who asks, how, and for what."""

import re

import pytest
from botocore.exceptions import ClientError
from django.test import Client
from rest_framework.test import APIClient

from tables.core.errors import Throttled, Unavailable
from tables.dynamodb.translation import translate
from tests.api.adminapi.conftest import EndpointCaller, exact
from tests.tables import stored

with_workers = pytest.mark.usefixtures("moto_workers")
UNAUTHORIZED = b'{"success":false,"message":"Unauthorized"}'
FORBIDDEN = b'{"success":false,"message":"Forbidden"}'
METHODS = ("GET", "POST", "PUT", "DELETE")


def error_of(response, status=400):
    assert response.status_code == status
    body = response.json()
    assert list(body) == ["success", "error"]
    assert body["success"] is False
    return body["error"]


# ---------------------------------------------------------------- who asks


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_unauthorized(method, calls):
    response = APIClient().generic(method, "/endpoint?table=Workers&id=1")
    assert (response.status_code, response.content) == (401, UNAUTHORIZED)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.headers["Content-Type"] == "application/json"
    assert calls == []


def test_a_form_from_nobody_is_unauthorized_before_it_is_unsupported():
    assert Client().post("/endpoint?table=Workers", {"a": "1"}).status_code == 401


def test_a_token_outside_the_header_is_unauthorized():
    response = APIClient().get("/endpoint?table=Workers&token=x&access_token=x&Authorization=x")
    assert response.content == UNAUTHORIZED


@with_workers
@pytest.mark.parametrize(
    ("group", "denied"),
    [
        ("readers", {"POST", "PUT", "DELETE"}),
        ("adders", {"PUT", "DELETE"}),
        ("changers", {"POST", "DELETE"}),
        ("staff", {"DELETE"}),
        ("admins", set()),
    ],
)
def test_each_right_opens_its_operations(group, denied):
    door = EndpointCaller(group)
    bodies = {"POST": {"name": "Ann"}, "PUT": {"set": {"a": 1}}}
    EndpointCaller("admins").create({"empId": "1"})
    for method in ("PUT", "DELETE", "POST"):
        response = door.send(method, bodies.get(method), table="Workers", id="1")
        if method in denied:
            assert (response.status_code, response.content) == (403, FORBIDDEN)
        else:
            assert response.status_code == 200
    assert door.get(table="Workers").status_code == 200
    assert door.scan({}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_read_only_refuses_every_write(method, settings, calls):
    settings.READ_ONLY = True
    response = EndpointCaller("admins").send(method, {"set": {}}, table="Workers", id="1")
    assert (response.status_code, response.content) == (403, FORBIDDEN)
    assert calls == []


@with_workers
def test_read_only_lets_readers_read(settings):
    settings.READ_ONLY = True
    assert EndpointCaller("readers").scan({}).status_code == 200


# ---------------------------------------------------------------- options and origins


@pytest.mark.parametrize("path", ["/endpoint", "/endpoint/", "/endpoint?table=No&id=1"])
def test_options_needs_nothing(path, calls):
    response = APIClient().options(path)
    assert (response.status_code, response.content) == (200, b'{"success":true}')
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert calls == []


def test_a_preflight_is_answered_with_a_body_and_everything_that_clients_send():
    response = APIClient().options(
        "/endpoint?table=Workers",
        headers={
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,content-type",
            "Authorization": "Bearer nonsense",
        },
    )
    assert (response.status_code, response.content) == (200, b'{"success":true}')
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization, Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@with_workers
def test_without_configured_origins_every_answer_is_for_any_origin(staff):
    for response in (staff.get(table="Workers"), staff.get(), APIClient().get("/endpoint")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers


@with_workers
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_only_configured_origins_are_allowed(staff, settings, method):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    good = staff.send(method, headers={"Origin": "https://app.example.com"}, table="Workers")
    assert good.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Origin" in good.headers["Vary"]
    for origin in ("https://evil.example", "null", "https://app.example.com.evil.example", ""):
        bad = staff.send(method, headers={"Origin": origin}, table="Workers")
        assert "Access-Control-Allow-Origin" not in bad.headers
        assert "Origin" in bad.headers["Vary"]


# ---------------------------------------------------------------- paths and methods


@pytest.mark.parametrize("path", ["/endpoint", "/endpoint/"])
@pytest.mark.parametrize("method", METHODS)
def test_both_paths_answer_without_a_redirect(staff, path, method):
    response = staff.client.generic(method, path, b"{}", content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("known", [True, False])
def test_other_methods_are_not_allowed_whoever_asks(staff, method, known, calls):
    client = staff.client if known else APIClient()
    response = client.generic(method, "/endpoint?table=Workers&id=1")
    assert response.headers["Allow"] == "GET, HEAD, POST, PUT, DELETE, OPTIONS"
    error = error_of(response, 405)
    assert error["code"] == "MethodNotAllowedException"
    assert calls == []


@with_workers
def test_a_method_override_means_nothing(staff):
    staff.create({"empId": "1"})
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    response = staff.send("GET", headers=headers, table="Workers", id="1", _method="DELETE")
    assert response.json()["item"]["empId"] == "1"


@with_workers
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense"])
def test_the_answer_is_json_whatever_is_accepted(staff, accept):
    response = staff.send("GET", headers={"Accept": accept}, table="Workers", format="xml")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"


# ---------------------------------------------------------------- which table


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "alias",
    [
        None,
        "",
        "workers",
        "Nope",
        "ttd-Workers",
        "Hidden",
        "dynadmin-state",
        "Workers ",
        "../Workers",
        "Workers\0",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/ttd-Workers",
    ],
)
def test_a_table_that_is_no_alias_is_refused_without_asking_dynamodb(staff, method, alias, calls):
    query = {} if alias is None else {"table": alias}
    response = staff.send(method, {"set": {"a": 1}}, id="1", **query)
    assert error_of(response)["statusCode"] == 400
    assert b"ttd-" not in response.content
    assert b"Workers" not in response.content
    assert calls == []


def test_an_alias_that_may_not_be_viewed_can_t_be_told_from_one_that_is_not_there(staff):
    errors = [error_of(staff.get(table=alias, id="1")) for alias in ("Hidden", "Nope")]
    for error in errors:
        del error["time"], error["requestId"]
    assert errors[0] == errors[1]


# ---------------------------------------------------------------- the query string


@pytest.mark.parametrize(
    "query",
    [
        "table=Workers&table=Workers&id=1",
        "table=Workers&id=1&id=2",
        "table=Workers&id=1&id=",
        "table=Workers&id=1&sk=1&sk=1",
        "table=Workers&paginate=1&paginate=1",
        "table=Workers&limit=1&limit=2",
    ],
)
def test_a_parameter_that_stands_twice_is_refused(staff, query, calls):
    response = staff.client.get(f"/endpoint?{query}")
    assert "stands twice" in error_of(response)["message"]
    assert calls == []


@pytest.mark.parametrize("query", ["id=%FF", "id=%ED%A0%80", "table=%C3%28"])
def test_a_query_string_that_is_not_utf_8_is_refused(staff, query):
    response = staff.client.get(f"/endpoint?table=Workers&{query}")
    assert "UTF-8" in error_of(response)["message"]


def test_a_thousand_parameters_are_refused(staff):
    response = staff.client.get("/endpoint?table=Workers&" + "a=1&" * 1000)
    assert "100 parameters" in error_of(response)["message"]


@with_workers
def test_unknown_parameters_mean_nothing(staff):
    assert exact(staff.get(table="Workers", x="1", csv="1")) == []


# ---------------------------------------------------------------- bodies


@with_workers
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "application/octet-stream",
        "",
        "application/json; charset=x",
    ],
)
def test_a_body_is_json_whatever_its_type(staff, content_type):
    response = staff.send("POST", b'{"empId":"1"}', content_type=content_type, table="Workers")
    assert response.status_code == 200


@with_workers
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_parts_are_unsupported(staff, method):
    kind = "multipart/form-data; boundary=x"
    response = staff.send(method, b"{}", content_type=kind, table="Workers", id="1")
    assert "send JSON" in error_of(response, 415)["message"]


@with_workers
def test_json_that_is_called_a_form_is_json(staff):
    """So send `curl -d` and old clients that name no type."""
    form = {"content_type": "application/x-www-form-urlencoded", "table": "Workers"}
    body = b'{"empId":"1","note":"a=b&c=%7B+\xc3\xa9"}'
    assert staff.send("POST", body, **form).status_code == 200
    assert stored("ttd-Workers", empId={"S": "1"})["note"] == {"S": "a=b&c=%7B+é"}
    assert staff.send("PUT", b'{"set":{"a":1}}', id="1", **form).status_code == 200
    scanned = staff.send("POST", b'{"scan":{"a":1}}', action="scan", **form)
    assert [item["empId"] for item in exact(scanned)] == ["1"]


@with_workers
def test_a_form_of_fields_is_no_json(staff, calls):
    form = {"content_type": "application/x-www-form-urlencoded", "table": "Workers"}
    assert "not valid JSON" in error_of(staff.send("POST", b"empId=1", **form))["message"]
    assert "PutItem" not in calls


@with_workers
@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b"[]", b"null", b"7", b'"{}"', b"{}x", b"\xff", b"[" * 100_000]
)
@pytest.mark.parametrize(("method", "action"), [("POST", ""), ("POST", "scan"), ("PUT", "")])
def test_a_body_that_is_no_object_is_refused(staff, body, method, action, calls):
    response = staff.send(method, body, table="Workers", id="1", action=action)
    assert error_of(response)["code"] == "ValidationException"
    assert "PutItem" not in calls
    assert "UpdateItem" not in calls


@with_workers
@pytest.mark.parametrize(
    "body",
    [
        b'{"empId":"1","empId":"2"}',
        b'{"a":NaN}',
        b'{"a":1e400}',
        b'{"a":' + b"1" * 5000 + b"}",
        b'{"a":123456789012345678901234567890123456789}',
        b'{"a":"\\ud800"}',
        b'{"":1}',
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
def test_json_that_dynamodb_can_t_hold_exactly_is_refused(staff, body, calls):
    assert error_of(staff.send("POST", body, table="Workers"))["statusCode"] == 400
    assert "PutItem" not in calls


@with_workers
def test_a_body_of_5_mb_is_too_large_before_it_is_parsed(staff):
    response = staff.send("POST", b"[" * 5_000_000, table="Workers")
    assert error_of(response, 413)["code"] == "RequestTooLargeException"


@with_workers
def test_an_item_over_400_kb_is_too_large(staff):
    error = error_of(staff.create({"empId": "1", "a": "x" * 401 * 1024}), 413)
    assert "409600 bytes" in error["message"]


def test_preconditions_are_never_dropped_silently(staff):
    response = staff.send(
        "PUT", {"set": {"a": 1}}, headers={"If-Match": "x"}, table="Workers", id="1"
    )
    assert "REST v1" in error_of(response)["message"]


# ---------------------------------------------------------------- errors


def test_an_error_says_what_when_where_and_whether_to_try_again(staff):
    error = error_of(staff.get())
    assert list(error) == ["message", "code", "time", "requestId", "statusCode", "retryable"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", error["time"])
    assert error["requestId"]
    assert (error["code"], error["statusCode"]) == ("ValidationException", 400)
    assert error["retryable"] is False


@with_workers
@pytest.mark.parametrize("kind", [Throttled, Unavailable])
def test_throttled_and_unreachable_are_503_with_retry_after(staff, kind, monkeypatch):
    def fail(*_, **__):
        raise kind(retry_after=2)

    monkeypatch.setattr("tables.api.adminapi.views.stored", fail)
    response = staff.get(table="Workers", id="1")
    error = error_of(response, 503)
    assert response.headers["Retry-After"] == "2"
    assert (error["statusCode"], error["retryable"]) == (503, True)


@with_workers
def test_a_table_that_aws_does_not_have_is_a_400_that_names_nothing(staff, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "tables.toml"
    settings.TABLES_FILE.write_text('staff_groups=["staff"]\n[Gone]\ntable="ttd-Gone"\n')
    response = staff.get(table="Gone", id="1")
    assert error_of(response)["code"] == "ResourceNotFoundException"
    assert b"ttd-Gone" not in response.content


@with_workers
@pytest.mark.parametrize("status", ["500", "503", "502", "413", ""])
def test_a_code_is_a_name_even_where_dynamodb_gave_but_a_status(staff, monkeypatch, status):
    """What is no JSON botocore tells by its status: an answer of a proxy, a page of an engine."""

    def fail(*_, **__):
        answer = {"Error": {"Code": status, "Message": "Internal Server Error"}}
        raise translate(ClientError(answer, "GetItem"))

    monkeypatch.setattr("tables.api.adminapi.views.stored", fail)
    error = error_of(staff.get(table="Workers", id="1"), 503)
    assert (error["code"], error["retryable"]) == ("ServiceUnavailableException", True)


@with_workers
def test_a_mistake_of_ours_tells_the_client_nothing(staff, monkeypatch):
    def fail(*_, **__):
        raise KeyError("secret item content")

    staff.client.raise_request_exception = False
    monkeypatch.setattr("tables.api.adminapi.views.stored", fail)
    response = staff.get(table="Workers", id="1")
    error = error_of(response, 500)
    assert (error["code"], error["retryable"]) == ("InternalServerError", True)
    assert b"secret" not in response.content


@with_workers
def test_answers_are_private(staff):
    assert staff.get(table="Workers").headers["Cache-Control"] == "private, no-cache"


@with_workers
def test_head_says_what_get_would(staff):
    staff.create({"empId": "1"})
    for query in ({"id": "1"}, {"paginate": "1"}, {}):
        response = staff.send("HEAD", table="Workers", **query)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
    assert staff.send("HEAD", table="Workers", id="2").status_code == 404
    assert exact(staff.get(table="Workers", id="1"))["success"] is True
