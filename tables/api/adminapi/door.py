"""The AdminAPI as the rest of the site knows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tables.api.adminapi import cors
from tables.api.adminapi.errors import Failure
from tables.api.adminapi.urls import urlpatterns
from tables.api.responses import answer_response
from tables.doors import Door, Refusal


def word(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in this door's envelope, which pages of other origins may read."""
    failure = Failure(
        refusal.detail, refusal.aws_name, refusal.status, retryable=refusal.status == 500
    )
    answer = answer_response(failure.answer())
    cors.allow(request, answer)
    return answer


door = Door("adminapi", "endpoint", urlpatterns, word, is_for_programs=True)
