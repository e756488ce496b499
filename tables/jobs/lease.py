"""Holding a part while its chunk takes its time: a thread says every few seconds that we live."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from django.db import Error, connection
from django.utils import timezone

from tables.jobs import parts
from tables.jobs.parts import LeaseLost
from tables.models import JobPart

log = structlog.get_logger(__name__)

# A third of the lease: two may be missed.
RENEWALS = 3


class Lease:
    """A part in the hands of one worker, within a `with` block."""

    def __init__(self, part: JobPart, worker: str) -> None:
        self.part = part
        self.worker = worker
        self._ended = threading.Event()
        self._is_lost = False
        # It runs since it was written down, and the database may have taken its time to keep that.
        left = part.until - timezone.now() if part.until is not None else timedelta()
        self._held_until = time.monotonic() + left.total_seconds()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def require(self) -> None:
        """Raise LeaseLost where another may hold the part: also after this process was frozen."""
        if self._is_lost or time.monotonic() > self._held_until:
            raise LeaseLost

    def _renew(self) -> None:
        pause = parts.LEASE.total_seconds() / RENEWALS
        try:
            while not self._ended.wait(pause):
                asked = time.monotonic()
                try:
                    self._is_lost = not parts.renew(self.part, self.worker)
                except Error as error:
                    log.warning("job_lease_not_renewed", reason=type(error).__name__)
                    continue
                if self._is_lost:
                    return
                self._held_until = asked + parts.LEASE.total_seconds()
        finally:
            connection.close()
