"""Releases side by side: a worker goes on with what one before has left, and leaves alone what a
newer one keeps.
"""

import zlib
from datetime import timedelta

import orjson
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tables.core.errors import JobConflict
from tables.jobs import parts
from tables.jobs.finding import can_be_undone, waits_for
from tables.jobs.orders import confirm, start, want
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.sweeping import sweep
from tables.jobs.workers import _say_that_we_live
from tables.models import Job, ReportPage, Worker
from tables.records.jobs import versions
from tables.records.jobs.reports import rows_of
from tests.jobs.conftest import counts, person, work
from tests.jobs.test_runner import ADD_ONE, some, written
from tests.jobs.test_taking_over import lease_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer(monkeypatch):
    """How to be of the next release for a while."""

    def do(what):
        with monkeypatch.context() as patch:
            patch.setattr(versions, "NEWEST", versions.NEWEST + 1)
            return what()

    return do


def fresh(job):
    return Job.objects.get(pk=job.pk)


def ordered_by_a_newer_release(ann, **fields):
    """A job of a kind that this release has never heard of."""
    job, _ = start(ann, "change", "Things", ADD_ONE)
    spec = {"merge": [["a", "b"]]}
    told = {"spec_version": versions.NEWEST + 1, "kind": "merge", "spec": spec, **fields}
    Job.objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(minutes=1), **told)
    return fresh(job)


def test_a_worker_leaves_alone_what_a_newer_release_keeps_and_says_for_what_it_waits(history):
    job = ordered_by_a_newer_release(person("admins"))

    assert (sweep(), work_on_job(str(job.pk), Hands("old"))) == (0, False)
    assert parts.claim(job, "old") is None
    parts.cut(job, [None])
    assert (fresh(job).state, fresh(job).failure, job.parts.count()) == ("queued", "", 0)

    assert waits_for(job) == "worker"
    _say_that_we_live()
    assert waits_for(job) == "release"
    Worker.objects.create(name="new", seen=timezone.now(), spec_version=versions.NEWEST + 1)
    assert waits_for(job) is None


def test_it_can_be_stopped_and_nothing_else(history):
    ann = person("admins")
    job = ordered_by_a_newer_release(ann)
    assert want(job, ann, "pause").state == "paused"
    with pytest.raises(JobConflict, match="newer release"):
        want(fresh(job), ann, "run")
    assert want(fresh(job), ann, "cancel").state == "cancelled"
    assert not can_be_undone(fresh(job))
    ready = ordered_by_a_newer_release(ann, state="ready", phase="check")
    with pytest.raises(JobConflict, match="newer release"):
        confirm(ready, ann, ready.etag)
    failed = ordered_by_a_newer_release(ann, state="failed")
    with pytest.raises(JobConflict, match="newer release"):
        want(failed, ann, "cancel")


def test_what_a_newer_worker_has_taken_over_is_no_more_for_those_before(
    history, monkeypatch, newer
):
    monkeypatch.setattr("tables.jobs.runner.MOST_IN_CHUNK", 2)
    some(6)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    die_in_first_chunk(monkeypatch, job)
    part = newer(lambda: parts.claim(fresh(job), "new"))
    assert (part.takeovers, fresh(job).spec_version) == (1, versions.NEWEST + 1)
    lease_over(job)

    assert not work_on_job(str(job.pk), Hands("old"))
    assert counts(job) == {}
    job = newer(lambda: work(job, Hands("new")))

    assert (job.state, counts(job)) == ("finished", {"done": 6})
    assert written() == 6


def die_in_first_chunk(monkeypatch, job):
    class Died(BaseException):
        pass

    def dying(*_args, **_how):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(parts, "commit", dying)
        with pytest.raises(Died):
            work_on_job(str(job.pk), Hands("old"))
    lease_over(job)


def test_a_worker_that_holds_a_part_stops_after_its_chunk_when_a_newer_one_has_come(
    history, monkeypatch
):
    monkeypatch.setattr("tables.jobs.runner.MOST_IN_CHUNK", 2)
    some(6)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    does = parts.commit

    def commit(*args, **how):
        does(*args, **how)
        Job.objects.update(spec_version=versions.NEWEST + 1)

    monkeypatch.setattr(parts, "commit", commit)
    assert not work_on_job(str(job.pk), Hands("old"))
    assert counts(job) == {"done": 2}
    assert fresh(job).state == "running"
    assert not job.parts.exclude(owner="").exists()


def test_rows_of_a_report_may_tell_more_than_this_release_knows(history):
    some(2)
    job = work(start(person("admins"), "change", "Things", ADD_ONE)[0])
    page = ReportPage.objects.get(part__job=job)
    known = rows_of(page)
    page.rows = zlib.compress(orjson.dumps([[*row, "more", 7] for row in known]))
    assert rows_of(page) == known


def test_columns_that_were_added_have_their_default_in_the_database():
    """Workers of the release before write rows without them while a site is upgraded."""
    loader = MigrationLoader(connection)
    before = loader.project_state(("tables", "0004_removed_jobs")).models
    now = loader.project_state().models
    added = {
        (model, name): field
        for model in ("job", "jobpart", "reportpage", "worker")
        for name, field in now["tables", model].fields.items()
        if name not in before["tables", model].fields
    }
    assert ("reportpage", "fence") in added
    assert [at for at, field in added.items() if not (field.null or field.has_db_default())] == []
