"""An issuer of ID tokens: its key is made here, so that tests can sign whatever they like."""

import json
import secrets
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tables.access.tokens import jwks
from tables.access.tokens.verification import verifier
from tables.access.users import remember_caller

SUB = "6b6a4b4e-0000-4000-8000-000000000001"


class Signer:
    """Signs tokens as the configured user pool would."""

    def __init__(self, issuer, audience="web-client"):
        self.issuer = issuer
        self.audience = audience
        self.kid = secrets.token_urlsafe(12)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def claims(self, *groups, **changes):
        """The claims of a good token; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "sub": SUB,
            "iss": self.issuer,
            "aud": self.audience,
            "token_use": "id",
            "iat": now,
            "exp": now + 3600,
            "cognito:username": "jane.doe",
            "custom:username": "jane.doe",
            "cognito:groups": list(groups),
            "email": "jane.doe@example.com",
        }
        claims |= {name.replace("__", ":"): value for name, value in changes.items()}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *groups, headers=None, **changes):
        """A token of someone in these groups. `custom__username=…` changes `custom:username`."""
        return self.sign(self.claims(*groups, **changes), headers)

    def sign(self, claims, headers=None):
        return jwt.encode(claims, self.key, "RS256", headers={"kid": self.kid, **(headers or {})})

    def bearer(self, *groups, **changes):
        """Headers for a test client."""
        return {"Authorization": f"Bearer {self.token(*groups, **changes)}"}

    def key_set(self):
        """The JSON Web Key Set, as the pool publishes it."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]}


@pytest.fixture(scope="session")
def _session_signer():
    return Signer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_tests")


@pytest.fixture
def signer(_session_signer, monkeypatch):
    """Whose tokens the app believes during this test, without asking anybody for keys."""
    known = {_session_signer.kid: _session_signer.key.public_key()}
    monkeypatch.setattr(jwks, "fetch_keys", lambda _url: known)
    verifier.cache_clear()
    yield _session_signer
    verifier.cache_clear()


@pytest.fixture
def sign_in(signer, client, db):
    """Sign the test client in as someone in these groups, as the sign-in service's answer would."""

    def begin(*groups, **changes):
        token = signer.token(*groups, **changes)
        verified = verifier().verify(token)
        user = remember_caller(verified.caller, verified.claims.get("email"))
        client.force_login(user)
        session = client.session
        session.update({"signed_in_until": verified.expires, "id_token": token})
        session.save()
        return verified.caller

    return begin
