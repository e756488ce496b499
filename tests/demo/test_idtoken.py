"""`manage.py idtoken USER`: a real sign-in, and refusals in words."""

import base64
import hashlib
import hmac
import io
import json

import jwt
import pytest
import requests
from django.core.management import CommandError, call_command

from demo.cognito import PASSWORD


@pytest.fixture
def demo_pool(settings, monkeypatch, demo_engine, pool):
    settings.COGNITO_CLIENT_ID = [pool.client_id]
    settings.COGNITO_CLIENT_SECRET = ""
    settings.COGNITO_JWKS_URL = f"{demo_engine.url}/{pool.pool_id}/.well-known/jwks.json"
    monkeypatch.setenv("IDTOKEN_PASSWORD", PASSWORD)


def idtoken(user):
    output = io.StringIO()
    call_command("idtoken", user, stdout=output)
    return output.getvalue()


def answering(monkeypatch, status, answer):
    """Stand in for the pool; return the list of requests that it got."""
    asked = []

    def post(url, **parameters):
        asked.append((url, parameters["json"]))
        response = requests.Response()
        response.status_code = status
        response.raw = io.BytesIO(json.dumps(answer).encode())
        return response

    monkeypatch.setattr("requests.post", post)
    return asked


@pytest.mark.usefixtures("demo_pool")
def test_it_prints_a_fresh_id_token_and_nothing_else():
    printed = idtoken("rita.reader")
    claims = jwt.decode(printed.strip(), options={"verify_signature": False})
    assert (claims["token_use"], claims["custom:username"]) == ("id", "rita.reader")
    assert printed.count("\n") == 1


@pytest.mark.usefixtures("demo_pool")
def test_a_wrong_password_is_refused_in_the_pools_words(monkeypatch):
    monkeypatch.setenv("IDTOKEN_PASSWORD", "wrong")
    with pytest.raises(CommandError) as refused:
        idtoken("rita.reader")
    assert str(refused.value) == "rita.reader was not signed in: Incorrect username or password."


@pytest.mark.usefixtures("demo_pool")
def test_a_client_with_a_secret_proves_it(monkeypatch, settings, pool):
    settings.COGNITO_CLIENT_SECRET = "the-secret"
    asked = answering(monkeypatch, 200, {"AuthenticationResult": {"IdToken": "a.b.c"}})
    assert idtoken("rita.reader") == "a.b.c\n"
    message = f"rita.reader{pool.client_id}".encode()
    proof = base64.b64encode(hmac.digest(b"the-secret", message, hashlib.sha256)).decode()
    assert asked[0][1]["AuthParameters"]["SECRET_HASH"] == proof


@pytest.mark.usefixtures("demo_pool")
def test_a_pool_that_asks_for_more_than_a_password_is_named(monkeypatch):
    answering(monkeypatch, 200, {"ChallengeName": "SOFTWARE_TOKEN_MFA"})
    with pytest.raises(CommandError, match="the pool asks for SOFTWARE_TOKEN_MFA"):
        idtoken("rita.reader")


def test_on_aws_the_pools_region_answers(monkeypatch, settings):
    monkeypatch.setenv("IDTOKEN_PASSWORD", PASSWORD)
    settings.COGNITO_JWKS_URL = (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x/.well-known/jwks.json"
    )
    asked = answering(monkeypatch, 200, {"AuthenticationResult": {"IdToken": "a.b.c"}})
    idtoken("rita.reader")
    assert asked[0][0] == "https://cognito-idp.eu-west-1.amazonaws.com/"


@pytest.mark.usefixtures("demo_pool")
def test_a_pool_that_does_not_answer_is_named(settings):
    settings.COGNITO_JWKS_URL = "http://127.0.0.1:1/pool/.well-known/jwks.json"
    with pytest.raises(CommandError) as refused:
        idtoken("rita.reader")
    assert str(refused.value) == "The user pool at http://127.0.0.1:1/ did not answer."


@pytest.mark.usefixtures("demo_pool")
def test_without_a_pool_it_says_what_to_set(settings):
    settings.COGNITO_CLIENT_ID = []
    with pytest.raises(CommandError, match="Set COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID first"):
        idtoken("rita.reader")


@pytest.mark.usefixtures("demo_pool")
def test_without_a_terminal_it_says_how_to_give_the_password(monkeypatch):
    monkeypatch.delenv("IDTOKEN_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="set IDTOKEN_PASSWORD"):
        idtoken("rita.reader")
