"""DRF's authentication classes: a Bearer ID token first, then the session of the admin pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from tables.access.callers import NOBODY, Caller
from tables.access.limits.rates import count_stranger
from tables.access.log_fields import bind
from tables.access.tokens.jwks import COOL_DOWN_SECONDS, KeysUnavailable
from tables.access.tokens.verification import TokenError, VerifiedToken, verifier
from tables.access.users import caller_of_user
from tables.core.errors import Unavailable

if TYPE_CHECKING:
    from rest_framework.views import APIView  # its import reads the settings that name this


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <ID token>` and nowhere else. It must be the first class of a view:
    its challenge turns "nobody" into a 401 rather than a 403.
    """

    def authenticate(self, request: Request) -> tuple[Caller, VerifiedToken] | None:
        try:
            token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
            if token is None:
                return None
            verified = verifier().verify(token)
        except TokenError as error:
            bind(token_refused=error.reason)
            count_stranger(request)
            raise AuthenticationFailed("The token is not valid.") from error
        except KeysUnavailable as error:
            # Or whoever asks for the user next would raise this again.
            request.user = NOBODY  # type: ignore[assignment] # our users are Callers
            raise Unavailable(
                "The sign-in service can't be reached, so the token can't be checked.",
                retry_after=COOL_DOWN_SECONDS,
            ) from error
        return verified.caller, verified

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsSignedIn(IsAuthenticated):
    """DRF's own, which also counts those who come without any sign of who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if super().has_permission(request, view):
            return True
        count_stranger(request)
        return False


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of someone who signed in with a browser; DRF checks the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        signed_in = super().authenticate(request)
        if signed_in is None:
            return None
        return caller_of_user(signed_in[0]), None

    def enforce_csrf(self, request: Request) -> None:
        """Check the CSRF token on Django's request: DRF's would parse the body, or refuse to."""
        django_request: Any = request._request
        # An upload is read by Django, its file to the disk, and the view takes it from there.
        is_upload = getattr((request.parser_context or {}).get("view"), "takes_uploads", False)
        if django_request.content_type == "multipart/form-data" and not is_upload:
            # Read for its token from the stream, it would be gone when the door reads it.
            _kept = django_request.body
        super().enforce_csrf(django_request)


def bearer_token(header: str) -> str | None:
    """The token of an Authorization header, or None when it is of another scheme.

    Raises TokenError when it says Bearer and then isn't one token.
    """
    parts = header.split()
    if not parts or parts[0].lower() != "bearer":
        return None
    if len(parts) != 2 or not header.isascii():
        raise TokenError("not exactly one token after Bearer")
    return parts[1]


def caller_of(request: HttpRequest | Request) -> Caller:
    """Who makes this request: NOBODY, or a caller with their groups as of the last sign-in."""
    return caller_of_user(request.user)
