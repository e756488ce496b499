"""The sign-in backend: what mozilla-django-oidc leaves unchecked, our verifier checks."""

from __future__ import annotations

import hmac
import math
from typing import Any

import requests
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from tables.access.browser.sessions import end_at
from tables.access.tokens.jwks import KeysUnavailable
from tables.access.tokens.verification import TokenError, VerifiedToken, verifier
from tables.access.users import find_active_user, remember_caller


class SignInFailed(Exception):
    """A sign-in that came to nothing. The kind is a row of `failure_pages.KINDS`.

    `reason` is for the log; `told` is what the sign-in service said, for the person too.
    """

    def __init__(self, kind: str, reason: str = "", told: str = "") -> None:
        self.kind = kind
        self.reason = reason or told
        self.told = told
        super().__init__(kind)


class CognitoBackend(OIDCAuthenticationBackend):  # type: ignore[misc] # untyped
    """Signs people in by authorization code; finds their users by `sub` and nothing else.

    After success `request.verified_token` and `request.id_token` are what the caller of
    `authenticate` stores once `login` has decided about the session.
    """

    def get_user(self, user_id: int) -> User | None:
        return find_active_user(user_id)

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Exchange the code; a public client has no secret to send. Raises SignInFailed."""
        if not self.OIDC_RP_CLIENT_SECRET:
            payload.pop("client_secret")
        try:
            answer = super().get_token(payload)
        except requests.HTTPError as error:
            status = error.response.status_code
            kind = "code" if 400 <= status < 500 else "unreachable"
            said = _error_of(error.response)
            raise SignInFailed(kind, f"token endpoint: {status} {said}".rstrip()) from error
        except (requests.RequestException, ValueError) as error:
            raise SignInFailed("unreachable", type(error).__name__) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("id_token"), str):
            raise SignInFailed("token", "the token endpoint sent no ID token")
        return answer

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The verified claims. Raises SignInFailed."""
        verified = _verify(token)
        claims = dict(verified.claims)
        if claims["aud"] not in (self.OIDC_RP_CLIENT_ID, [self.OIDC_RP_CLIENT_ID]):
            raise SignInFailed("token", "aud is another client of ours")
        if not _is_same(claims.get("nonce"), kwargs.get("nonce")):
            raise SignInFailed("token", "nonce differs")
        self.request.verified_token = verified
        self.request.id_token = token
        return claims

    def store_tokens(self, access_token: str | None, id_token: str) -> None:
        """Nothing yet: what goes into the session before `login` is lost when it is flushed."""

    def get_or_create_user(
        self, access_token: str | None, id_token: str, payload: dict[str, Any]
    ) -> User:
        """The user of the verified token. The userinfo endpoint has nothing to add."""
        user = remember_caller(self.request.verified_token.caller, payload.get("email"))
        if not user.is_active:
            raise SignInFailed("inactive")
        return user


@receiver(user_logged_in)
def _limit_session(request: HttpRequest, **_: Any) -> None:
    """No way of signing in makes a session that lasts longer than ours may."""
    end_at(request.session, math.inf)


def _verify(token: str) -> VerifiedToken:
    try:
        return verifier().verify(token)
    except TokenError as error:
        raise SignInFailed("token", error.reason) from error
    except KeysUnavailable as error:
        raise SignInFailed("unreachable", str(error)) from error


def _error_of(answer: requests.Response) -> str:
    """The `error` of a token endpoint's refusal (RFC 6749, section 5.2), or ""."""
    try:
        document = answer.json()
    except ValueError:
        return ""
    error = document.get("error") if isinstance(document, dict) else None
    return error[:100] if isinstance(error, str) else ""


def _is_same(given: object, expected: object) -> bool:
    if not isinstance(given, str) or not isinstance(expected, str):
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
