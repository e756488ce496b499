"""Rows 1 to 5 and 23: tokens that prove nothing, wherever they come from and however many."""

import time

import pytest
import time_machine
from django.test import Client

from tables.access.tokens import jwks
from tables.access.tokens.verification import verifier
from tests.attacks.conftest import DOORS
from tests.attacks.forgeries import FORGERIES, SIGNED_WRONGLY


@pytest.fixture
def refused(client, db, calls):
    """Ask every door with a token: each says 401, and DynamoDB hears of nothing."""

    def ask(token, **more):
        for door in DOORS:
            answer = door.ask(client, {"Authorization": f"Bearer {token}"}, **more)
            assert (door.name, answer.status_code) == (door.name, 401)
            assert answer["WWW-Authenticate"] == "Bearer"
        assert calls == []

    return ask


@pytest.mark.parametrize("forgery", [*FORGERIES, *SIGNED_WRONGLY])
def test_1_a_forged_token_is_401_at_every_door_and_nobody_is_asked(
    signer, refused, connections, forgery
):
    verifier().verify(signer.token())  # the key set is at hand
    refused((FORGERIES | SIGNED_WRONGLY)[forgery](signer))
    assert connections == []


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "bearer\t",
        "Bearer {token} {token}",
        "Bearer,{token}",
        "Bearer {token},Bearer {token}",
        "Bearer é{token}",
        "{token}",
        "Token {token}",
        "Basic {token}",
    ],
)
def test_1_a_header_that_is_not_one_bearer_token_is_401(client, db, signer, header):
    for door in DOORS[:2]:
        headers = {"Authorization": header.format(token=signer.token("staff"))}
        assert door.ask(client, headers).status_code == 401


def test_1_a_bad_token_beside_a_good_session_is_401(client, sign_in, door):
    sign_in("staff")
    assert door.ask(client, {"Authorization": "Bearer bad"}).status_code == 401


def test_1_a_good_token_works(client, signer, db):
    assert client.get("/api/v1/tables", headers=signer.bearer("staff")).status_code == 200
    lower = {"Authorization": f"bearer {signer.token('staff')}"}
    assert client.get("/api/v1/tables", headers=lower).status_code == 200


def token_of(provider, **changes):
    now = int(time.time())
    claims = {
        "sub": "sub-1",
        "iss": provider.url,
        "aud": "web-client",
        "token_use": "id",
        "iat": now,
        "exp": now + 3600,
        "custom:username": "jane.doe",
        "cognito:groups": ["staff"],
    }
    return provider.sign(**claims | changes)


@pytest.fixture
def ask(client, db):
    def with_token(token):
        return client.get("/api/v1/tables", headers={"Authorization": f"Bearer {token}"})

    return with_token


def test_2_two_hundred_random_kids_cost_one_fetch_and_good_tokens_work(ask, provider):
    good = token_of(provider)
    assert ask(good).status_code == 200
    fetched = provider.asked.count("GET /jwks")
    for number in range(200):
        provider.kid = f"random-{number}"
        assert ask(token_of(provider)).status_code == 401
    assert provider.asked.count("GET /jwks") - fetched <= 1
    assert ask(good).status_code == 200


ENDPOINTS = {
    "down": None,
    "an error": (500, {}, b""),
    "a redirect": (302, {"Location": "http://127.0.0.1:9/"}, b""),
    "HTML": (200, {}, b"<!doctype html>"),
    "huge": (200, {}, b" " * 1_000_000),
}


@pytest.mark.parametrize("state", [*ENDPOINTS, "hung"])
def test_2_cold_without_a_key_set_it_is_503_after_one_attempt(ask, provider, monkeypatch, state):
    monkeypatch.setattr(jwks, "TIMEOUT_SECONDS", 0.2)
    good = token_of(provider)
    provider.answers["/jwks"] = provider.HANG if state == "hung" else ENDPOINTS[state]
    if state == "down":
        provider.stop()
    answers = [ask(good) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer["Retry-After"] for answer in answers} == {"30"}
    assert provider.asked.count("GET /jwks") == (0 if state == "down" else 1)


@pytest.mark.parametrize("state", [*ENDPOINTS, "hung"])
def test_2_warm_the_keys_that_are_known_outlive_an_outage(ask, provider, monkeypatch, state):
    monkeypatch.setattr(jwks, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(jwks, "FRESH_SECONDS", 0)
    monkeypatch.setattr(jwks, "COOL_DOWN_SECONDS", 0)
    assert ask(token_of(provider)).status_code == 200
    provider.answers["/jwks"] = provider.HANG if state == "hung" else ENDPOINTS[state]
    if state == "down":
        provider.stop()
    assert ask(token_of(provider)).status_code == 200
    assert ask(token_of(provider, sub="sub-2")).status_code == 200


def test_3_a_new_key_works_after_the_cool_down_and_a_removed_one_no_longer(
    ask, provider, monkeypatch
):
    old = token_of(provider)
    assert ask(old).status_code == 200
    provider.rotate("new key")
    new = token_of(provider)
    assert ask(new).status_code == 401
    monkeypatch.setattr(jwks, "COOL_DOWN_SECONDS", 0)
    assert ask(new).status_code == 200
    assert ask(old).status_code == 401


def test_4_a_token_anywhere_else_is_no_token(client, signer, db, door, calls):
    token = signer.token("admins")
    query = "&" if "?" in door.path else "?"
    for name in ("access_token", "token", "id_token", "Authorization", "authorization"):
        answer = door.ask(client, path=f"{door.path}{query}{name}={token}")
        assert answer.status_code in (400, 401)
        client.cookies[name] = token
    assert door.ask(client).status_code in (400, 401)
    form = f"access_token={token}&Authorization=Bearer+{token}".encode()
    answer = door.ask(client, body=form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 401, 415)
    assert calls == []


@pytest.mark.parametrize(
    "name", [["jane.doe"], "", "  ", "jane\r\nX-Evil: 1", "n" * 10_000, None], ids=str
)
def test_5_a_name_that_is_none_is_401(signer, refused, name):
    refused(signer.sign(signer.claims("admins") | {"custom:username": name}))


@pytest.fixture
def one_window(settings):
    """Twenty strangers' requests a minute, and all of a test in one minute."""
    settings.THROTTLE_ANONYMOUS = "20/min"
    with time_machine.travel("2026-11-21T12:00:10Z", tick=False):
        yield


def test_23_a_flood_of_bad_tokens_is_slowed_down_whatever_it_says_it_comes_from(
    db, one_window, door
):
    client = Client()
    statuses = []
    for number in range(40):
        forwarded = {"X-Forwarded-For": f"198.51.100.{number}"}
        answer = door.ask(client, {"Authorization": f"Bearer bad{number}", **forwarded})
        statuses.append(answer.status_code)
    assert set(statuses[:20]) == {401}
    if door.name == "2011-12-05":  # this protocol has one status for everything
        assert (statuses[-1], "ThroughputExceeded" in answer.text) == (400, True)
    else:
        assert statuses[-1] == 429
    assert answer["Retry-After"] == "50"
    assert answer["RateLimit-Policy"] == '"anonymous";q=20;w=60'


def test_23_visitors_without_any_token_are_slowed_down_too(client, db, one_window):
    statuses = [client.get("/api/v1/tables").status_code for _ in range(40)]
    assert (statuses[0], statuses[-1]) == (401, 429)


def test_23_the_sign_in_pages_are_guarded_before_they_do_anything(client, provider, one_window, db):
    for _ in range(40):
        answer = client.get("/oidc/callback/", {"state": "x", "code": "y"})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text
    assert provider.asked == []
