"""REST v1 as the rest of the site knows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tables.access.log_fields import request_id
from tables.api.v1.media_types import PROBLEM
from tables.api.v1.responses.problems import ProblemDetails
from tables.api.v1.urls import urlpatterns
from tables.core.values import dumps
from tables.doors import Door, Refusal


def word(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as problem details."""
    problem = ProblemDetails(refusal.status, refusal.code, refusal.title, refusal.detail)
    body = dumps(problem.document(request.path, request_id()))
    return HttpResponse(body, status=refusal.status, content_type=PROBLEM)


door = Door("v1", "api", urlpatterns, word, is_for_programs=True)
