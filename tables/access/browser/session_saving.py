"""Sessions are saved after the answer was made: what was done by then stays done, and is told."""

from __future__ import annotations

import structlog
from django.contrib.messages import get_messages
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tables.access.browser.sign_in import PREFIX
from tables.dispensable import impatient

_SIGN_IN = f"/{PREFIX}/"

log = structlog.get_logger(__name__)


class SavingSessionMiddleware(SessionMiddleware):
    """Django's own, but a database that is locked fails no answer, except where people sign in.

    What a session holds besides the sign-in are messages. Those that the next page would have shown
    are shown at once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path_info.startswith(_SIGN_IN) or not request.session.modified:
            return super().process_response(request, response)
        try:
            with impatient():
                return super().process_response(request, response)
        except OperationalError as error:
            log.warning("not_kept", what="session", reason=type(error).__name__)
            return _told_at_once(request, response)


def _told_at_once(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page with the messages in place of the redirect that would have led to them."""
    to = response.headers.get("Location")
    if to is None or not hasattr(request, "_messages") or not len(get_messages(request)):
        return response
    page = render(request, "access/told.html", {"title": _("What was done"), "to": to})
    page.cookies = response.cookies
    return page
