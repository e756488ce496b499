"""The token page: whom the site takes you for, and what to put into a program's request."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import jwt
import structlog
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tables.access.browser.sessions import ends_at, id_token_of
from tables.access.tokens.claims import marked
from tables.access.users import caller_of_user
from tables.addresses import absolute_url

# Verified to be numbers; other claims may be anything.
_TIMES = frozenset({"exp", "iat", "nbf"})

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def token_page(request: HttpRequest, **around: Any) -> HttpResponse:
    """Claims and time left; the raw ID token only in answer to a POST.

    `around` is the context of the site that shows the page. The caller is signed in.
    """
    caller = caller_of_user(request.user)
    token = id_token_of(request.session)
    shown = token if request.method == "POST" else ""
    if shown:
        log.info("token_shown", caller=caller.sub)
    context = {
        **around,
        "title": _("Your token"),
        "caller": caller,
        "groups": sorted(caller.groups),
        "claims": _claims(token),
        "expires": _time(ends_at(request.session)),
        "has_token": bool(token),
        "token": shown,
        "examples": _examples(absolute_url(request, "/api/v1/tables"), shown),
    }
    answer = TemplateResponse(request, "access/token.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _claims(token: str) -> list[tuple[str, str]]:
    """What the token says, as text. It was verified when the session began."""
    if not token:
        return []
    claims = jwt.decode(token, options={"verify_signature": False})
    return [(marked(name), marked(_claim_text(name, value))) for name, value in claims.items()]


def _claim_text(name: str, value: Any) -> str:
    if name in _TIMES:
        return f"{value} ({_time(value):%Y-%m-%d %H:%M:%S} UTC)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _examples(url: str, token: str) -> list[tuple[str, str]]:
    """Ready lines for the usual programs; without the token, a variable in its place."""
    shell = token or "$ID_TOKEN"
    python = f'"Bearer {token}"' if token else '"Bearer " + id_token'
    return [
        ("curl", f'curl -H "Authorization: Bearer {shell}" {url}'),
        (_("Postman: a request’s header"), f"Authorization: Bearer {token or '{{ID_TOKEN}}'}"),
        ("Python", f'requests.get("{url}", headers={{"Authorization": {python}}}).json()'),
    ]
