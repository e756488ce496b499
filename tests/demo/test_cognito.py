"""The demo's user pool: people sign in to it as they would to Cognito."""

import base64
import hashlib
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from demo.client import EngineCallError, EngineClient
from demo.cognito import PASSWORD, USERS, ensure_pool, id_token
from demo.engine import start
from tests.demo.conftest import ORIGIN

CALLBACK = f"{ORIGIN}/oidc/callback/"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"


def authorize(url, pool, **changes):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
    parameters = {
        "response_type": "code",
        "client_id": pool.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid email profile",
        "state": "some-state",
        "nonce": "some-nonce",
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    return requests.get(f"{url}/oauth2/authorize", params=parameters | changes, timeout=10)


def sign_in(url, pool, user, password=PASSWORD):
    """Fill in the hosted form; return the answer to it."""
    page = authorize(url, pool)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    form = {name: unescape(value) for name, value in hidden}
    form |= {"username": user, "password": password}
    return requests.post(
        f"{url}/login",
        data=form,
        headers={"Origin": url},
        allow_redirects=False,
        timeout=10,
    )


def exchange(url, pool, code, verifier=VERIFIER):
    form = {
        "grant_type": "authorization_code",
        "client_id": pool.client_id,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": verifier,
    }
    return requests.post(f"{url}/oauth2/token", data=form, timeout=10)


def code_of(answer):
    landed = urlsplit(answer.headers["Location"])
    assert f"{landed.scheme}://{landed.netloc}{landed.path}" == CALLBACK
    arguments = parse_qs(landed.query)
    assert arguments["state"] == ["some-state"]
    return arguments["code"][0]


def claims_of(url, pool, token):
    keys = jwt.PyJWKClient(f"{url}/{pool.pool_id}/.well-known/jwks.json")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        ["RS256"],
        audience=pool.client_id,
        issuer=f"https://cognito-idp.us-east-1.amazonaws.com/{pool.pool_id}",
    )


@pytest.mark.parametrize(("user", "group"), USERS.items())
def test_each_user_signs_in_by_code_and_pkce_with_their_group(demo_engine, pool, user, group):
    answer = exchange(demo_engine.url, pool, code_of(sign_in(demo_engine.url, pool, user)))
    claims = claims_of(demo_engine.url, pool, answer.json()["id_token"])
    wanted = {"token_use": "id", "nonce": "some-nonce", "custom:username": user}
    assert claims | wanted == claims
    assert claims.get("cognito:groups", []) == ([group] if group else [])


def test_a_code_without_its_verifier_is_worth_nothing(demo_engine, pool):
    code = code_of(sign_in(demo_engine.url, pool, "ada.admin"))
    answer = exchange(demo_engine.url, pool, code, verifier=VERIFIER[::-1])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_password_stays_on_the_sign_in_page(demo_engine, pool):
    answer = sign_in(demo_engine.url, pool, "ada.admin", password="wrong")
    assert (answer.status_code, "Incorrect username or password" in answer.text) == (200, True)


def test_people_are_sent_back_to_the_app_only(demo_engine, pool):
    answer = authorize(demo_engine.url, pool, redirect_uri="https://evil.example/oidc/callback/")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_nobody_can_rename_themselves(demo_client, pool):
    client = demo_client.cognito(
        "DescribeUserPoolClient", UserPoolId=pool.pool_id, ClientId=pool.client_id
    )
    assert "custom:username" not in client["UserPoolClient"]["WriteAttributes"]


def test_a_second_start_changes_nothing_but_where_the_app_is(demo_client, pool):
    assert ensure_pool(demo_client, ["http://127.0.0.1:9000"]) == pool
    users = demo_client.cognito("ListUsers", UserPoolId=pool.pool_id)["Users"]
    assert sorted(user["Username"] for user in users) == sorted(USERS)
    client = demo_client.cognito(
        "DescribeUserPoolClient", UserPoolId=pool.pool_id, ClientId=pool.client_id
    )
    assert client["UserPoolClient"]["CallbackURLs"] == ["http://127.0.0.1:9000/oidc/callback/"]


def test_a_user_half_made_by_a_killed_start_is_finished(tmp_path):
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        pool = ensure_pool(client, [ORIGIN])
        whom = {"UserPoolId": pool.pool_id, "Username": "sam.staff"}
        client.cognito("AdminDeleteUser", **whom)
        attributes = [{"Name": "custom:username", "Value": "sam.staff"}]
        client.cognito("AdminCreateUser", UserAttributes=attributes, **whom)
        with pytest.raises(EngineCallError, match="NotAuthorizedException"):
            id_token(client, pool, "sam.staff")
        ensure_pool(client, [ORIGIN])
        claims = claims_of(running.url, pool, id_token(client, pool, "sam.staff"))
        assert claims["cognito:groups"] == ["staff"]


def test_groups_that_were_changed_stay_changed(tmp_path):
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        pool = ensure_pool(client, [ORIGIN])
        whom = {"UserPoolId": pool.pool_id, "Username": "sam.staff"}
        client.cognito("AdminRemoveUserFromGroup", GroupName="staff", **whom)
        ensure_pool(client, [ORIGIN])
        assert client.cognito("AdminListGroupsForUser", **whom)["Groups"] == []
