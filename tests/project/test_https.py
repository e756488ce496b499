"""Plain HTTP where HTTPS is demanded: what each door says, whatever is asked of it."""

import json

import pytest

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
OLD_SDK = {"X-Amz-Target": "DynamoDB_20111205.PutItem"}
ADMINAPI = ["/endpoint", "/endpoint/", "/endpoint?table=Workers"]
V1 = [
    "/api/v1",
    "/api/v1/",
    "/api/v1/tables/Workers/items",
    "/api/v1/tables/Workers/items/a",
    "/api/v1/tables/Workers/search",
    "/api/v1/tables/Workers/batch",
    "/api/schema/",
    "/api/nowhere",
]
PUTITEM = ["/dynamodb", "/dynamodb/"]


@pytest.fixture(autouse=True)
def https_only(settings):
    settings.SECURE_SSL_REDIRECT = True


@pytest.fixture
def told(client):
    """What a request over plain HTTP is told: its status is 403, wherever it was sent."""

    def ask(method, path, **headers):
        answer = client.generic(method, path, b"{}", "application/json", headers=headers)
        assert (answer.status_code, "Location" in answer) == (403, False)
        return json.loads(answer.content) if method != "HEAD" else None

    return ask


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ADMINAPI)
def test_the_adminapi_refuses_in_its_own_words(told, method, path):
    answer = told(method, path)
    if answer is not None:
        assert answer["success"] is False
        assert (answer["error"]["statusCode"], answer["error"]["retryable"]) == (403, False)
        assert "over HTTPS only" in answer["error"]["message"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", V1)
def test_v1_refuses_in_its_own_words(told, method, path):
    answer = told(method, path)
    if answer is not None:
        assert (answer["status"], answer["code"]) == (403, "forbidden")
        assert "over HTTPS only" in answer["detail"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("path", "headers"), [*((path, {}) for path in PUTITEM), ("/", OLD_SDK)])
def test_the_2011_door_refuses_in_its_own_words(told, method, path, headers):
    answer = told(method, path, **headers)
    if answer is not None:
        assert answer["__type"].endswith("#AccessDeniedException")
        assert "over HTTPS only" in answer["message"]


def test_a_create_over_plain_http_is_not_made(client, calls):
    assert client.post("/endpoint?table=Workers", {}, "application/json").status_code == 403
    assert calls == []


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/tables/Workers/", "/oidc/authenticate/"])
def test_pages_lead_on_to_https(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")


def test_doors_answer_over_https(client, db):
    assert client.options("/endpoint", secure=True).status_code == 200
    assert client.get("/api/v1/tables", secure=True).status_code == 401
