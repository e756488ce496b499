"""What the limits do to a whole request: they guard the sign-in pages and add the headers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import Throttled

from tables.access.browser.door import door
from tables.access.browser.failure_pages import failure_page
from tables.access.limits.rates import allowance_of, count_stranger, wait_of

_SIGN_IN = f"/{door.prefix}/"


class LimitsMiddleware:
    """Doors refuse with DRF's Throttled and word it themselves; pages get one from here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._visit(request)
        allowance = allowance_of(request)
        if allowance is not None:
            for name, value in allowance.headers().items():
                answer[name] = value
        return answer

    def _visit(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(_SIGN_IN):
            try:
                count_stranger(request)
            except Throttled as refusal:
                return _busy_page(request, refusal)
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django's own views know nothing of DRF's exceptions."""
        return _busy_page(request, exception) if isinstance(exception, Throttled) else None


def _busy_page(request: HttpRequest, refusal: Throttled) -> HttpResponse:
    answer = failure_page(request, "busy")
    answer["Retry-After"] = str(wait_of(refusal))
    return answer
