"""What a page answers when the session has ended: back to sign-in, with nothing typed lost."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from rest_framework.authentication import CSRFCheck

from tables.access.browser.door import door
from tables.access.browser.sessions import has_ended
from tables.access.browser.sign_in import SIGNED_IN_PAGE, first_page, sign_in_url

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RefreshMiddleware:
    """Answers in place of views that would not know what to do with nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._get_response(request)
        if request.path.startswith(_private()):
            # What is behind a sign-in, or leads to one, is nobody's to keep.
            answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _is_concerned(request):
            return None
        if not _is_navigation(request):
            return _unauthorized(request) if _is_for_staff(request) else None
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(sign_in_url(request.get_full_path()))
        if request.method == "POST" and request.content_type in _FORMS and _is_from_us(request):
            return kept_form(request)
        return _unauthorized(request)


def _is_concerned(request: HttpRequest) -> bool:
    """A page for staff and nobody signed in, or any page and a session that has ended."""
    if "HTTP_AUTHORIZATION" in request.META or request.path.startswith(_own_pages()):
        return False
    if _is_for_staff(request):
        return not request.user.is_authenticated
    return settings.SESSION_COOKIE_NAME in request.COOKIES and has_ended(request.session)


def _is_for_staff(request: HttpRequest) -> bool:
    """Whether nobody sees this page without signing in."""
    match = request.resolver_match
    return match is not None and match.app_names[:1] == ["admin"]


@functools.cache
def _private() -> tuple[str, ...]:
    """How the paths begin of the pages for staff, and of those that sign people in."""
    return reverse("admin:index").rstrip("/"), f"{get_script_prefix()}{door.prefix}/"


@functools.cache
def _own_pages() -> tuple[str, ...]:
    """How the paths begin of pages that know what to do with nobody."""
    own = [reverse(name).rstrip("/") for name in ("admin:login", "admin:logout")]
    return (*own, f"{get_script_prefix()}{door.prefix}/")


def _is_from_us(request: HttpRequest) -> bool:
    """Whether a page of ours sent this form: what goes back into a page is sent on one click."""
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is None


def _is_navigation(request: HttpRequest) -> bool:
    """Whether a person is waiting for a page; browsers say so, except over plain HTTP."""
    if "HX-Request" in request.headers or "X-Requested-With" in request.headers:
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    return request.accepts("text/html") if mode is None else mode == "navigate"


def _unauthorized(request: HttpRequest) -> HttpResponse:
    """For scripts: where to sign in. htmx follows the header by itself."""
    login_url = sign_in_url(_current_page(request))
    answer = JsonResponse(
        {"detail": _("Your session has ended. Sign in again."), "login_url": login_url},
        status=401,
    )
    answer["HX-Redirect"] = login_url
    return _uncached(answer)


def is_form_of_ours(request: HttpRequest) -> bool:
    """Whether a browser says that a page of this very site sent a form: no other site can."""
    origin = f"{request.scheme}://{request.get_host()}"
    is_form = request.method == "POST" and request.content_type in _FORMS
    return is_form and request.headers.get("Origin") == origin


def kept_form(request: HttpRequest, *, must_sign_in: bool = True) -> HttpResponse:
    """A page that holds what was typed until it can be sent again, with a token that counts."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context = {
        "title": _("Your session has ended") if must_sign_in else _("Send this form again"),
        "action": request.get_full_path(),
        "fields": fields,
        "has_files": bool(request.FILES),
        "enctype": request.content_type,
        "login_url": sign_in_url(SIGNED_IN_PAGE) if must_sign_in else "",
    }
    status = 401 if must_sign_in else 403
    return _uncached(render(request, "access/resubmit.html", context, status=status))


def _current_page(request: HttpRequest) -> str:
    """The page that a script runs in: htmx names it, and so does a same-origin referrer."""
    for header in ("HX-Current-URL", "Referer"):
        origin = f"{request.scheme}://{request.get_host()}"
        page = request.headers.get(header, "")
        if page.startswith(f"{origin}/"):
            return page.removeprefix(origin)
    return first_page()


def _uncached(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    answer["WWW-Authenticate"] = "Bearer"
    return answer
