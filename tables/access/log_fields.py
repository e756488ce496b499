"""What every log line of a request says besides its own: the request's id, table and action."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

# One variable for all: structlog's own are one each, found again by going through the whole
# context, several times for each request.
_names: ContextVar[dict[str, Any]] = ContextVar("log_names")


def begin(**names: Any) -> None:
    """Forget what an earlier request bound, and start with these."""
    _names.set(names)


def bind(**names: Any) -> None:
    """Name what a request is about, for its line and every other one: `alias=…, action=…`.

    Never item content.
    """
    _names.set({**bound(), **names})


def bound() -> dict[str, Any]:
    """What is bound now; empty outside of a request."""
    return _names.get({})


def request_id() -> str:
    """The id under which the current request stands in the log; empty outside of one."""
    return str(bound().get("request_id", ""))


def add_names(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: what is bound, except what the event says itself."""
    return {**bound(), **event}
