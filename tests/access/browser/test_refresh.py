"""A session that has ended: pages go to sign-in, scripts are told, forms are kept."""

import time

import pytest
from django.test import Client

ADD = "/admin/tables/Workers/add/"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Accept": "*/*", "Sec-Fetch-Mode": "cors"}


def end(client):
    session = client.session
    session["signed_in_until"] = time.time() - 1
    session.save()


@pytest.fixture
def ended(client, sign_in):
    """The test client, with a session whose time is over."""
    sign_in("staff")
    end(client)
    return client


@pytest.fixture(params=["ended", "nobody"])
def stranger(request, client, db):
    """Somebody whose session has ended, and somebody who never had one."""
    return request.getfixturevalue("ended") if request.param == "ended" else client


def test_a_page_goes_to_sign_in_and_comes_back(stranger):
    answer = stranger.get("/admin/tables/Workers/?a=1&b=2", headers=BROWSER)
    assert answer.status_code == 302
    assert answer["Location"] == (
        "/oidc/authenticate/?next=%2Fadmin%2Ftables%2FWorkers%2F%3Fa%3D1%26b%3D2"
    )


def test_a_client_that_names_no_mode_is_taken_for_a_person(stranger):
    assert stranger.get("/admin/").status_code == 302
    assert stranger.get("/admin/", headers={"Accept": "*/*"}).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        SCRIPT,
        {"HX-Request": "true"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Accept": "application/json"},
    ],
    ids=["fetch", "htmx", "XMLHttpRequest", "JSON"],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_script_is_told_where_to_sign_in(stranger, headers, method):
    answer = getattr(stranger, method)(ADD, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {
        "detail": "Your session has ended. Sign in again.",
        "login_url": "/oidc/authenticate/?next=%2Fadmin%2F",
    }
    assert answer["HX-Redirect"] == answer.json()["login_url"]
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["HX-Current-URL", "Referer"])
def test_a_script_comes_back_to_the_page_it_runs_in(ended, header):
    page = "http://testserver/admin/tables/Workers/?a=1"
    answer = ended.get(ADD, headers={"HX-Request": "true", header: page})
    assert answer.json()["login_url"].endswith("next=%2Fadmin%2Ftables%2FWorkers%2F%3Fa%3D1")
    for elsewhere in ("https://evil.example.com/x", "http://testserver.evil.example.com/", "//[x"):
        answer = ended.get(ADD, headers={"HX-Request": "true", header: elsewhere})
        assert answer.json()["login_url"].endswith("next=%2Fadmin%2F")


def test_a_form_is_kept_with_everything_that_was_typed(stranger):
    typed = {"name": "Ann <b>", "note": 'two\nlines "quoted"', "tags": ["x", "y"]}
    answer = stranger.post(ADD + "?copy=1", typed, headers=BROWSER)
    assert answer.status_code == 401
    assert 'action="/admin/tables/Workers/add/?copy=1"' in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    for field in (
        '<input type="hidden" name="name" value="Ann &lt;b&gt;">',
        '<input type="hidden" name="note" value="two\nlines &quot;quoted&quot;">',
        '<input type="hidden" name="tags" value="x">',
        '<input type="hidden" name="tags" value="y">',
    ):
        assert field in answer.text
    assert 'href="/oidc/authenticate/?next=%2Foidc%2Fdone%2F"' in answer.text
    assert answer["Cache-Control"] == "no-store"


def test_a_kept_form_is_accepted_after_signing_in_again(client, sign_in_at):
    sign_in_at("staff")
    end(client)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    browser.cookies["csrftoken"] = csrf = "a" * 32
    kept = browser.post(ADD, {"name": "Ann", "csrfmiddlewaretoken": csrf}, headers=BROWSER)
    assert kept.status_code == 401
    done = sign_in_at("staff", next_page="/oidc/done/")
    assert done["Location"] == "/oidc/done/"
    assert "go back to the one with your form" in client.get("/oidc/done/").text
    browser.cookies["sessionid"] = client.cookies["sessionid"].value
    # Any form of ours takes the token of the page that was kept open.
    sent = browser.post("/admin/token/", {"csrfmiddlewaretoken": str(kept.context["csrf_token"])})
    assert sent.status_code == 200


def test_a_form_that_no_page_of_ours_sent_is_not_repeated(ended):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = ended.cookies
    answer = browser.post(ADD, {"name": "evil"}, headers=BROWSER)
    assert answer.status_code == 403
    assert "evil" not in answer.text


def test_a_file_is_asked_for_again(ended, tmp_path):
    path = tmp_path / "items.json"
    path.write_text("[]")
    with path.open("rb") as file:
        answer = ended.post(ADD, {"items": file}, headers=BROWSER)
    assert "Files can’t be kept" in answer.text


def test_a_bearer_token_beside_an_ended_session_is_untouched(ended, signer):
    answer = ended.get("/api/v1/tables", headers=signer.bearer("staff"))
    assert answer.status_code == 200


def test_an_ended_session_is_nobody_to_the_apis(ended):
    for path in ("/api/v1/tables", "/endpoint?table=Workers"):
        answer = ended.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_person_at_the_browsable_api_goes_to_sign_in_when_the_session_has_ended(ended):
    answer = ended.get("/api/v1/tables", headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/oidc/authenticate/?next=%2Fapi%2Fv1%2Ftables",
    )


def test_a_live_session_meets_nothing_of_this(client, sign_in):
    sign_in("staff")
    assert client.get("/admin/token/", headers=BROWSER).status_code == 200
    assert client.get("/api/v1/tables", headers=SCRIPT).status_code == 200
