"""The 2011-12-05 door as the rest of the site knows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tables.api.putitem.urls import urlpatterns
from tables.api.putitem.views import error_answer
from tables.doors import Door, Refusal


def word(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as clients of that time read it: theirs to mend is 400, ours 500."""
    status = 500 if refusal.status >= 500 else 400
    return error_answer(status, refusal.aws_name, refusal.detail)


def is_of_an_sdk(request: HttpRequest) -> bool:
    """Whether an AWS SDK asks: all sign and send the path `/`, and name an operation beside it.

    Those of later versions are no clients of this door, but read no other door's words.
    """
    return "HTTP_X_AMZ_TARGET" in request.META


door = Door("putitem", "dynamodb", urlpatterns, word, is_for_programs=True, claims=is_of_an_sdk)
