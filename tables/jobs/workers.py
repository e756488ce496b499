"""A worker process: it waits for nudges in the main thread, and sweeps in another."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
from django.db import Error, connection
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from tables.jobs.hosts import machine, marked_folder, what_is_apart
from tables.jobs.nudges import HANDS
from tables.jobs.sweeping import sweep, tidy
from tables.models import Job, Worker
from tables.records.jobs import versions

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
# So often it looks for a task.
_INTERVAL_SECONDS = 0.5
_TIDY_SECONDS = 600.0
# More of them on one SQLite file wait for each other.
MOST_ON_SQLITE = 2


class _TaskWorker(db_worker.Worker):
    """Django Tasks' own, which also tells the chunk under way that the process is to end."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        HANDS.end()
        super().shutdown(signum, frame)


def run() -> None:
    """Work until a signal says to end; a chunk that is under way is finished first."""
    worker = _TaskWorker(
        queue_names=["*"],
        interval=_INTERVAL_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=HANDS.name,
        excluded_queue_names=[],
    )
    worker.configure_signals()
    _tell_what_is_apart()
    ended = threading.Event()
    beside = [
        threading.Thread(target=_beside, args=(does, ended), daemon=True)
        for does in (_live_until, _sweep_until)
    ]
    for thread in beside:
        thread.start()
    try:
        _work_until_told(worker)
    finally:
        ended.set()
        for thread in beside:
            thread.join(timeout=5)
        Worker.objects.filter(name=HANDS.name).delete()


def _tell_what_is_apart() -> None:
    """Say in the log what this worker and others do not share: it works on, as far as it can."""
    try:
        marked_folder()
        for what, hint in what_is_apart():
            log.error("workers_are_apart", reason=what, hint=hint)
    except Error as error:
        log.warning("jobs_wait_for_database", reason=type(error).__name__)


def _work_until_told(worker: _TaskWorker) -> None:
    """Go on when a database comes back that was gone: parts wait until their leases are over."""
    while worker.running:
        try:
            worker.run()
        except Error as error:
            log.warning("jobs_wait_for_database", reason=type(error).__name__)
            connection.close()
            time.sleep(_INTERVAL_SECONDS)


def sweep_for_ever() -> None:
    """Sweep alone, for workers of another backend."""
    ended = threading.Event()
    threading.Thread(target=_beside, args=(_live_until, ended), daemon=True).start()
    _sweep_until(ended)


def _beside(does: Callable[[threading.Event], None], ended: threading.Event) -> None:
    """Do it in a thread; a worker that can't any more ends, and whoever keeps it starts another."""
    try:
        does(ended)
    finally:
        if not ended.is_set():
            os.kill(os.getpid(), signal.SIGTERM)


def _live_until(ended: threading.Event) -> None:
    """Say each second that we live, however long a sweep takes."""
    _each_second(_say_that_we_live, ended)


def _sweep_until(ended: threading.Event) -> None:
    tidied = -_TIDY_SECONDS

    def once() -> None:
        nonlocal tidied
        sweep()
        if time.monotonic() - tidied > _TIDY_SECONDS:
            tidied = time.monotonic()
            tidy()

    _each_second(once, ended)


def _each_second(does: Callable[[], None], ended: threading.Event) -> None:
    try:
        while not ended.is_set():
            try:
                does()
            except (Error, Job.DoesNotExist) as error:  # also: removed by another worker
                log.warning("jobs_not_swept", reason=type(error).__name__)
                connection.close()
            ended.wait(SWEEP_SECONDS)
    finally:
        connection.close()


def _say_that_we_live() -> None:
    told = {"seen": timezone.now(), "spec_version": versions.NEWEST}
    told |= {"folder": marked_folder(), "machine": machine()}
    Worker.objects.update_or_create(name=HANDS.name, defaults=told)
