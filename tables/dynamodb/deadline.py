"""How long the calls of one request may take together: each gets what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import BotoCoreError

CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0
# Less than this is no time to answer in: the call isn't made.
_LEAST_SECONDS = 0.1

# The time of `time.monotonic` until when there may be calls; None: as long as each takes.
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


class OutOfTime(BotoCoreError):
    """The time was used up before the call was sent."""

    fmt = "The time was used up before the call was sent."


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give what is called within, and in this thread, `seconds` in all."""
    before = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(before)


def seconds_left() -> float | None:
    """What is left of the deadline, None where there is none."""
    ends_at = _ends_at.get()
    return None if ends_at is None else ends_at - time.monotonic()


def shorten(request: Any, **_: Any) -> None:
    """botocore's `before-send`: let the answer come in what is left. Raises OutOfTime."""
    left = seconds_left()
    if left is None:
        return
    to_read = left - CONNECT_SECONDS
    if to_read < _LEAST_SECONDS:
        raise OutOfTime
    if to_read < READ_SECONDS:
        request.context["read_timeout"] = to_read
