"""Workers killed with -9 while they stage an import or export: nothing is lost, nothing twice."""

import gzip
import multiprocessing
import os
import signal
import time

import pytest
from django.contrib.auth.models import Group, User

from tables.access.callers import Caller
from tables.core.sheets import csv_lines
from tables.dynamodb import writes
from tables.jobs import files, parts, staging
from tables.jobs.kinds import exports
from tables.jobs.orders import confirm, start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tables.records.jobs.reports import rows_with
from tests.contract.conftest import make_tables
from tests.crash.databases import fresh_connections, shared_database
from tests.tables import fill, stored

FORK = multiprocessing.get_context("fork")
COUNT = 60


@pytest.fixture
def ann(tmp_path, dynamodb_embedded, settings, monkeypatch, django_db_blocker):
    """Somebody with every right, a table, and small chunks of jobs."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.HISTORY = False
    storage = {**settings.STORAGES["jobs"]}
    storage["OPTIONS"] = {**storage["OPTIONS"], "location": tmp_path / "jobs"}
    settings.STORAGES = {**settings.STORAGES, "jobs": storage}
    monkeypatch.setattr(staging, "MOST_ROWS", 10)
    monkeypatch.setattr(exports, "_MOST_ITEMS", 10)
    monkeypatch.setattr("tables.jobs.runner.MOST_IN_CHUNK", 10)
    with shared_database("sqlite:///files.sqlite3", tmp_path, django_db_blocker, monkeypatch):
        make_tables(settings)
        user = User.objects.create(username="ann", first_name="Ann")
        user.groups.add(Group.objects.create(name="admins"))
        yield Caller("ann", "Ann", frozenset({"admins"}))


def killed_at(module, name, call, *, after):
    """A worker that is killed at its `call`th call of a function, before or after what it does."""

    def live(job):
        real, calls = getattr(module, name), [0]

        def end(*arguments, **more):
            calls[0] += 1
            result = real(*arguments, **more) if after or calls[0] < call else None
            if calls[0] == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(module, name, end)
        fresh_connections()
        work_on_job(str(job.pk), Hands(f"killed at {name}"))

    return live


def worked(job, *deaths):
    """The job when it was worked on to its end, through these deaths."""
    for death in deaths:
        process = FORK.Process(target=death, args=(job,))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        # As when its lease is over.
        parts.JobPart.objects.filter(job=job).update(until=None, owner="")
    for _attempt in range(100):
        work_on_job(str(job.pk), Hands("last"))
        job = Job.objects.get(pk=job.pk)
        if job.state in {"ready", "finished", "failed"}:
            break
        time.sleep(0.1)
    return job


DEATHS = [(files, "put"), (parts, "commit")]


@pytest.mark.parametrize(("module", "name"), DEATHS, ids=["storing", "keeping"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_while_rows_are_staged_loses_no_row_and_takes_none_twice(ann, module, name, after):
    rows = [["id", "n:N"], *([f"a{number:03}", str(number)] for number in range(COUNT))]
    rows.append(["a007", "1"])
    upload = files.keep_upload(ann, [csv_lines(rows)])
    job = start(ann, "import", "Things", {"upload": upload})[0]

    job = worked(job, *(killed_at(module, name, call, after=after) for call in (1, 2, 3)))

    assert (job.state, job.estimate["new"], job.estimate["refused"]) == ("ready", COUNT, 1)
    told = [(row.line, row.code) for row in rows_with(job)]
    assert told == [*((line, "new") for line in range(2, COUNT + 2)), (COUNT + 2, "duplicate_key")]
    job = worked(confirm(job, ann, job.etag))
    assert (job.state, job.failure, int(job.totals["done"])) == ("finished", "", COUNT)
    assert all(stored("real-things", f"a{n:03}")["n"] == {"N": str(n)} for n in range(COUNT))


@pytest.mark.parametrize(("module", "name"), DEATHS, ids=["storing", "keeping"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_while_a_piece_is_exported_loses_no_item_and_has_none_twice(
    ann, module, name, after
):
    fill("real-things", [{"id": {"S": f"a{number:03}"}} for number in range(COUNT)])
    job = start(ann, "export", "Things", {"filter": {}, "format": "typed_lines"})[0]

    job = worked(job, *(killed_at(module, name, call, after=after) for call in (1, 2, 3)))

    assert job.state == "finished"
    lines = gzip.decompress(b"".join(exports.output(job).blocks)).splitlines()
    assert sorted(lines) == [b'{"id":{"S":"a%03d"}}' % number for number in range(COUNT)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_between_rows_that_lead_to_each_other_makes_each_after_what_it_leads_to(
    ann, settings, tmp_path, after
):
    tables = settings.TABLES_FILE.read_text()
    settings.TABLES_FILE = tmp_path / "linked.toml"
    link = 'to = "Things"\nkey = { id = "{}" }\ncheck = "refuse"\n'
    settings.TABLES_FILE.write_text(f"{tables}\n[Things.links.above]\n{link}")
    # Most lead into their own chunk, others into one before; two lead nowhere.
    ups = [number - 1 - (number * 7) % 13 for number in range(COUNT)]
    above = {number: f"a{up:03}" for number, up in enumerate(ups) if up >= 0} | dict.fromkeys(
        (25, 44), "none"
    )
    rows = [[f"a{number:03}", above.get(number, "")] for number in range(COUNT)]
    upload = files.keep_upload(ann, [csv_lines([["id", "above"], *rows])])
    job = worked(start(ann, "import", "Things", {"upload": upload})[0])
    foretold = [row.key for row in rows_with(job) if row.outcome == "done"]

    deaths = (killed_at(writes, "write", call, after=after) for call in (1, 4, 7))
    job = worked(confirm(job, ann, job.etag), *deaths)

    assert (job.state, job.failure) == ("finished", "")
    assert [row.key for row in rows_with(job) if row.outcome == "done"] == foretold
    assert COUNT / 2 < len(foretold) < COUNT - 2
    made = [name for name, _above in rows if stored("real-things", name)]
    assert made == foretold
