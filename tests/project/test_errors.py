"""Errors that no view words, told as the door that was asked would tell them."""

import json
import zlib

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory

from project import errors

PROBLEM = "application/problem+json"
AMZ_JSON = "application/x-amz-json-1.0"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, lambda request: errors.bad_request(request, ValueError("secret"))),
        (403, lambda request: errors.permission_denied(request, ValueError("secret"))),
        (404, lambda request: errors.page_not_found(request, ValueError("secret"))),
        (413, lambda request: errors.bad_request(request, RequestDataTooBig("secret"))),
        (500, errors.server_error),
    ],
)
@pytest.mark.parametrize("door", ["/api/x", "/endpoint", "/dynamodb/"])
def test_json_doors_answer_in_json_and_quote_no_exception(door, status, word):
    answer = word(RequestFactory().get(door))
    told = json.loads(answer.content)
    assert "secret" not in answer.text
    if door == "/api/x":
        assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
        assert (told["status"], told["instance"]) == (status, "/api/x")
        assert told["type"] == f"/api/docs/errors#{told['code']}"
    elif door == "/endpoint":
        assert (answer.status_code, told["success"]) == (status, False)
        assert told["error"]["statusCode"] == status
        assert answer["Access-Control-Allow-Origin"] == "*"
    else:
        assert answer.status_code == (500 if status == 500 else 400)
        assert answer["Content-Type"] == AMZ_JSON
        assert told["__type"].startswith("com.amazonaws.dynamodb.v20111205#")
        assert "x-amzn-RequestId" in answer
        assert answer["x-amz-crc32"] == str(zlib.crc32(answer.content))


@pytest.mark.parametrize("version", ["20111205", "20120810"])
def test_the_front_door_of_sdks_is_a_json_door_too(version):
    request = RequestFactory().post("/", headers={"X-Amz-Target": f"DynamoDB_{version}.PutItem"})
    assert errors.server_error(request)["Content-Type"] == AMZ_JSON


@pytest.mark.parametrize("path", ["/nowhere", "/admin/nowhere/", "/apiary", "/endpoints"])
def test_people_get_pages(client, db, path):
    answer = client.get(path, follow=True)
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_a_foreign_host_is_answered_in_each_doors_words(client, db):
    headers = {"Host": "evil.example.com"}
    assert client.get("/api/v1/tables", headers=headers).json()["code"] == "invalid_request"
    assert client.get("/endpoint", headers=headers).json()["success"] is False
    assert "Bad request" in client.get("/admin/", headers=headers).text


def test_a_form_from_elsewhere_is_told_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post("/oidc/logout/")
    assert answer.status_code == 403
    assert "This form can’t be accepted" in answer.text
    assert "Nothing was changed" in answer.text
