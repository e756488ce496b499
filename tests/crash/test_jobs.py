"""Workers killed with -9 at any moment and within every step, frozen past their lease, with rivals
at their items: no item is written twice, none is left out, and the report tells the truth.

`make test-crash` runs it whole, on SQLite and PostgreSQL; a small round is part of every run.
"""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User

from tables.access.callers import Caller
from tables.core.errors import TablesError
from tables.dynamodb import client as client_module
from tables.dynamodb.client import call, client
from tables.jobs import chunk, parts
from tables.jobs.kinds import which
from tables.jobs.orders import start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tables.records.jobs.reports import rows_with
from tests.contract.conftest import make_tables
from tests.crash.databases import fresh_connections, shared_database
from tests.production.programs import postgresql
from tests.tables import fill

IS_WHOLE = "CRASH_ROUNDS" in os.environ
KILLS = 25 if IS_WHOLE else 3
ITEMS = 2_000 if IS_WHOLE else 150
LEASE_SECONDS = 1.0
PATIENCE = 600
FORK = multiprocessing.get_context("fork")
ORDER = {"filter": {}, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}


@pytest.fixture(params=["SQLite", "PostgreSQL"] if IS_WHOLE else ["SQLite"])
def database(request, tmp_path, tmp_path_factory, django_db_blocker, monkeypatch):
    """A database of files, or a PostgreSQL, that all processes share."""
    if request.param == "SQLite":
        with shared_database("sqlite:///crash.sqlite3", tmp_path, django_db_blocker, monkeypatch):
            yield request.param
        return
    folder = tmp_path_factory.mktemp("database")
    # PostgreSQL's own user must be able to enter.
    for place in (folder, tmp_path_factory.getbasetemp(), tmp_path_factory.getbasetemp().parent):
        place.chmod(0o755)
    with (
        postgresql(folder) as url,
        shared_database(url, tmp_path, django_db_blocker, monkeypatch),
    ):
        yield request.param


@pytest.fixture(params=[False, True], ids=["without history", "with history"])
def order(request, database, dynamodb_embedded, settings, monkeypatch):
    """A table of items, and how to order that each gets 1 more."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.HISTORY = request.param
    settings.JOB_PARTS = 3
    monkeypatch.setattr(which, "_PARTED_FROM_BYTES", 0)
    monkeypatch.setattr(parts, "LEASE", timedelta(seconds=LEASE_SECONDS))
    monkeypatch.setattr("tables.jobs.runner.MOST_IN_CHUNK", 30)
    make_tables(settings, history=True)
    fill("real-things", ({"id": {"S": f"t{n:05}"}, "n": {"N": "0"}} for n in range(ITEMS)))
    user = User.objects.create(username="ann", first_name="Ann")
    user.groups.add(Group.objects.create(name="admins"))
    ann = Caller("ann", "Ann", frozenset({"admins"}))
    return lambda: start(ann, "change", "Things", ORDER)[0]


def test_killed_at_random_with_rivals(order):
    chance, job = random.Random(1), order()
    with rivals():
        killed = 0
        while killed < KILLS and not _is_over(job):
            workers = [_forked(job, lambda: None) for _ in range(2)]
            time.sleep(chance.uniform(0.05, 0.5))
            for worker in workers:
                if worker.exitcode is None:
                    os.kill(worker.pid, signal.SIGKILL)
                worker.join()
                killed += worker.exitcode == -signal.SIGKILL
        _finish(job)
    assert killed >= min(KILLS, 2)
    _require_true(job)


def test_frozen_past_the_lease_and_thawed(order):
    chance, job = random.Random(2), order()
    with rivals():
        for _ in range(KILLS // 2):
            worker = _forked(job, lambda: None)
            time.sleep(chance.uniform(0.05, 0.3))
            if worker.exitcode is None:
                os.kill(worker.pid, signal.SIGSTOP)
            other = _forked(job, lambda: None)
            time.sleep(LEASE_SECONDS * 1.3)
            os.kill(worker.pid, signal.SIGCONT)
            for each in (worker, other):
                each.join(timeout=chance.uniform(0.1, 0.4))
                each.kill()
                each.join()
            if _is_over(job):
                break
        _finish(job)
    _require_true(job)


def test_killed_within_every_step(order):
    job = order()
    for fault in _faults():
        worker = _forked(job, fault)
        worker.join(PATIENCE)
        if _is_over(job):
            break
        time.sleep(LEASE_SECONDS)
    _finish(job)
    _require_true(job)


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
    send, calls = client_module._send, Counter()

    def dying(*args, **how):
        calls["made"] += 1
        if calls["made"] == number and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(*args, **how)
        if calls["made"] == number:
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


@contextmanager
def rivals():
    """Somebody else's program, which writes to the same items all the time."""
    ended = threading.Event()

    def write():
        chance = random.Random(3)
        while not ended.wait(0.03):
            key = {"id": {"S": f"t{chance.randrange(ITEMS):05}"}}
            with suppress(TablesError):
                call(
                    "UpdateItem",
                    TableName="real-things",
                    Key=key,
                    UpdateExpression="SET #r = :r",
                    ExpressionAttributeNames={"#r": "rival"},
                    ExpressionAttributeValues={":r": {"S": str(chance.random())}},
                )

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield
    finally:
        ended.set()
        writing.join()


def _require_true(job):
    rows = list(rows_with(job))
    assert sorted(row.key for row in rows) == [f"t{n:05}" for n in range(ITEMS)]
    values = {item["id"]["S"]: item["n"]["N"] for item in _all_stored()}
    outcomes = Counter(row.outcome for row in rows)
    told = dict(outcomes), dict(Counter(values.values()))
    assert set(values.values()) <= {"0", "1"}, told
    false = [row for row in rows if row.outcome != "unsure" and _is_false(row, values[row.key])]
    assert false == [], told
    assert set(outcomes) <= {"done", "changed", "unsure"}
    assert outcomes["done"] > ITEMS * 0.9


def _is_false(row, value):
    return (value == "1") != (row.outcome == "done")


def _all_stored():
    start = {}
    while True:
        page = call("Scan", TableName="real-things", ConsistentRead=True, **start)
        yield from page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
