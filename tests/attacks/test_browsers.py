"""Rows 9 to 11: hosts, other origins, frames; and the headers that every answer carries."""

import pytest

from tests.attacks.conftest import DOORS

ORIGIN = "https://app.example.com"


@pytest.mark.parametrize(
    "path", ["/", "/admin/", "/api/v1/tables", "/endpoint?table=Workers", "/x"]
)
def test_9_a_foreign_host_is_400(client, db, path):
    for host in ("evil.example.com", "testserver.evil.example.com", "testserver@evil", "a b"):
        assert client.get(path, headers={"Host": host}).status_code == 400


def test_9_a_forwarded_host_is_not_believed(client, provider, db):
    headers = {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"}
    begun = client.get("/oidc/authenticate/", headers=headers)
    assert "redirect_uri=http%3A%2F%2Ftestserver%2F" in begun["Location"]
    assert "evil" not in client.get("/admin/", headers=headers)["Location"]


def test_9_a_trusted_proxy_still_cannot_name_a_foreign_host(client, settings, db):
    settings.USE_X_FORWARDED_HOST = True
    assert (
        client.get("/admin/", headers={"X-Forwarded-Host": "evil.example.com"}).status_code == 400
    )


@pytest.fixture(params=DOORS[:2], ids=lambda door: door.name)
def json_door(request):
    return request.param


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "null",
        "https://app.example.com.evil.example.com",
        "https://evilapp.example.com",
        "https://app.example.com:8443",
        "http://app.example.com",
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_10_an_origin_that_is_not_listed_gets_no_allow_header(
    client, db, settings, json_door, origin, method
):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    answer = client.generic(method, json_door.path, headers=headers)
    assert "Access-Control-Allow-Origin" not in answer
    assert "Origin" in {name.strip().title() for name in answer["Vary"].split(",")}


def test_10_a_listed_origin_may_read_and_ask_first(client, db, settings, json_door):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = client.options(json_door.path, headers=asked)
    assert preflight.status_code == 200
    assert preflight["Access-Control-Allow-Origin"] == ORIGIN
    allowed = preflight["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed
    answer = client.get(json_door.path, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, ORIGIN)
    assert "X-Request-ID" in answer["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("origins", [[], [ORIGIN]], ids=["none listed", "one listed"])
@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example.com", "null"])
def test_10_credentials_are_never_allowed_from_elsewhere(client, db, settings, origins, origin):
    settings.CORS_ALLOWED_ORIGINS = origins
    for path in ("/endpoint?table=Workers", "/api/v1/tables", "/admin/", "/oidc/done/"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            answer = client.generic(method, path, headers=headers)
            assert "Access-Control-Allow-Credentials" not in answer


def test_10_pages_and_signing_in_are_for_no_other_origin(client, db, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    for path in ("/admin/", "/oidc/authenticate/", "/oidc/done/", "/dynamodb/", "/"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers={"Origin": ORIGIN})


@pytest.fixture
def answers(client, sign_in, monkeypatch, dynamodb_moto):
    """One answer of every kind: pages, errors, JSON, files."""
    client.raise_request_exception = False
    anonymous = [
        client.get("/healthz"),
        client.get("/static/dynadmin/favicon.svg"),
        client.get("/admin/"),
        client.get("/oidc/done/"),
        client.get("/oidc/callback/"),
        client.get("/admin/", headers={"Host": "evil.example.com"}),
        client.get("/endpoint"),
        client.options("/endpoint"),
        client.get("/api/v1/nowhere"),
        client.post("/dynamodb/"),
    ]
    sign_in("admins")
    signed_in = [
        client.get("/admin/"),
        client.get("/admin/token/"),
        client.get("/nowhere"),
        client.get("/admin/nowhere/"),
        client.get("/api/v1/tables", headers={"Accept": "text/html"}),
        client.get("/api/docs/"),
    ]

    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("tables.admin.site.TablesSite.has_permission", fail)
    broken = [client.get("/admin/login/")]
    assert [answer.status_code for answer in (anonymous[5], *broken)] == [400, 500]
    yield anonymous + signed_in + broken
    b"".join(anonymous[1].streaming_content)


def test_11_no_answer_may_be_framed_or_run_what_is_not_ours(answers):
    for answer in answers:
        policy = dict(
            directive.strip().split(" ", 1)
            for directive in answer["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self' https://sign-in.example.com"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Request-ID"]


def test_cookies_stay_with_this_site(client, sign_in_at):
    sign_in_at("staff")
    client.get("/admin/token/")
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["samesite"], session["httponly"]) == ("Lax", True)
    assert csrf["samesite"] == "Lax"
