"""Two things in turn, A B A B: CPU and wall seconds of each, and their ratio round by round."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of each round, for one call."""

    cpu: list[float]
    wall: list[float]


def interleaved(ours: Work, theirs: Work, *, rounds: int, calls: int) -> tuple[Figures, Figures]:
    """Measure both, `calls` calls a round each, in turn so that a drifting machine drifts both."""
    kept = (Figures([], []), Figures([], []))
    for work in (ours, theirs):
        work()
        work()
    gc.collect()
    for _ in range(rounds):
        for work, figures in zip((ours, theirs), kept, strict=True):
            cpu, wall = time.process_time(), time.perf_counter()
            for _ in range(calls):
                work()
            figures.cpu.append((time.process_time() - cpu) / calls)
            figures.wall.append((time.perf_counter() - wall) / calls)
    return kept


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def peak_growth(work: Work) -> float:
    """How many MB the peak memory of a fresh process grows by doing this."""
    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_peak, args=(work, sending))
    process.start()
    growth: float = receiving.recv()
    process.join()
    return growth


def _peak(work: Work, sending: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    sending.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
