"""What browsers are told to refuse: one policy for every page."""

import functools
from typing import Any
from urllib.parse import urlsplit

from csp.constants import HEADER, NONCE, NONE, SELF
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase


def content_security_policy(sign_in: str) -> dict[str, Any]:
    """django-csp's setting. `sign_in` is the URL of the hosted sign-in page, or ""."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF, NONCE],  # the editor makes its styles as it runs
            "img-src": [SELF, "data:"],  # stock admin and Swagger UI draw icons in their styles
            "font-src": [SELF],
            "connect-src": [SELF],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            # Signing out posts to us and is redirected there; browsers hold the form to both.
            "form-action": [SELF, *_origin(sign_in)],
        }
    }


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, which would put the same policy together anew for every answer."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if hasattr(request, "_csp_nonce"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _plain_policy())
        return response


@functools.cache
def _plain_policy() -> str:
    """The policy of an answer that has used no nonce."""
    return build_policy()


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    """Tests change settings; what was derived from them goes."""
    if setting == "CONTENT_SECURITY_POLICY":
        _plain_policy.cache_clear()


def _origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
