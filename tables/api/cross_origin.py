"""CORS for REST v1: django-cors-headers, asked only where a page of some origin is."""

from __future__ import annotations

from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest


class CrossOriginMiddleware(CorsMiddleware):
    """Browsers name the origin of each request that CORS is about; programs name none.

    That an answer differs by origin is said by the views, whoever asks.
    """

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_ORIGIN" in request.META:
            return super().__call__(request)
        return self.get_response(request)
