"""Workers come and go under load: what a client notices of it."""

import contextlib
import os
import signal
import threading
import time

import requests

from tests.production.programs import in_threads, wait_until, workers_of

CLIENTS = 8


class Load:
    """Clients that ask again as soon as they were answered; what failed, and when it began."""

    def __init__(self, site):
        self.site = site
        self.ending = threading.Event()
        self.answered = 0
        self.failed = []
        self.lock = threading.Lock()

    def ask(self):
        session = self.site.session()
        headers = {"Authorization": f"Bearer {self.site.token}"}
        url = f"{self.site.origin}/endpoint?table=Workers&id=1"
        while not self.ending.is_set():
            began = time.monotonic()
            answer = None
            with contextlib.suppress(requests.RequestException):
                answer = session.get(url, headers=headers, timeout=60)
            with self.lock:
                if answer is not None and answer.status_code == 200:
                    self.answered += 1
                else:
                    status = answer.status_code if answer is not None else "no answer"
                    self.failed.append((began, status))

    def wait_for(self, more):
        """Let that many more requests be answered."""
        goal = self.answered + more
        wait_until(lambda: self.answered >= goal, "The load makes no progress.")


@contextlib.contextmanager
def under_load(site):
    load = Load(site)
    with in_threads(load.ask, CLIENTS, load.ending):
        load.wait_for(200)
        yield load


def test_a_killed_worker_takes_only_what_it_was_answering(site):
    with under_load(site) as load:
        victim = min(workers_of(site.master))
        os.kill(victim, signal.SIGKILL)
        killed = time.monotonic()
        wait_until(
            lambda: len(workers_of(site.master) - {victim}) == 2, "No worker took its place."
        )
        load.wait_for(400)
    print(f"kill -9: {load.answered} answered, {len(load.failed)} failed")  # noqa: T201 - figures
    assert [began for began, _ in load.failed if began > killed] == []
    assert len(load.failed) <= CLIENTS


def test_a_graceful_restart_fails_no_request(site):
    with under_load(site) as load:
        old = workers_of(site.master)
        site.master.send_signal(signal.SIGHUP)
        wait_until(
            lambda: not old & workers_of(site.master) and len(workers_of(site.master)) == 2,
            "The old workers are still there.",
        )
        load.wait_for(400)
    print(f"HUP: {load.answered} answered, {len(load.failed)} failed")  # noqa: T201 - figures
    assert load.failed == []
