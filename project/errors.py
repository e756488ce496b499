"""Errors that no view has worded, told in the words of the door that was asked."""

from dataclasses import replace

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from project.doors import door_of
from tables.access.browser.refresh import is_form_of_ours, kept_form
from tables.admin.door import word as page
from tables.doors import Refusal

UNREADABLE = Refusal(
    400, "invalid_request", "Invalid request", "ValidationException", "It can't be read."
)
FORBIDDEN = Refusal(403, "forbidden", "Forbidden", "AccessDeniedException", "You may not do this.")
NOT_FOUND = Refusal(
    404, "not_found", "Not found", "ResourceNotFoundException", "Nothing answers to this URL."
)
TOO_LARGE = Refusal(
    413, "too_large", "Too large", "RequestTooLargeException", "The body is too large."
)
OURS = Refusal(
    500, "internal_error", "Internal error", "InternalServerError", "Something went wrong here."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(
        request, TOO_LARGE if isinstance(exception, RequestDataTooBig) else UNREADABLE, exception
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, FORBIDDEN, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, NOT_FOUND, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return refuse(request, OURS)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """A form that no page of ours sent; one of ours, older than the last sign-in, is kept."""
    if is_form_of_ours(request):
        return kept_form(request, must_sign_in=False)
    context = {"title": _("This form can’t be accepted"), "status": 403}
    return render(request, "access/csrf_failure.html", context, status=403)


def refuse(request: HttpRequest, refusal: Refusal, cause: Exception | None = None) -> HttpResponse:
    """The answer of the door that was asked, or a page where none was or it has no words."""
    door = door_of(request)
    word = (door and door.word) or page
    return word(request, replace(refusal, cause=cause))
