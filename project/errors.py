"""Errors that no view has worded, told in the words of the door that was asked."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tables.access.browser.refresh import is_form_of_ours, kept_form
from tables.access.log_fields import request_id
from tables.admin import errors as pages
from tables.api.adminapi import cors
from tables.api.adminapi.errors import Failure
from tables.api.putitem.views import TARGET_PREFIX, error_answer
from tables.api.responses import answer_response, json_response
from tables.api.v1.media_types import PROBLEM
from tables.api.v1.responses.problems import ProblemDetails
from tables.core.values import dumps

# Status -> v1's code and title, the name that DynamoDB's protocols have for it, what to say.
_WORDS = {
    400: ("invalid_request", "Invalid request", "ValidationException", "It can't be read."),
    403: ("forbidden", "Forbidden", "AccessDeniedException", "You may not do this."),
    404: ("not_found", "Not found", "ResourceNotFoundException", "Nothing answers to this URL."),
    413: ("too_large", "Too large", "RequestTooLargeException", "The body is too large."),
    500: ("internal_error", "Internal error", "InternalServerError", "Something went wrong here."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return _worded(request, status) or pages.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _worded(request, 403) or pages.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _worded(request, 404) or pages.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return _worded(request, 500) or render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """A form that no page of ours sent; one of ours, older than the last sign-in, is kept."""
    if is_form_of_ours(request):
        return kept_form(request, must_sign_in=False)
    context = {"title": _("This form can’t be accepted"), "status": 403}
    return render(request, "access/csrf_failure.html", context, status=403)


def _worded(request: HttpRequest, status: int) -> HttpResponse | None:
    """The answer of the JSON door that was asked, or None for a page."""
    word = _DOORS.get(request.path_info.split("/", 2)[1])
    if word is not None:
        return word(request, status)
    if request.META.get("HTTP_X_AMZ_TARGET", "").startswith(TARGET_PREFIX):
        return _putitem(request, status)
    return None


def _v1(request: HttpRequest, status: int) -> HttpResponse:
    code, title, _name, detail = _WORDS[status]
    problem = ProblemDetails(status, code, title, detail)
    answer = json_response(dumps(problem.document(request.path, request_id())), status)
    answer["Content-Type"] = PROBLEM
    return answer


def _adminapi(request: HttpRequest, status: int) -> HttpResponse:
    _code, _title, code, message = _WORDS[status]
    failure = Failure(message, code, status, retryable=status == 500)
    answer = answer_response(failure.answer())
    cors.allow(request, answer)
    return answer


def _putitem(_request: HttpRequest, status: int) -> HttpResponse:
    _code, _title, name, message = _WORDS[status]
    status = status if status == 500 else 400
    return error_answer(status, name, message)


# First segment of the path -> how its door words a status.
_DOORS: dict[str, Callable[[HttpRequest, int], HttpResponse]] = {
    "api": _v1,
    "endpoint": _adminapi,
    "dynamodb": _putitem,
}
