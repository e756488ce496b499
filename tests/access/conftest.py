"""What tests of signing in share."""

import pytest

from tables.access.browser import sign_in
from tests.access.provider import Provider, WebServer


@pytest.fixture
def web_server():
    with WebServer().running() as server:
        yield server


@pytest.fixture
def provider(settings, monkeypatch):
    """A running sign-in service that the settings name; a busy machine may take its time."""
    monkeypatch.setattr(sign_in, "CONNECT_SECONDS", 60)
    monkeypatch.setattr(sign_in, "ANSWER_SECONDS", 60)
    with Provider().running() as service:
        settings.COGNITO_CLIENT_ID = ["web-client", "other-client"]
        settings.COGNITO_ISSUER = service.url
        settings.COGNITO_JWKS_URL = f"{service.url}/jwks"
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{service.url}/oauth2/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{service.url}/oauth2/token"
        settings.OIDC_OP_LOGOUT_ENDPOINT = f"{service.url}/logout"
        yield service


@pytest.fixture
def sign_in_at(provider, client, db):
    """Go the whole way through the sign-in service; the answer to the callback."""

    def go(*groups, next_page="/admin/", **claims):
        begun = client.get("/oidc/authenticate/", {"next": next_page})
        code, state = provider.authorize(begun["Location"], *groups, **claims)
        return client.get("/oidc/callback/", {"code": code, "state": state})

    return go
