"""How fast a job writes: at most what was asked, and as DynamoDB lets it.

After each throttled call it is slowed down by three tenths, then it is let go a little faster each
second: additive increase, multiplicative decrease.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_SLOWED_TO = 0.7
_FASTER_EACH_SECOND = 2.0
_LEAST = 1.0
# A pause too short to be seen on the clock would never end; a long one would not hear of a stop.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.5
# What is saved up while nothing is written: never more than a second's worth.
_SAVED_SECONDS = 1.0


class Pace:
    """Write units a second of one part. `most` None: no limit until DynamoDB throttles.

    `check` is called before each call goes out, and raises where none may.
    """

    def __init__(
        self,
        most: float | None,
        check: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.most = most
        self.units = 0.0
        self._rate = most
        self._check = check
        self._clock, self._sleep = clock, sleep
        self._debt = 0.0
        self._was_slowed = False
        self._settled_at = self._raised_at = clock()
        self._slowed_at = self._made_at = clock()
        self._lock = threading.Lock()

    def set_most(self, most: float | None) -> None:
        """Follow what somebody asks for while it runs."""
        if most != self.most:
            self.most = self._rate = most

    @property
    def rate(self) -> float | None:
        """Units a second at this moment; None: as many as will go."""
        return self._rate

    def before(self) -> None:
        """Wait until the next call may go out. Raises what `check` raises."""
        while True:
            self._check()
            with self._lock:
                wait = self._wait()
            if wait <= 0:
                return
            self._sleep(min(max(wait, _SHORTEST_PAUSE), _LONGEST_PAUSE))

    def took(self, units: float) -> None:
        """Count what a call used."""
        with self._lock:
            self.units += units
            self._debt += units

    def throttled(self) -> None:
        """Slow down, at most once a second; the first time from what was reached so far."""
        with self._lock:
            now = self._clock()
            self._debt += 1.0  # a call that fails takes its turn too
            if not self._was_slowed:
                reached = max(self.units / max(now - self._made_at, 1.0), _LEAST)
                self._rate = min(reached, self._rate or reached)
                self._was_slowed, self._settled_at = True, now
                self._debt = max(self._debt, self._rate)
            elif now - self._slowed_at < 1.0:
                return
            self._rate = max((self._rate or _LEAST) * _SLOWED_TO, _LEAST)
            self._slowed_at = self._raised_at = now

    def _wait(self) -> float:
        """Seconds until what was used is paid for."""
        if self._rate is None:
            return 0.0
        now = self._clock()
        self._raise(now)
        self._debt -= (now - self._settled_at) * self._rate
        self._debt = max(self._debt, -self._rate * _SAVED_SECONDS)
        self._settled_at = now
        return self._debt / self._rate

    def _raise(self, now: float) -> None:
        if self._rate is None or (self.most is not None and self._rate >= self.most):
            return
        self._rate += (now - self._raised_at) * _FASTER_EACH_SECOND
        self._raised_at = now
        if self.most is not None:
            self._rate = min(self._rate, self.most)
