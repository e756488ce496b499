"""CORS headers of this door (WHATWG Fetch, "CORS protocol"); never with credentials."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
# The last three are what clients of an AWS API Gateway send.
_HEADERS = (
    "Authorization, Content-Type, Content-Encoding, Idempotency-Key, X-Request-ID, "
    "X-Requested-With, X-Amz-Date, X-Amz-Security-Token, X-Api-Key"
)
_EXPOSED = (
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
_PREFLIGHT_SECONDS = "600"


def allow(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let pages of the allowed origins read the answer; of every origin where none is listed."""
    allowed = "*"
    if settings.CORS_ALLOWED_ORIGINS:
        patch_vary_headers(response, ["Origin"])
        allowed = request.headers.get("Origin", "")
        if allowed not in settings.CORS_ALLOWED_ORIGINS:
            return
    response["Access-Control-Allow-Origin"] = allowed
    response["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = _METHODS
        response["Access-Control-Allow-Headers"] = _HEADERS
        response["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
