"""What a stretch of work takes in capacity units, as far as DynamoDB tells of its calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from tables.dynamodb.tries import READS


@dataclass(slots=True)
class Meter:
    """Read and write units of the calls so far; threads that share the context add theirs."""

    read: float = 0.0
    write: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, units: float) -> None:
        """Count a call."""
        with self._lock:
            if operation in READS:
                self.read += units
            else:
                self.write += units


_running: ContextVar[tuple[Meter, ...]] = ContextVar("running", default=())


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what the calls within the block take; those of a block within it count for both."""
    meter = Meter()
    before = _running.set((*_running.get(), meter))
    try:
        yield meter
    finally:
        _running.reset(before)


def count(operation: str, units: float) -> None:
    """Tell those who count that a call took so many units."""
    for meter in _running.get():
        meter.add(operation, units)
