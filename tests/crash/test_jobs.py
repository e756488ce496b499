"""Workers killed with -9 at any moment and within every step, frozen past their lease, with rivals
at their items: no item is written twice, none is left out, and the report tells the truth.

`make test-crash` runs it whole, on SQLite and PostgreSQL; a small round is part of every run.
"""

import itertools
import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress

import pytest

from tables.dynamodb import client as client_module
from tables.dynamodb.client import client
from tables.items.conditions import Tags
from tables.jobs import chunk, files, parts
from tables.jobs.kinds.batch import StagedOperation
from tables.jobs.orders import How, confirm, start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tests.crash.databases import fresh_connections
from tests.crash.sizes import ANN, IS_WHOLE, ITEMS, KILLS, LEASE_SECONDS
from tests.crash.truth import all_stored, require_told, require_true, rivals, rows_by_name
from tests.tables import fill

PATIENCE = 600
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def batch(tables, tmp_path, settings):
    """A batch that creates a third of the items, changes a third and deletes a third."""
    storage = settings.STORAGES["jobs"]
    options = {**storage["OPTIONS"], "location": tmp_path / "jobs"}
    settings.STORAGES = {**settings.STORAGES, "jobs": {**storage, "OPTIONS": options}}
    there = [name for name, method in _methods() if method != "POST"]
    fill("real-counted", ({"id": {"S": name}, "v": {"N": "1"}} for name in there))
    operations = [_operation(*told) for told in enumerate(_methods(), start=1)]
    upload = files.keep_upload(ANN, [operation.packed() for operation in operations])
    given = {"upload": upload, "count": len(operations), "methods": ["POST", "PATCH", "DELETE"]}
    return start(ANN, "batch", "Counted", given)[0]


def _methods():
    """Each item's name with what the batch does to it."""
    return [(f"t{n:05}", ("POST", "PATCH", "DELETE")[n % 3]) for n in range(ITEMS)]


def _operation(number, told):
    name, method = told
    body = {"POST": {"id": {"S": name}}, "PATCH": {"n": 1}, "DELETE": None}[method]
    return StagedOperation(number, method, name, Tags(None, None), body)


def test_killed_at_random_with_rivals(order):
    job = order()
    with rivals("real-things"):
        killed = _killed_at_random(job)
        _finish(job)
    require_true(job, killed)


def test_a_confirmed_one_killed_at_random_with_rivals(order):
    job = order(How(dry_run=True))
    while work_on_job(str(job.pk), Hands("checks")):
        pass
    job = Job.objects.get(pk=job.pk)
    fill("real-things", ({"id": {"S": f"late{n}"}, "n": {"N": "0"}} for n in range(9)))
    job = confirm(job, ANN, job.etag)
    with rivals("real-things", every=1):
        killed = _killed_at_random(job)
        _finish(job)
    require_true(job, killed)
    late = [item for item in all_stored("real-things") if item["id"]["S"].startswith("late")]
    assert [item["n"]["N"] for item in late] == ["0"] * 9


def test_a_batch_killed_at_random_with_rivals(batch):
    with rivals("real-counted"):
        killed = _killed_at_random(batch)
        _finish(batch)
    _require_true_batch(batch, killed)


def _killed_at_random(job):
    """Two workers at a time until so many were killed, or the job is over; how many were."""
    chance, killed = random.Random(1), 0
    while killed < KILLS and not _is_over(job):
        workers = [_forked(job, lambda: None) for _ in range(2)]
        time.sleep(chance.uniform(0.05, 0.5))
        for worker in workers:
            if worker.exitcode is None:
                os.kill(worker.pid, signal.SIGKILL)
            worker.join()
            killed += worker.exitcode == -signal.SIGKILL
        # Both are dead: the next ones need not wait until their leases are over.
        job.parts.exclude(owner="").update(until=job.created)
    assert killed >= min(KILLS, 2)
    return killed


def test_frozen_past_the_lease_and_thawed(order):
    chance, job, frozen = random.Random(2), order(), 0
    with rivals("real-things"):
        for _ in range(KILLS // 2):
            worker = _forked(job, lambda: None)
            time.sleep(chance.uniform(0.05, 0.3))
            if worker.exitcode is None:
                os.kill(worker.pid, signal.SIGSTOP)
                frozen += 1
            other = _forked(job, lambda: None)
            time.sleep(LEASE_SECONDS * 1.3)
            # It may have ended before it could be stopped.
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGCONT)
            for each in (worker, other):
                each.join(timeout=chance.uniform(0.1, 0.4))
                each.kill()
                each.join()
            if _is_over(job):
                break
        _finish(job)
    require_true(job, frozen)


def test_killed_within_every_step(order, monkeypatch):
    # A chunk with history takes more calls than any of these workers lives to make.
    monkeypatch.setattr(parts, "MOST_ATTEMPTS", 1_000)
    job, killed = order(), 0
    for fault in _faults():
        worker = _forked(job, fault)
        worker.join(PATIENCE)
        killed += worker.exitcode == -signal.SIGKILL
        if _is_over(job):
            break
        time.sleep(LEASE_SECONDS)
    _finish(job)
    require_true(job, killed)


def _faults():
    """What makes a process die: before and after intents, calls and commits, each in turn."""
    for _ in range(2 if IS_WHOLE else 1):
        for name in ("keep_intents", "commit"):
            for is_after in (False, True):
                yield lambda name=name, is_after=is_after: _die_in_step(name, after=is_after)
        for number in range(2, 60 if IS_WHOLE else 12, 5):
            for is_after in (False, True):
                yield lambda number=number, is_after=is_after: _die_in_call(number, after=is_after)


def _die_in_step(name, *, after):
    step = getattr(parts, name)

    def dying(*args, **how):
        if after:
            step(*args, **how)
        os.kill(os.getpid(), signal.SIGKILL)

    chunk.parts = type("Steps", (), {**vars(parts), name: staticmethod(dying)})


def _die_in_call(number, *, after):
    send, calls = client_module._send, itertools.count(1)

    def dying(*args, **how):
        mine = next(calls)  # several threads call at once
        if mine == number and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(*args, **how)
        if mine == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    client_module._send = dying


def _forked(job, fault):
    worker = FORK.Process(target=_work, args=(str(job.pk), fault))
    worker.start()
    return worker


def _work(job_id, fault):
    fresh_connections()
    client.cache_clear()  # connections are the parent's
    fault()
    hands = Hands(f"worker-{os.getpid()}-{time.monotonic_ns()}")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and Job.objects.get(pk=job_id).state != "finished":
        work_on_job(job_id, hands, seconds=PATIENCE)
        time.sleep(0.05)
    os._exit(0)


def _is_over(job):
    return Job.objects.get(pk=job.pk).state == "finished"


def _finish(job):
    worker = _forked(job, lambda: None)
    worker.join(PATIENCE)
    assert _is_over(job)


def _require_true_batch(job, ended):
    rows, left = rows_by_name(job), {item["id"]["S"]: item for item in all_stored("real-counted")}
    became = {}
    for name, method in _methods():
        item = left.get(name)
        # What was written twice would say so: each write counts up.
        version = int(item["v"]["N"]) if item else 0
        wanted = {"POST": 1, "PATCH": 2, "DELETE": 0}[method]
        assert version <= max(wanted, 1), item
        became[name] = version == wanted
    require_told(job, rows, became, ended)
