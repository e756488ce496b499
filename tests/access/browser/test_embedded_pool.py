"""The second source of tokens: a user pool with a hosted page, as `make run` starts it."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests

from demo.client import EngineClient
from demo.cognito import PASSWORD, ensure_pool, id_token
from tables.access.tokens import verification as tokens

ORIGIN = "http://testserver"


@pytest.fixture(scope="module")
def pool(embedded):
    return ensure_pool(EngineClient(embedded), [ORIGIN])


@pytest.fixture
def configured(embedded, pool, settings):
    """The app, told of the pool by the settings that anybody would use."""
    settings.COGNITO_ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{pool.pool_id}"
    settings.COGNITO_JWKS_URL = f"{embedded}/{pool.pool_id}/.well-known/jwks.json"
    settings.COGNITO_CLIENT_ID = [pool.client_id]
    settings.OIDC_RP_CLIENT_ID = pool.client_id
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{embedded}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{embedded}/oauth2/token"
    settings.OIDC_OP_LOGOUT_ENDPOINT = f"{embedded}/logout"
    return embedded


@pytest.fixture
def sign_in_as(configured, client, db):
    """Fill in the hosted form as this user; the answer to the callback."""

    def go(user):
        begun = client.get("/oidc/authenticate/", {"next": "/admin/token/"})
        page = requests.get(begun["Location"], timeout=10)
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        form = {name: unescape(value) for name, value in hidden}
        form |= {"username": user, "password": PASSWORD}
        headers = {"Origin": configured}
        answer = requests.post(
            f"{configured}/login", form, headers=headers, allow_redirects=False, timeout=10
        )
        landed = urlsplit(answer.headers["Location"])
        assert f"{landed.scheme}://{landed.netloc}{landed.path}" == f"{ORIGIN}/oidc/callback/"
        return client.get(landed.path, dict(parse_qsl(landed.query)))

    return go


@pytest.mark.parametrize(
    ("user", "identity", "groups"),
    [
        ("ada.admin", "admin, ada", {"admins"}),
        ("sam.staff", "staff, sam", {"staff"}),
        ("nora.nobody", "nobody, nora", set()),
    ],
)
def test_a_token_of_the_pool_is_believed(configured, embedded, pool, user, identity, groups):
    token = id_token(EngineClient(embedded), pool, user)
    caller = tokens.verifier().verify(token).caller
    assert (caller.identity, caller.groups) == (identity, groups)


def test_the_pools_other_tokens_are_refused(configured, embedded, pool):
    signed_in = EngineClient(embedded).cognito(
        "InitiateAuth",
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada.admin", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    for name in ("AccessToken", "RefreshToken"):
        with pytest.raises(tokens.TokenError):
            tokens.verifier().verify(signed_in[name])


def test_a_changed_token_of_the_pool_is_refused(configured, embedded, pool):
    header, _, signature = id_token(EngineClient(embedded), pool, "sam.staff").split(".")
    admin = id_token(EngineClient(embedded), pool, "ada.admin").split(".")[1]
    with pytest.raises(tokens.TokenError, match="InvalidSignatureError"):
        tokens.verifier().verify(f"{header}.{admin}.{signature}")


def test_a_token_for_another_client_is_refused(configured, embedded, pool, settings):
    settings.COGNITO_CLIENT_ID = ["another"]
    with pytest.raises(tokens.TokenError, match="InvalidAudienceError"):
        tokens.verifier().verify(id_token(EngineClient(embedded), pool, "ada.admin"))


def test_staff_sign_in_see_their_token_use_it_and_sign_out(client, configured, sign_in_as):
    answer = sign_in_as("sam.staff")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/token/")
    page = client.post("/admin/token/")
    assert "staff, sam" in page.text
    token = client.session["id_token"]
    assert token in page.text
    assert jwt.decode(token, options={"verify_signature": False})["nonce"]
    api = client.get("/api/v1/tables", headers={"Authorization": f"Bearer {token}"})
    assert api.status_code == 200
    out = client.post("/oidc/logout/")
    back = requests.get(out["Location"], allow_redirects=False, timeout=10)
    assert (back.status_code, back.headers["Location"]) == (302, f"{ORIGIN}/")
    assert client.get("/admin/token/").status_code == 302


def test_someone_in_no_group_gets_in_no_further_than_the_reason(client, sign_in_as):
    sign_in_as("nora.nobody")
    answer = client.get("/admin/token/", follow=True)
    assert answer.status_code == 403
    assert "Your account is in no staff group" in answer.text
