"""Workers as they run in production, `manage.py run_jobs`: woken by the database's own tasks,
killed at random, left without their database, told to end.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tables.jobs.finding import WORKER_SILENCE, is_anybody_working
from tables.jobs.orders import How
from tables.management.commands import run_jobs
from tables.models import Job, Worker
from tests.crash.sizes import IS_WHOLE, KILLS
from tests.crash.truth import require_true, rivals

PROJECT = Path(__file__).parents[2]
PATIENCE = 300
# So many items are written a second, so that there is always something to be killed at.
PACE = How(pace=300.0 if IS_WHOLE else 200.0)
# Longer than a worker waits for the lock of an SQLite file.
LOCKED_SECONDS, AWAY_SECONDS = 25, 10


@pytest.fixture
def worker(database, dynamodb_embedded, settings, tmp_path):
    """How to start a worker, which writes its log to a file."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    started = []

    def start():
        given = {
            **os.environ,  # that of the tests
            "DATABASE_URL": database,
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_embedded,
            "HISTORY": str(settings.HISTORY).lower(),
            "TABLES_FILE": "tests/contract/tables.toml",
            "JOB_PARTS": str(settings.JOB_PARTS),
            "DJANGO_SETTINGS_MODULE": "project.settings",
        }
        command = [sys.executable, "-m", "tests.crash.run_jobs"]
        with (tmp_path / "workers.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=PROJECT, env=given, stdout=log, stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("tables", [True, False] if IS_WHOLE else [True], indirect=True)
def test_killed_at_random_and_told_to_end(order, worker):
    chance, killed = random.Random(4), 0
    workers = [worker() for _ in range(2)]
    wait_until(is_anybody_working)
    job = order(PACE)
    with rivals("real-things", every=0.3):
        while killed < (KILLS if IS_WHOLE else 2) and not is_over(job):
            wait_until(lambda: is_held(job) or is_over(job))
            time.sleep(chance.uniform(0, 0.5))
            for ended in workers:
                ended.kill()
                ended.wait()
            killed += len(workers)
            # As if they had been silent for long.
            Worker.objects.all().delete()
            workers = [worker() for _ in range(2)]
        wait_until(lambda: is_over(job))
    require_true(job, killed)
    assert killed >= 2
    wait_until(lambda: Worker.objects.count() == len(workers))
    for left in workers:
        left.send_signal(signal.SIGTERM)
    assert [left.wait(PATIENCE) for left in workers] == [0, 0]
    assert not Worker.objects.exists()


@pytest.mark.skipif(not IS_WHOLE, reason="it is away for half a minute: make test-crash")
def test_a_database_that_is_gone_in_mid_chunk(order, worker, database):
    workers = [worker() for _ in range(2)]
    wait_until(is_anybody_working)
    job = order(PACE)
    wait_until(lambda: job.parts.filter(done__gt=0).exists())
    with rivals("real-things", every=0.3):
        with is_gone(database):
            pass
        assert not is_over(job)
        wait_until(lambda: is_over(job))
    require_true(job, 0)
    assert [left.poll() for left in workers] == [None, None]


@contextmanager
def is_gone(database):
    """A PostgreSQL that lets nobody in, an SQLite file that nobody may write, for a while."""
    if database.startswith("sqlite"):
        with sqlite3.connect(database.removeprefix("sqlite:///"), timeout=60) as holding:
            holding.execute("BEGIN EXCLUSIVE")
            time.sleep(LOCKED_SECONDS)
            holding.rollback()
            yield
        return
    server = database.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute("ALTER DATABASE dynadmin ALLOW_CONNECTIONS false")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'dynadmin'"
        )
        time.sleep(AWAY_SECONDS)
        admin.execute("ALTER DATABASE dynadmin ALLOW_CONNECTIONS true")
    connection.close()  # the test's own was ended too
    yield


@pytest.mark.django_db
@pytest.mark.parametrize("is_one_dead", [False, True])
def test_a_third_worker_of_an_sqlite_file_waits_whether_one_is_dead(
    settings, monkeypatch, is_one_dead
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for name in ("one", "two"):
        Worker.objects.create(name=name, seen=timezone.now())

    def sleep(seconds):
        assert seconds >= WORKER_SILENCE.total_seconds()
        if is_one_dead:
            Worker.objects.filter(name="one").update(seen=timezone.now() - WORKER_SILENCE)

    ran = []
    monkeypatch.setattr(run_jobs, "time", type("Clock", (), {"sleep": staticmethod(sleep)}))
    monkeypatch.setattr(run_jobs, "run", lambda: ran.append("ran"))
    if is_one_dead:
        call_command("run_jobs")
        assert ran == ["ran"]
    else:
        with pytest.raises(CommandError, match="more would wait for each other"):
            call_command("run_jobs")
        assert ran == []


def wait_until(is_so):
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_over(job):
    return Job.objects.get(pk=job.pk).state == "finished"


def is_held(job):
    return job.parts.filter(until__gt=timezone.now()).exclude(owner="").exists()
