"""Pages that say why somebody is not signed in, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tables.access.log_fields import request_id

RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """One way for a sign-in to fail, in words for the person it happens to."""

    status: int
    title: str | Promise
    happened: str | Promise
    advice: str | Promise


KINDS = {
    "state": FailedSignIn(
        400,
        _("This sign-in can’t be finished"),
        _("It was begun in another browser, too long ago, or it has been used already."),
        _("Begin again. If that fails too, allow cookies for this site."),
    ),
    "code": FailedSignIn(
        400,
        _("This sign-in has expired"),
        _("The sign-in service no longer accepts the code that your browser brought."),
        _("Sign in again."),
    ),
    "refused": FailedSignIn(
        403,
        _("The sign-in service said no"),
        _("Signing in was cancelled or refused there."),
        _("Sign in again, or ask an administrator whether your account is still active."),
    ),
    "linked": FailedSignIn(
        400,
        _("Begin once more"),
        _("The sign-in service has joined your account to one that it knew, and stopped there."),
        _("Sign in again: it works the second time."),
    ),
    "token": FailedSignIn(
        403,
        _("Your sign-in could not be verified"),
        _("The sign-in service’s answer has expired or is not meant for this site."),
        _("Check your computer’s clock, then sign in again. Tell an administrator if it persists."),
    ),
    "inactive": FailedSignIn(
        403,
        _("Your account is deactivated here"),
        _("The sign-in service knows you, but this site doesn’t let you in any more."),
        _("Ask an administrator."),
    ),
    "group": FailedSignIn(
        403,
        _("Your account is in no staff group"),
        _("None of your groups may open these pages."),
        _("Ask an administrator to add you to one, then sign out and in again."),
    ),
    "unreachable": FailedSignIn(
        503,
        _("The sign-in service can’t be reached"),
        _("Nobody can sign in at the moment. Those who are signed in can go on working."),
        _("Try again in a minute. Tell an administrator if it stays like this."),
    ),
    "unconfigured": FailedSignIn(
        503,
        _("Nobody can sign in yet"),
        _("This site has not been told of its sign-in service."),
        _("Whoever runs it: set COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and COGNITO_DOMAIN."),
    ),
    "busy": FailedSignIn(
        429,
        _("Too many attempts"),
        _("There were too many requests from your network in a short time."),
        _("Wait a minute, then try again."),
    ),
}


def failure_page(
    request: HttpRequest, kind: str, *, next_page: str = "", told: str = ""
) -> HttpResponse:
    """The page for one of KINDS."""
    failure = KINDS[kind]
    context = {
        "kind": kind,
        "failure": failure,
        "told": told,
        "title": failure.title,
        "next_page": next_page or reverse("admin:index"),
        "request_id": request_id(),
    }
    answer = render(request, "access/failure.html", context, status=failure.status)
    answer["Cache-Control"] = "no-store"
    if failure.status in (429, 503):
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer
