"""Signing in with the hosted sign-in page, and out of it."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import requests
import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, authenticate, logout
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
    OIDCLogoutView,
    get_next_url,
)

from tables.access.backend import SignInFailed
from tables.access.browser.failure_pages import failure_page
from tables.access.browser.probes import Probe
from tables.access.browser.sessions import begin
from tables.access.tokens.claims import marked
from tables.access.users import caller_of_user, end_sessions
from tables.addresses import absolute_url

PREFIX = "oidc"  # as mozilla-django-oidc has it: its callback is registered with user pools
SIGNED_IN_PAGE = f"/{PREFIX}/done/"
STATE_SECONDS = 60 * 60  # how long somebody may take to type a password
# How long the sign-in service may take to say anything at all, and how long that is believed.
CONNECT_SECONDS = 1
ANSWER_SECONDS = 3
KEPT_SECONDS = 5
# As much of the sign-in service's words as a page and a line of the log have room for.
TOLD_CHARACTERS = 300
_STATES = "oidc_states"

log = structlog.get_logger(__name__)


def first_page() -> str:
    """Where somebody goes who wanted no page in particular."""
    return reverse("admin:index")


def sign_in_url(next_page: str) -> str:
    """Where signing in begins, to come back to a page of ours."""
    return f"{reverse('oidc_authentication_init')}?{urlencode({'next': next_page})}"


class BeginView(OIDCAuthenticationRequestView):  # type: ignore[misc] # untyped
    """Sends the browser to the hosted sign-in page, or says that it can't be reached."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.OIDC_OP_AUTH_ENDPOINT:
            return failure_page(request, "unconfigured")
        if _sign_in_page().answer() is False:
            log.warning("sign_in_failed", kind="unreachable", reason="the sign-in page")
            return failure_page(request, "unreachable", next_page=_safe_next(request))
        answer: HttpResponse = super().get(request)
        # Two tabs may sign in at once: where to go afterwards belongs to the state.
        states = request.session[_STATES]
        states[next(reversed(states))]["next"] = _safe_next(request)
        del request.session["oidc_login_next"]
        return answer


class CallbackView(OIDCAuthenticationCallbackView):  # type: ignore[misc] # untyped
    """Takes what the sign-in page sent back; nothing in it is believed without its state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = _take_attempt(request)
        next_page = attempt.get("next") or first_page()
        if not attempt and request.user.is_authenticated:
            # Sent twice, or gone back to: they are where they wanted to be.
            return HttpResponseRedirect(first_page())
        try:
            self._sign_in(request, attempt)
        except SignInFailed as failure:
            log.warning("sign_in_failed", kind=failure.kind, reason=failure.reason)
            return failure_page(request, failure.kind, next_page=next_page, told=failure.told)
        return HttpResponseRedirect(next_page)

    def _sign_in(self, request: HttpRequest, attempt: dict[str, Any]) -> None:
        if not attempt:
            raise SignInFailed("state")
        if "error" in request.GET:
            raise _refusal(request.GET)
        user: Any = authenticate(
            request, nonce=attempt["nonce"], code_verifier=attempt["code_verifier"]
        )
        if user is None:
            raise SignInFailed("code", "no code")
        begin(request, user, request.verified_token, request.id_token)  # type: ignore[attr-defined]
        caller = caller_of_user(user)
        log.info("signed_in", caller=caller.sub, groups=sorted(caller.groups))


class SignOutView(OIDCLogoutView):  # type: ignore[misc] # untyped
    """Ends the session here and at the sign-in service; by POST only.

    With the field `everywhere`, those of the same person in other browsers too.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY not in request.session:
            return HttpResponseRedirect("/")
        is_everywhere = "everywhere" in request.POST and request.user.is_authenticated
        if is_everywhere:
            end_sessions(request.user)
        caller = caller_of_user(request.user).sub
        log.info("signed_out", caller=caller, everywhere=is_everywhere)
        target = sign_out_url(request)
        logout(request)
        return HttpResponseRedirect(target)


def sign_out_url(request: HttpRequest) -> str:
    """Where the sign-in service ends its own session, and then comes back to `/`.

    It takes only addresses that are registered with the client.
    """
    if not settings.OIDC_OP_LOGOUT_ENDPOINT:
        return "/"
    query = {
        "client_id": settings.OIDC_RP_CLIENT_ID,
        "logout_uri": absolute_url(request, "/"),
    }
    return f"{settings.OIDC_OP_LOGOUT_ENDPOINT}?{urlencode(query)}"


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a second tab ends that was opened to sign in for the first."""
    return render(request, "access/signed_in.html", {"title": _("You are signed in")})


def _refusal(answer: Mapping[str, str]) -> SignInFailed:
    """Why the sign-in service said no (RFC 6749, section 4.1.2.1), and what that comes of."""
    said = (answer.get("error", ""), answer.get("error_description", ""))
    told = marked(": ".join(filter(None, said)))[:TOLD_CHARACTERS]
    # A pool tells so when a trigger has just linked a federated user to one that was there.
    is_linked = "already found an entry" in told.lower()
    return SignInFailed("linked" if is_linked else "refused", told=told)


def _take_attempt(request: HttpRequest) -> dict[str, Any]:
    """What was remembered under the state that came back, once only; empty where nothing was."""
    states = request.session.get(_STATES)
    state = request.GET.get("state", "")
    if not isinstance(states, dict) or state not in states:
        return {}
    attempt: dict[str, Any] = states.pop(state)
    request.session.modified = True
    request.session.save()
    # The exchange takes a while: read the session again afterwards, other tabs may write it.
    request.session = type(request.session)(request.session.session_key)
    return attempt if time.time() - attempt["added_on"] < STATE_SECONDS else {}


def _safe_next(request: HttpRequest) -> str:
    """The page to come back to: one of this host's, and not one that would sign in again."""
    wanted = get_next_url(request, "next") or first_page()
    path = urlsplit(wanted).path
    if not path.startswith("/"):
        return first_page()
    if unquote(path).startswith(f"/{PREFIX}/") and unquote(path) != SIGNED_IN_PAGE:
        return first_page()
    return str(wanted)


@functools.cache
def _sign_in_page() -> Probe:
    patience = CONNECT_SECONDS + ANSWER_SECONDS + 1
    return Probe(_sign_in_page_answers, kept=KEPT_SECONDS, patience=patience)


def _sign_in_page_answers() -> bool:
    """Whether the sign-in service is there: False where it refuses to talk, or says nothing.

    Anything else is the browser's to find out: it may reach, or resolve, what this machine can't.
    """
    try:
        requests.get(
            urljoin(settings.OIDC_OP_AUTHORIZATION_ENDPOINT, "/"),
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ).close()
    except requests.ReadTimeout:
        return False
    except requests.RequestException as error:
        return not any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))
    return True


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    """Tests change settings; what was derived from them goes."""
    if setting == "OIDC_OP_AUTHORIZATION_ENDPOINT":
        _sign_in_page.cache_clear()
