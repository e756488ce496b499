"""Framing: answers without content say no length (RFC 9110, section 8.6)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_WITHOUT_CONTENT = frozenset({204, 304})


def framing_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django says `Content-Length: 0`: forbidden on a 204, and on a 304 not the item's length."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in _WITHOUT_CONTENT:
            del response["Content-Length"]
        return response

    return middleware
