"""How long whoever asks may be kept waiting for the first byte of an answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from tables.dynamodb.deadline import deadline

# Less than clients, balancers and proxies wait; what follows the first byte takes its own time.
FIRST_BYTE_SECONDS = 12.0


def patience_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let all calls to DynamoDB that come before the first byte share one deadline."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with deadline(FIRST_BYTE_SECONDS):
            return get_response(request)

    return middleware
