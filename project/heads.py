"""An answer to HEAD is the head of an answer: gunicorn would drop the rest, and warn each time."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


def heads_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Leave out what no client may be sent. Whoever streams looks after that itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        if request.method == "HEAD" and isinstance(answer, HttpResponse) and answer.content:
            answer.headers.setdefault("Content-Length", str(len(answer.content)))
            answer.content = b""
        return answer

    return middleware
