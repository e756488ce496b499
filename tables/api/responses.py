"""Answers made of JSON bytes."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from tables.records.idempotency.kept_answers import Answer

JSON = "application/json"


def json_response(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An answer whose body is JSON already; `application/json` has no charset (RFC 8259, 11)."""
    return HttpResponse(body, status=status, content_type=JSON, headers=headers)


def answer_response(answer: Answer) -> HttpResponse:
    """The HTTP response of an answer, replayed or made just now."""
    response = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    if "Content-Type" not in answer.headers:
        del response["Content-Type"]
    return response
