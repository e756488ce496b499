"""One writer of an item at a time in each process: with history, writers of one item take turns.

Two transactions on one item don't queue in DynamoDB, one is cancelled: of thirty-two threads some
would try sixty times in vain. With a queue only processes collide.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCKS = tuple(threading.Lock() for _ in range(256))


@contextmanager
def turn(item: str, seconds: float) -> Iterator[None]:
    """Wait for this item's turn, at most so long: then go on, since the number guards as well."""
    lock = _LOCKS[int(item.rpartition("#")[2], 16) % len(_LOCKS)]
    is_ours = lock.acquire(timeout=seconds)
    try:
        yield
    finally:
        if is_ours:
            lock.release()
