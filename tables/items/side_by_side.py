"""The same thing done for many: one after the other, or side by side where that is sooner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")

# The first few are done alone: they tell how long each waits for an answer.
_TRIED = 3
# Threads take turns at the processor, and each turn costs: one is for so much waiting.
_WAITS_OF_A_THREAD = 2


def side_by_side(do: Callable[[T], R], each: Sequence[T], threads: int) -> list[R]:
    """What `do` gives for each, in order, with so many at a time, or fewer where answers come so
    soon that more would only be in each other's way.

    Raises what the first raises, once those that had begun are through; no other is begun then.
    """
    if threads == 1:
        return [do(one) for one in each]
    tried = [_timed(do, one) for one in each[:_TRIED]]
    done, rest = [result for result, _waits in tried], each[_TRIED:]
    if not rest:
        return done
    useful = min(waits for _result, waits in tried) / _WAITS_OF_A_THREAD
    threads = min(threads, int(useful), len(rest))
    return done + ([do(one) for one in rest] if threads < 2 else _shared(do, rest, threads))


def _timed(do: Callable[[T], R], one: T) -> tuple[R, float]:
    """What it gives, and how many times as long as it computes it takes."""
    wall, computed = time.perf_counter(), time.thread_time()
    result = do(one)
    wall, computed = time.perf_counter() - wall, time.thread_time() - computed
    return result, wall / max(computed, 1e-6)


def _shared(do: Callable[[T], R], each: Sequence[T], threads: int) -> list[R]:
    has_failed = threading.Event()

    def begin(context: Context, one: T) -> R | None:
        if has_failed.is_set():
            return None
        try:
            return context.run(do, one)
        except BaseException:
            has_failed.set()
            raise

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(begin, copy_context(), one) for one in each]
        # What was not begun stands beside an error, which is raised here.
        return cast("list[R]", [one.result() for one in running])
