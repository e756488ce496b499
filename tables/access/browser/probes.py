"""Ask whether a service answers: seldom, and so that nobody waits long for a silent one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Probe:
    """What `ask` said last. A thread of its own asks anew once that is `kept` seconds old."""

    def __init__(self, ask: Callable[[], bool], *, kept: float, patience: float) -> None:
        self._ask = ask
        self._kept = kept
        self._patience = patience
        self._beginning = threading.Lock()
        self._question = _Question(ask)

    def answer(self) -> bool | None:
        """What `ask` said, or None where it has said nothing for `patience` seconds."""
        with self._beginning:
            if self._question.age() >= self._kept and not self._question.is_alive():
                self._question = _Question(self._ask)
                self._question.begin()
            question = self._question
        question.join(max(0.0, self._patience - question.age()))
        return question.answer


class _Question(threading.Thread):
    """One asking. It ends with the process, even when no answer ever comes."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self._began = -float("inf")
        self.answer: bool | None = None

    def begin(self) -> None:
        self._began = time.monotonic()
        self.start()

    def age(self) -> float:
        return time.monotonic() - self._began

    def run(self) -> None:
        self.answer = self._ask()
