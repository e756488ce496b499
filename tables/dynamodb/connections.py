"""The connections to DynamoDB: botocore's own, with what each request finds anew kept for all."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore import exceptions as botocore_errors
from urllib3 import HTTPConnectionPool, Retry, Timeout
from urllib3 import exceptions as urllib3_errors

from tables.dynamodb.deadline import CONNECT_SECONDS, READ_SECONDS

# Of AWS's regions and accounts, one process asks very few.
MOST_URLS = 8
# Tries are counted elsewhere: a failure is raised as it is.
_ONCE = Retry(total=False, redirect=False)
# What a failure to send or to receive is called by botocore; the first that matches.
_NAMES: tuple[tuple[type[Exception], type[botocore_errors.BotoCoreError]], ...] = (
    (urllib3_errors.SSLError, botocore_errors.SSLError),
    (urllib3_errors.NewConnectionError, botocore_errors.EndpointConnectionError),
    (urllib3_errors.ConnectTimeoutError, botocore_errors.ConnectTimeoutError),
    (urllib3_errors.ReadTimeoutError, botocore_errors.ReadTimeoutError),
    (urllib3_errors.ProtocolError, botocore_errors.ConnectionClosedError),
)


class WholeAnswer(NamedTuple):
    """An answer, read to its end. Names of `headers` may be asked for in any case."""

    status_code: int
    headers: Any
    content: bytes


class Connections:
    """Sends by the pools of a botocore HTTP session, which knows proxies, CA bundles and limits."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._target = lru_cache(maxsize=MOST_URLS)(self._find)

    def send(self, request: Any) -> Any:
        """The answer to a prepared request. Raises BotoCoreError, as botocore's session does."""
        pool, path = self._target(request.url)
        if pool is None:
            return self._session.send(request)
        to_read = request.context.get("read_timeout", READ_SECONDS)
        try:
            answer = pool.urlopen(
                request.method,
                path,
                body=request.body,
                headers=dict(request.headers.items()),  # botocore's own is slow, and copied
                retries=_ONCE,
                redirect=False,
                assert_same_host=False,
                decode_content=False,
                timeout=Timeout(connect=CONNECT_SECONDS, read=to_read),
            )
        except urllib3_errors.HTTPError as error:
            raise _named(error, request.url) from error
        return WholeAnswer(answer.status, answer.headers, answer.data)

    def _find(self, url: str) -> tuple[HTTPConnectionPool | None, str]:
        """The pool for a URL and the path there; None where botocore speaks to a proxy first."""
        session = self._session
        if session._proxy_config.proxy_url_for(url):  # noqa: SLF001 - botocore is pinned, and tests would tell
            return None, ""
        pool = session._manager.connection_from_url(url)  # noqa: SLF001 - as above
        session._setup_ssl_cert(pool, url, session._verify)  # noqa: SLF001 - as above
        return pool, urlsplit(url).path or "/"


def _named(error: urllib3_errors.HTTPError, url: str) -> botocore_errors.BotoCoreError:
    for theirs, ours in _NAMES:
        if isinstance(error, theirs):
            return ours(endpoint_url=url, error=error)
    return botocore_errors.HTTPClientError(error=error)
