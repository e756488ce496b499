"""Rows 7 and 8: other people's forms, and every wrong way to sign in."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.attacks.conftest import AMZ_JSON, PUT_ITEM

ITEM = b'{"id":"1","name":"evil"}'
WRITES = [
    ("/endpoint?table=Workers&action=create", {}),
    ("/api/v1/tables/Workers/items", {}),
    ("/dynamodb/", {"X-Amz-Target": PUT_ITEM, "Content-Type": AMZ_JSON}),
    ("/admin/tables/Workers/add/", {}),
    ("/admin/token/", {}),
    ("/admin/logout/", {}),
    ("/oidc/logout/", {}),
]


@pytest.fixture
def browser(client, sign_in):
    """A browser with a session, whose requests other sites may cause."""
    sign_in("admins")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    return browser


@pytest.mark.parametrize(("path", "headers"), WRITES)
@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_7_what_another_site_posts_with_our_cookie_is_refused(
    browser, calls, path, headers, content_type
):
    sent = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}
    answer = browser.post(path, ITEM, content_type=content_type, headers={**headers, **sent})
    assert answer.status_code in ((400,) if path == "/dynamodb/" else (403, 415))
    assert calls == []
    assert browser.get("/admin/token/").status_code == 200  # nor is anybody signed out


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_7_every_unsafe_method_needs_the_csrf_token(browser, calls, method):
    for path in ("/endpoint?table=Workers&id=1", "/api/v1/tables/Workers/items/1"):
        answer = getattr(browser, method)(path, ITEM, content_type="application/json")
        assert answer.status_code in (403, 405)
    assert calls == []


@pytest.fixture
def callback(client, db):
    def call(**query):
        return client.get("/oidc/callback/", query)

    return call


def require_nobody(client):
    assert client.get("/admin/token/").status_code == 302
    assert client.get("/api/v1/tables").status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"state": "x"},
        {"code": "x", "state": "x"},
        {"code": "x", "state": ""},
        {"error": "access_denied"},
        {"error": "<script>alert(1)</script>", "error_description": "<script>", "state": "x"},
        {"code": "\x00", "state": "\x00"},
        {"code": "x" * 100_000, "state": "y"},
    ],
    ids=lambda query: str(query)[:40],
)
def test_8_a_callback_nobody_asked_for_signs_nobody_in(client, callback, provider, query):
    answer = callback(**query)
    assert answer.status_code == 400
    assert "This sign-in can’t be finished" in answer.text
    assert "<script>alert" not in answer.text
    assert provider.asked == []
    require_nobody(client)


def test_8_a_callback_by_a_link_signs_nobody_out(client, sign_in_at):
    sign_in_at("staff")
    client.get("/oidc/callback/", {"error": "access_denied"})
    assert client.get("/admin/token/").status_code == 200


def test_8_a_state_works_once(client, provider, callback):
    begun = client.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    assert callback(code=code, state=state).status_code == 302
    client.post("/oidc/logout/")
    assert callback(code=code, state=state).status_code == 400
    require_nobody(client)


def test_8_a_code_works_once(client, provider, callback):
    begun = client.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    provider.codes.clear()
    answer = callback(code=code, state=state)
    assert (answer.status_code, "This sign-in has expired" in answer.text) == (400, True)
    require_nobody(client)


def test_8_a_state_grows_old(client, provider, callback):
    begun = client.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    session = client.session
    session["oidc_states"][state]["added_on"] -= 3601
    session.save()
    assert callback(code=code, state=state).status_code == 400
    require_nobody(client)


def test_8_a_callback_of_another_browser_is_refused(client, provider, callback):
    attacker = Client()
    begun = attacker.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    client.get("/oidc/authenticate/")
    assert callback(code=code, state=state).status_code == 400
    require_nobody(client)


def test_8_the_callback_url_is_ours_whatever_is_asked_for(client, provider, db):
    begun = client.get(
        "/oidc/authenticate/",
        {"redirect_uri": "https://evil.example.com/", "client_id": "evil", "state": "evil"},
    )
    assert "evil" not in begun["Location"]
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Foidc%2Fcallback%2F" in begun["Location"]


def test_8_another_nonce_signs_nobody_in(client, sign_in_at):
    assert sign_in_at("admins", nonce="x" * 32).status_code == 403
    require_nobody(client)


def test_8_a_planted_session_is_worth_nothing_after_sign_in(client, sign_in_at):
    client.get("/oidc/authenticate/")
    planted = client.cookies["sessionid"].value
    sign_in_at("admins")
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    require_nobody(attacker)


def test_8_an_equal_email_address_is_nobody_elses_account(client, sign_in_at):
    boss = User.objects.create(
        username="boss", email="jane.doe@example.com", is_superuser=True, is_staff=True
    )
    boss.groups.create(name="admins")
    sign_in_at("readers", email="jane.doe@example.com")
    assert User.objects.count() == 2
    assert client.session["_auth_user_id"] != str(boss.pk)
    boss.refresh_from_db()
    assert list(boss.groups.values_list("name", flat=True)) == ["admins"]


def test_8_a_sub_that_differs_only_in_form_is_somebody_else(sign_in_at):
    sign_in_at("admins", sub="ABC")
    sign_in_at("readers", sub="abc")
    assert sign_in_at("readers", sub="\uff21BC").status_code == 403
    assert {user.username for user in User.objects.all()} == {"ABC", "abc"}


def test_8_another_person_in_the_same_browser_gets_a_session_of_their_own(client, sign_in_at):
    sign_in_at("admins", sub="first")
    session = client.session
    session["typed"] = "secret"
    session.save()
    sign_in_at("readers", sub="second")
    assert "typed" not in client.session


def test_8_a_deactivated_user_is_signed_out_and_not_let_in_again(client, sign_in_at):
    sign_in_at("staff")
    User.objects.update(is_active=False)
    require_nobody(client)
    answer = sign_in_at("staff")
    assert (answer.status_code, "deactivated" in answer.text) == (403, True)
    require_nobody(client)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example.com",
        "///evil.example.com",
        "/\\evil.example.com",
        "\\\\evil.example.com",
        "https://evil.example.com/admin/",
        "https:evil.example.com",
        "http://testserver@evil.example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example.com",
        "/\t/evil.example.com",
        "\x00//evil.example.com",
        "/oidc/authenticate/",
        "/%6fidc/logout/",
        "logout/",
        "..",
        "%2f%2fevil.example.com",
    ],
)
def test_8_the_way_back_never_leaves_this_site(client, sign_in_at, target):
    answer = sign_in_at("staff", next_page=target)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_8_signing_out_takes_a_post(client, sign_in_at):
    sign_in_at("staff")
    for path in ("/oidc/logout/", "/admin/logout/"):
        assert client.get(path).status_code == 405
    assert client.get("/admin/token/").status_code == 200


def test_8_a_cookie_of_before_signing_out_is_worth_nothing(client, sign_in_at):
    sign_in_at("staff")
    cookie = client.cookies["sessionid"].value
    client.post("/oidc/logout/")
    stolen = Client()
    stolen.cookies["sessionid"] = cookie
    require_nobody(stolen)


def test_8_the_password_of_a_database_user_opens_nothing(client, db):
    User.objects.create_superuser("root", password="root")
    assert client.login(username="root", password="root") is False
    client.post("/admin/login/", {"username": "root", "password": "root"})
    require_nobody(client)
