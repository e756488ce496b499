"""What stamps say the time is: now, or for all writes of a chunk the moment that was fixed for it.

A chunk that is gone through again makes the same items then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)


def now() -> datetime:
    """The time of stamps."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def fixed_at(moment: datetime) -> Iterator[None]:
    """Let stamps say this moment, in this thread, within the block."""
    before = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(before)
