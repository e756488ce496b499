"""Signing in through the hosted page, and out again."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from structlog.testing import capture_logs

from tables.access.browser import sign_in
from tables.access.browser.session_store import SessionStore
from tables.access.users import caller_of_user
from tests.access.provider import Provider


def query_of(location):
    return {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}


def test_a_visitor_is_sent_to_the_hosted_page_with_state_nonce_and_pkce(client, provider, db):
    visited = client.get("/admin/tables/Workers/?x=1")
    assert visited.status_code == 302
    assert visited["Location"] == "/oidc/authenticate/?next=%2Fadmin%2Ftables%2FWorkers%2F%3Fx%3D1"
    begun = client.get(visited["Location"])
    asked = query_of(begun["Location"])
    assert begun["Location"].startswith(f"{provider.url}/oauth2/authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "web-client"
    assert asked["redirect_uri"] == "http://testserver/oidc/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) == len(asked["nonce"]) == 32
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}


def test_signing_in_leads_back_and_makes_a_user_by_sub(client, sign_in_at):
    answer = sign_in_at("staff", "readers", next_page="/admin/tables/Workers/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/tables/Workers/?x=1")
    user = User.objects.get()
    assert user.username == "sub-of-jane"
    assert user.get_full_name() == "doe, jane"
    assert user.email == "jane.doe@example.com"
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)
    caller = caller_of_user(user)
    assert (caller.sub, caller.identity) == ("sub-of-jane", "doe, jane")
    assert caller.groups == {"staff", "readers"}
    assert client.get("/admin/token/").status_code == 200


def test_groups_are_those_of_the_last_sign_in_removal_included(sign_in_at):
    sign_in_at("staff", "admins")
    sign_in_at("readers", "staff")
    user = User.objects.get()
    assert set(user.groups.values_list("name", flat=True)) == {"readers", "staff"}
    sign_in_at()
    assert not user.groups.exists()
    assert set(Group.objects.values_list("name", flat=True)) == {"readers", "staff", "admins"}


def test_signing_in_again_keeps_the_csrf_token_and_changes_the_session_key(client, sign_in_at):
    sign_in_at("staff")
    client.get("/admin/token/")
    csrf, session = client.cookies["csrftoken"].value, client.cookies["sessionid"].value
    sign_in_at("staff")
    assert client.cookies["csrftoken"].value == csrf
    assert client.cookies["sessionid"].value != session


def test_the_session_ends_with_the_token(client, sign_in_at):
    sign_in_at("staff", exp=int(time.time()) + 600)
    assert client.get("/admin/token/").status_code == 200
    assert client.session["signed_in_until"] == pytest.approx(time.time() + 600, abs=60)
    session = client.session
    session["signed_in_until"] = time.time() - 1
    session.save()
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/oidc/authenticate/?next=%2Fadmin%2F")


def test_no_session_lasts_longer_than_twelve_hours(client, sign_in_at):
    sign_in_at("staff", exp=int(time.time()) + 24 * 3600)
    assert client.session["signed_in_until"] < time.time() + 12 * 3600 + 60


def test_two_tabs_may_sign_in_at_once_and_each_comes_back_to_its_own_page(client, provider, db):
    first = client.get("/oidc/authenticate/", {"next": "/admin/?tab=1"})
    second = client.get("/oidc/authenticate/", {"next": "/admin/?tab=2"})
    for begun, page in ((first, "/admin/?tab=1"), (second, "/admin/?tab=2")):
        code, state = provider.authorize(begun["Location"], "staff")
        answer = client.get("/oidc/callback/", {"code": code, "state": state})
        assert answer["Location"] == page


@pytest.mark.parametrize("secret", ["", "a secret"])
def test_a_secret_is_sent_only_where_there_is_one(client, sign_in_at, provider, settings, secret):
    sent = []
    exchange = provider.answers["/oauth2/token"]
    provider.answers["/oauth2/token"] = lambda form: (sent.append(form), exchange(form))[1]
    settings.OIDC_RP_CLIENT_SECRET = secret
    sign_in_at("staff")
    assert sent[0].get("client_secret", "") == secret
    assert ("client_secret" in sent[0]) is bool(secret)


def test_someone_in_no_staff_group_is_told_what_to_do_and_can_sign_out(client, sign_in_at):
    sign_in_at("unheard-of")
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "Your account is in no staff group" in answer.text
    assert "Ask an administrator to add you to one" in answer.text
    assert 'action="/oidc/logout/"' in answer.text


def test_signing_out_ends_both_sessions(client, sign_in_at, provider):
    sign_in_at("staff")
    cookie = client.cookies["sessionid"].value
    answer = client.post("/oidc/logout/")
    assert answer["Location"] == (
        f"{provider.url}/logout?client_id=web-client&logout_uri=http%3A%2F%2Ftestserver%2F"
    )
    client.cookies["sessionid"] = cookie
    assert client.get("/admin/").status_code == 302


def test_signing_out_everywhere_ends_the_sessions_in_other_browsers(client, sign_in_at):
    sign_in_at("staff")
    page = client.get("/admin/token/").text
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = session_of(client.session)

    assert "Sign out everywhere" in page
    assert elsewhere.get("/admin/token/").status_code == 200
    client.post("/oidc/logout/", {"everywhere": "1"})
    for browser in (client, elsewhere):
        assert browser.get("/admin/token/").status_code == 302
    sign_in_at("staff")
    assert client.get("/admin/token/").status_code == 200


def session_of(like):
    """The key of another session of the same person, as another browser has it."""
    session = SessionStore()
    for name, value in like.items():
        session[name] = value
    session.create()
    return session.session_key


def test_signing_out_ends_the_session_of_this_browser_alone(client, sign_in_at):
    sign_in_at("staff")
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = session_of(client.session)
    client.post("/oidc/logout/")
    assert elsewhere.get("/admin/token/").status_code == 200


def test_signing_out_twice_leads_to_the_front_door(client, db):
    assert client.post("/oidc/logout/")["Location"] == "/"


def test_the_admin_sites_own_sign_out_is_the_same(client, sign_in_at, provider):
    sign_in_at("staff")
    assert client.post("/admin/logout/")["Location"].startswith(f"{provider.url}/logout?")


def test_without_a_sign_in_service_signing_out_ends_at_the_front_door(client, sign_in_at, settings):
    sign_in_at("staff")
    settings.OIDC_OP_LOGOUT_ENDPOINT = ""
    assert client.post("/oidc/logout/")["Location"] == "/"
    assert client.get("/admin/token/").status_code == 302


def test_a_sign_in_service_that_is_down_is_said_so(client, provider, db):
    provider.stop()
    answer = client.get("/oidc/authenticate/")
    assert answer.status_code == 503
    assert "The sign-in service can’t be reached" in answer.text
    assert answer["Retry-After"] == "30"


def test_a_sign_in_service_that_hangs_is_said_to_be_out_of_reach(client, provider, db, monkeypatch):
    monkeypatch.setattr(sign_in, "ANSWER_SECONDS", 0.1)
    provider.answers["/"] = provider.HANG
    answer = client.get("/oidc/authenticate/")
    assert answer.status_code == 503
    assert "The sign-in service can’t be reached" in answer.text


@pytest.mark.parametrize(
    "told",
    [(404, {}, b""), (500, {}, b""), (302, {"Location": "https://elsewhere.example.com/"}, b"")],
)
def test_a_sign_in_service_that_says_anything_is_the_browsers_to_visit(client, provider, db, told):
    provider.answers["/"] = told
    assert client.get("/oidc/authenticate/").status_code == 302
    assert provider.asked == ["GET /"]


def test_a_sign_in_service_that_only_the_browser_can_resolve_is_the_browsers_to_visit(
    client, settings, db
):
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = "https://sign-in.invalid/oauth2/authorize"
    answer = client.get("/oidc/authenticate/")
    assert answer["Location"].startswith("https://sign-in.invalid/oauth2/authorize?")


def test_a_site_without_a_sign_in_service_says_so(client, settings, db):
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = ""
    answer = client.get("/oidc/authenticate/")
    assert (answer.status_code, "Nobody can sign in yet" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ((500, {}, b""), 503, "The sign-in service can’t be reached"),
        ((200, {}, b"<html>"), 503, "The sign-in service can’t be reached"),
        ((400, {}, b'{"error":"invalid_grant"}'), 400, "This sign-in has expired"),
        ({"access_token": "only"}, 403, "Your sign-in could not be verified"),
        ({"id_token": "garbage"}, 403, "Your sign-in could not be verified"),
        ([], 403, "Your sign-in could not be verified"),
    ],
)
def test_what_the_token_endpoint_answers_never_breaks_the_page(
    client, provider, db, told, status, words
):
    begun = client.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    provider.answers["/oauth2/token"] = told
    answer = client.get("/oidc/callback/", {"code": code, "state": state})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "Sign in again" in answer.text
    assert not User.objects.exists()


def test_keys_that_cannot_be_fetched_are_the_services_fault(client, sign_in_at, provider):
    provider.answers["/jwks"] = (500, {}, b"")
    assert sign_in_at("staff").status_code == 503


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "other-client"},
        {"aud": "nobody"},
        {"token_use": "access"},
        {"exp": 1},
        {"iss": "https://elsewhere.example.com"},
        {"sub": ""},
        {"custom:username": ""},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_signs_nobody_in(client, sign_in_at, claims):
    answer = sign_in_at("admins", **claims)
    assert answer.status_code == 403
    assert "Your sign-in could not be verified" in answer.text
    assert not User.objects.exists()


def test_a_refusal_of_the_sign_in_page_is_said_so(client, provider, db):
    begun = client.get("/oidc/authenticate/", {"next": "/admin/?a=1"})
    _, state = provider.authorize(begun["Location"])
    answer = client.get("/oidc/callback/", {"error": "access_denied", "state": state})
    assert answer.status_code == 403
    assert "The sign-in service said no" in answer.text
    assert 'href="/oidc/authenticate/?next=%2Fadmin%2F%3Fa%3D1"' in answer.text


def refused(client, provider, **said):
    begun = client.get("/oidc/authenticate/")
    _, state = provider.authorize(begun["Location"])
    with capture_logs() as lines:
        answer = client.get("/oidc/callback/", {**said, "state": state})
    (line,) = (line for line in lines if line["event"] == "sign_in_failed")
    return answer, line


def test_the_sign_in_services_own_reason_is_in_the_log_and_on_the_page(client, provider, db):
    answer, line = refused(
        client,
        provider,
        error="invalid_request",
        error_description="PreSignUp failed with error \u202e<b>no</b>" + "x" * 1000,
    )
    told = "invalid_request: PreSignUp failed with error <U+202E><b>no</b>"
    assert line["kind"] == "refused"
    assert line["reason"].startswith(told)
    assert len(line["reason"]) == 300
    assert "error &lt;U+202E&gt;&lt;b&gt;no&lt;/b&gt;xxx" in answer.text


def test_a_first_federated_sign_in_is_told_to_begin_again(client, provider, db):
    answer, line = refused(
        client,
        provider,
        error="invalid_request",
        error_description="Already found an entry for username Google_123",
    )
    assert line["kind"] == "linked"
    assert answer.status_code == 400
    assert "it works the second time" in answer.text
    assert "Sign in again" in answer.text


def test_a_replayed_callback_of_somebody_signed_in_leads_on(client, provider, db):
    begun = client.get("/oidc/authenticate/", {"next": "/admin/?a=1"})
    code, state = provider.authorize(begun["Location"], "staff")
    first = client.get("/oidc/callback/", {"code": code, "state": state})
    again = client.get("/oidc/callback/", {"code": code, "state": state})
    assert (first.status_code, first["Location"]) == (302, "/admin/?a=1")
    assert (again.status_code, again["Location"]) == (302, "/admin/")


@pytest.mark.parametrize(
    "path", ["/admin", "/admin/", "/admin/login/", "/oidc/done/", "/oidc/authenticate/"]
)
def test_no_page_of_the_staff_or_of_signing_in_is_kept(client, sign_in_at, path):
    sign_in_at("staff")
    assert "no-store" in client.get(path)["Cache-Control"]


def test_signing_in_and_out_and_failing_to_are_log_lines(client, sign_in_at):
    with capture_logs() as lines:
        sign_in_at("staff", nonce="wrong")
        sign_in_at("staff")
        client.post("/oidc/logout/")
    told = {line["event"]: line for line in lines if line["event"] != "request"}
    assert told["sign_in_failed"]["kind"] == "token"
    assert told["sign_in_failed"]["reason"] == "nonce differs"
    assert told["signed_in"]["caller"] == "sub-of-jane"
    assert told["signed_in"]["groups"] == ["staff"]
    assert told["signed_out"]["caller"] == "sub-of-jane"


def test_the_provider_of_these_tests_insists_on_its_verifier(client, provider, db):
    begun = client.get("/oidc/authenticate/")
    code, state = provider.authorize(begun["Location"], "staff")
    session = client.session
    session["oidc_states"][state]["code_verifier"] = "v" * 64
    session.save()
    answer = client.get("/oidc/callback/", {"code": code, "state": state})
    assert answer.status_code == 400
    assert isinstance(provider, Provider)
