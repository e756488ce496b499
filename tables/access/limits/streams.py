"""How many long answers at a time: a client that reads one slowly holds a thread meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from rest_framework.exceptions import Throttled

from tables.access.callers import Caller
from tables.access.limits.rates import SLOT_SECONDS, free_slot, give_back, keep_slot

# A process sends no more at a time, whatever the site allows: gunicorn.conf.py has a thread
# for each, beside those for everything else.
STREAMS_PER_PROCESS = 8
RETRY_SECONDS = 5
_RENEWED_SECONDS = SLOT_SECONDS / 4


class Room:
    """What a long answer holds while it is sent; `renew` it with every part that goes out."""

    def __init__(self, slots: list[str]) -> None:
        self._slots = slots
        self._renewed_at = time.monotonic()

    def renew(self) -> None:
        """Say that the answer is still being sent, at most every half minute."""
        if time.monotonic() - self._renewed_at > _RENEWED_SECONDS:
            self._renewed_at = time.monotonic()
            for slot in self._slots:
                keep_slot(slot)


class _Sending:
    """Who is being sent long answers by this process: exact, and known without any cache."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_caller: Counter[str] = Counter()

    def begin(self, sub: str) -> None:
        with self._lock:
            if self._by_caller[sub] >= settings.STREAMS_PER_CALLER:
                raise _too_many_of_callers()
            if self._by_caller.total() >= min(STREAMS_PER_PROCESS, settings.STREAMS_PER_SITE):
                raise _too_many_of_site()
            self._by_caller[sub] += 1

    def end(self, sub: str) -> None:
        with self._lock:
            self._by_caller[sub] -= 1
            self._by_caller += Counter()  # forgets whom nothing is sent to


_sending = _Sending()


@contextlib.contextmanager
def room_to_stream(caller: Caller) -> Iterator[Room]:
    """Hold the room of one long answer of this caller. Raises DRF's Throttled where there is none.

    Nobody waits for room: whoever waits holds a thread.
    """
    _sending.begin(caller.sub)
    held: list[str] = []
    try:
        _hold(held, caller.sub, settings.STREAMS_PER_CALLER, _too_many_of_callers())
        _hold(held, "", settings.STREAMS_PER_SITE, _too_many_of_site())
        yield Room(held)
    finally:
        for slot in held:
            give_back(slot)
        _sending.end(caller.sub)


class Stream:
    """The chunks of a long answer; its room is given back when the server closes it."""

    def __init__(self, chunks: Iterator[bytes], room: Room, running: contextlib.ExitStack) -> None:
        self._chunks = chunks
        self._room = room
        self.close = running.close

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._room.renew()
            yield chunk


def stream_to(caller: Caller, chunks: Iterator[bytes]) -> Stream:
    """A long answer of this caller's. Raises DRF's Throttled where there is no room for it."""
    with contextlib.ExitStack() as running:
        room = running.enter_context(room_to_stream(caller))
        return Stream(chunks, room, running.pop_all())


def _hold(held: list[str], who: str, most: int, refusal: Throttled) -> None:
    """Take one of the slots that all processes share; "" where none can be counted."""
    slot = free_slot("stream", who, most)
    if slot is None:
        raise refusal
    held.append(slot)


def _too_many_of_callers() -> Throttled:
    words = f"At most {settings.STREAMS_PER_CALLER} exports and whole lists at a time."
    return Throttled(RETRY_SECONDS, words)


def _too_many_of_site() -> Throttled:
    words = "This site is sending as many exports and whole lists as it can. Try again in a moment."
    return Throttled(RETRY_SECONDS, words)
