"""Serve ministack's DynamoDB and Cognito, guarded, to this machine only.

ministack reads its environment when it is imported, so this module is imported only by
`demo.engine`'s command line, in a process of its own.
"""

from __future__ import annotations

import asyncio
import decimal
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from hypercorn.asyncio import serve as serve_with_hypercorn
from hypercorn.config import Config
from ministack.app import app as ministack
from ministack.services import cognito, dynamodb

from demo.functions import mend
from demo.snapshots import Snapshots

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# ministack adds numbers in whatever context it finds. Python's own rounds at 28 digits, DynamoDB
# never: what a number can't hold is refused. No sum of two of its numbers is longer than this.
decimal.setcontext(decimal.Context(prec=400))

mend()

STORES = {"dynamodb": dynamodb, "cognito": cognito}

# The AWS API, the hosted sign-in, and what describes the pool. Everything else that ministack
# answers is for other services, or resets it without asking who wants that.
_SERVED = re.compile(r"/|/login|/logout|/oauth2/[a-zA-Z]+|/[\w-]+/\.well-known/[a-z.-]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_READS = re.compile(r"DynamoDB_\d+\.(Get|BatchGet|TransactGet|Query|Scan|Describe|List)")


class Guarded:
    """An ASGI application that lets through what the demo needs and remembers what may write."""

    def __init__(self, snapshots: Snapshots, origins: frozenset[str]) -> None:
        self.snapshots = snapshots
        self.origins = origins
        self.hosts = _LOOPBACK | {urlsplit(origin).hostname for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["path"], headers.get(b"host", ""), headers.get(b"origin"))
        if refusal:
            await _forbid(send, refusal)
            return
        try:
            await ministack(scope, receive, send)
        finally:
            # After the write: a snapshot forked during the request may lack it.
            if not _READS.match(headers.get(b"x-amz-target", "")) and scope["method"] != "GET":
                self.snapshots.changed = True

    def _refusal(self, path: str, host: str, origin: str | None) -> str:
        # A page of another site may have its name lead here, and then is of our origin.
        if urlsplit(f"//{host}").hostname not in self.hosts:
            return "The demo's engine answers to names of this machine alone."
        if not _SERVED.fullmatch(path):
            return "This path is not served by the demo's engine."
        if origin is not None and origin not in self.origins:
            return "Pages of another origin may not use the demo's engine."
        return ""

    async def _live(self, receive: Receive, send: Send) -> None:
        """Answer the server's two lifespan events; ministack's own would start other services."""
        await receive()
        keeping = asyncio.create_task(self.snapshots.keep())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        keeping.cancel()
        await self.snapshots.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _forbid(send: Send, reason: str) -> None:
    body = reason.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def application(snapshots: Snapshots, origins: frozenset[str]) -> Guarded:
    """What is served to pages of these origins."""
    return Guarded(snapshots, origins)


def serve(listener: socket.socket, served: Guarded) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT, then write the state and return."""
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75  # seconds; longer than a client keeps an idle connection
    config.loglevel = "WARNING"
    asyncio.run(serve_with_hypercorn(served, config))
