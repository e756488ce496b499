"""The session of somebody who signed in: it ends when their token does."""

from __future__ import annotations

import time

from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tables.access.tokens.verification import VerifiedToken

BACKEND = "tables.access.backend.CognitoBackend"
LONGEST_SECONDS = 12 * 60 * 60
_ENDS = "signed_in_until"
_ID_TOKEN = "id_token"  # noqa: S105 - a name in the session


def begin(request: HttpRequest, user: User, verified: VerifiedToken, id_token: str) -> None:
    """Sign a user in under a new session key, and keep the token for the token page.

    Somebody who signs in again keeps their CSRF token: a form they had open can still be sent.
    """
    if request.session.get(SESSION_KEY) == str(user.pk):
        request.session.cycle_key()
        request.user = user
    else:
        login(request, user, backend=BACKEND)
    end_at(request.session, verified.expires)
    request.session[_ID_TOKEN] = id_token


def end_at(session: SessionBase, seconds: float) -> None:
    """End a session at that time since 1970, or after 12 hours if that comes first."""
    session[_ENDS] = min(seconds, time.time() + LONGEST_SECONDS)


def ends_at(session: SessionBase) -> float:
    """When the sign-in of a session ends, in seconds since 1970; 0 where nobody signed in."""
    ends: float = session.get(_ENDS, 0.0)
    return ends


def id_token_of(session: SessionBase) -> str:
    """The ID token that the session began with."""
    token: str = session.get(_ID_TOKEN, "")
    return token


def has_ended(session: SessionBase) -> bool:
    """Whether somebody had signed in here and their time is over."""
    return SESSION_KEY in session and ends_at(session) <= time.time()


class EndingAuthenticationMiddleware(AuthenticationMiddleware):
    """Django's own, except that a session whose time is over belongs to nobody.

    Its row stays until the same person signs in again, or it grows old.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment] # lazy


def _user(request: HttpRequest) -> object:
    return AnonymousUser() if has_ended(request.session) else get_user(request)
