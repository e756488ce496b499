"""Plain HTTP: pages lead on to HTTPS, doors refuse in their own words."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from project.doors import door_of
from project.errors import refuse
from tables.doors import Refusal

IN_THE_CLEAR = Refusal(
    403,
    "forbidden",
    "HTTPS only",
    "AccessDeniedException",
    "This address answers over HTTPS only, and nothing was done. Whoever saw the request on its "
    "way saw the token or key in it: replace it.",
)


def https_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse at a door what Django's next middleware would redirect.

    Many clients repeat a POST as a GET: a create becomes a list with 200, and is taken for done.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.is_secure() or not settings.SECURE_SSL_REDIRECT:
            return get_response(request)
        door = door_of(request)
        return _refused(request) if door and door.is_for_programs else get_response(request)

    return middleware


def _refused(request: HttpRequest) -> HttpResponse:
    answer = refuse(request, IN_THE_CLEAR)
    answer.status_code = IN_THE_CLEAR.status  # at the 2011-12-05 door refusals have 400 otherwise
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
