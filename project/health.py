"""Say whether the process is alive, and whether it can reach DynamoDB.

Load balancers ask by address and over plain HTTP, so both answers come before anything looks at
the host, a session or the database.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from tables.access.browser.probes import Probe
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.dynamodb.client import call

# Anyone may ask: however often they do, DynamoDB is asked once in this time.
KEPT_SECONDS = 5
# A DynamoDB that takes longer to describe a table is not there for requests either.
PATIENCE_SECONDS = 3


def health_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    dynamodb = Probe(_answers, kept=KEPT_SECONDS, patience=PATIENCE_SECONDS)

    def middleware(request: HttpRequest) -> HttpResponse:
        page = request.path_info.rstrip("/")
        if page not in ("/healthz", "/readyz"):
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if page == "/healthz" or dynamodb.answer():
            return _plain("ok\n", 200)
        return _plain("DynamoDB can't be reached.\n", 503)

    return middleware


def _answers() -> bool:
    """Whether DynamoDB describes the first table of the alias map, or says that it is missing."""
    first = next(iter(registry().tables.values()), None)
    try:
        call("DescribeTable", TableName=first.table if first else settings.STATE_TABLE)
    except TablesError as error:
        return error.aws_code == "ResourceNotFoundException"
    return True


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        status=status,
        headers={"Cache-Control": "no-store", "Content-Length": str(len(text))},
    )
