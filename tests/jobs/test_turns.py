"""Workers that several jobs share: who waits for a pace holds none of them, and says why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tables.jobs import parts, runner
from tables.jobs.finding import progress, waits_for
from tables.jobs.orders import How, confirm, set_pace, start, want
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.sweeping import sweep
from tables.models import Job, JobPart, Worker
from tests.jobs.conftest import has_rested, person, work
from tests.jobs.test_runner import ADD_ONE, some

pytestmark = pytest.mark.django_db

SLOW = How(pace=0.01)
ONE = {"keys": ["t000"], "changes": ADD_ONE["changes"]}


@pytest.fixture
def alive():
    Worker.objects.create(name="w", seen=timezone.now() + timedelta(hours=1))


def fresh(job):
    return Job.objects.get(pk=job.pk)


def test_a_job_that_waits_for_its_pace_gives_its_worker_to_others(kept, alive):
    some(5)
    hands = Hands("the only one")
    slow, _ = start(person("admins"), "change", "Things", ADD_ONE, SLOW)
    quick, _ = start(person("admins", sub="bob"), "change", "Things", ONE)

    assert not work_on_job(str(slow.pk), hands)
    assert fresh(slow).totals["done"] == 1
    assert waits_for(fresh(slow)) == "pace"
    assert not JobPart.objects.exclude(owner="").exists()
    assert work(quick, hands).state == "finished"
    assert not work_on_job(str(slow.pk), hands)
    assert fresh(slow).totals["done"] == 1
    assert work(slow, hands).totals["done"] == 5


def test_nothing_wakes_a_job_before_its_pace_allows_and_a_pause_needs_no_waking(history):
    some(3)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE, SLOW)
    work_on_job(str(job.pk), Hands("one"))
    assert sweep() == 0
    assert fresh(job).paid > timezone.now()
    set_pace(job, 0.02)
    assert sweep() == 1
    work_on_job(str(job.pk), Hands("one"))
    assert want(job, ann, "pause").state == "paused"
    has_rested(job)
    assert work(want(job, ann, "run")).state == "finished"


@pytest.mark.parametrize("workers", [1, 2])
def test_however_many_parts_and_workers_there_are_they_keep_one_pace(history, monkeypatch, workers):
    """Whoever writes moves the moment on from which the next may: by all that was written."""
    monkeypatch.setattr("tables.jobs.kinds.which._PARTED_FROM_BYTES", 0)
    some(30)
    begun = timezone.now()
    job, _ = start(person("admins"), "change", "Things", ADD_ONE, How(pace=3.0))
    hands = [Hands(f"w{number}") for number in range(workers)]
    for each in hands:
        work_on_job(str(job.pk), each)
    now, took = fresh(job), timedelta(seconds=fresh(job).totals["write_units"] / 3.0)
    assert took
    assert now.paid >= begun + took - timedelta(seconds=parts._SAVED_SECONDS)


def test_a_long_turn_ends_where_another_job_waits(history, monkeypatch):
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 4)
    monkeypatch.setattr(runner, "_SHORT_SECONDS", 0.0)
    some(12)
    long, _ = start(person("admins"), "change", "Things", ADD_ONE)
    other, _ = start(person("admins", sub="bob"), "change", "Things", ONE)
    hands = Hands("one")

    assert work_on_job(str(long.pk), hands)
    assert fresh(long).totals["done"] == 4
    for done in (
        {"state": "running", "paid": timezone.now() + timedelta(hours=1)},
        {"wanted": "pause"},
    ):
        Job.objects.filter(pk=other.pk).update(**done)
        assert not runner._do_others_wait(long)
    assert not work_on_job(str(long.pk), hands)
    assert fresh(long).state == "finished"


def test_what_a_job_waits_for_is_told(history, alive):
    some(3)
    ann = person("admins")
    busy, _ = start(ann, "change", "Things", ADD_ONE)
    job, _ = start(ann, "change", "Things", ADD_ONE)
    assert waits_for(job) is None  # a worker is free to begin
    parts.cut(busy, [None])
    held = parts.claim(busy, "w")
    assert (waits_for(fresh(busy)), waits_for(job)) == (None, "turn")
    parts.postpone(held, "w", "unavailable")
    assert (waits_for(fresh(busy)), waits_for(job)) == ("retry", None)
    Worker.objects.all().delete()
    assert waits_for(job) == "worker"
    Job.objects.update(state="finished")
    assert waits_for(fresh(job)) is None


def test_time_left_is_told_from_the_first_chunk_on(history, monkeypatch):
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 4)
    monkeypatch.setattr(runner, "_SHORT_SECONDS", 0.0)
    some(12)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    start(ann, "change", "Things", ONE)
    work_on_job(str(job.pk), Hands("one"))
    assert progress(fresh(job)).seconds_left is not None


def test_how_many_items_there_are_is_what_is_known_of_them(history):
    """A query reads a part of its table, which nobody has counted; a check counts exactly."""
    some(3)
    ann = person("admins")
    part = {
        "filter": {"id": {"comparator": "=", "value": "t000"}, "n": {"comparator": "=", "value": 0}}
    }
    job, _ = start(ann, "change", "Things", {**part, "changes": ADD_ONE["changes"]}, SLOW)
    job = work(job)
    assert job.estimate["items"] is None
    all_of_it = work(start(ann, "change", "Things", ADD_ONE, How(dry_run=True))[0])
    confirmed = confirm(all_of_it, ann, all_of_it.etag)
    assert confirmed.estimate["items"] == progress(confirmed).expected == 3


def test_another_pace_is_what_time_left_is_told_by(history):
    some(9)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE, SLOW)
    work_on_job(str(job.pk), Hands("one"))
    slow = progress(fresh(job)).seconds_left
    set_pace(job, 1.0)
    assert progress(fresh(job)).seconds_left <= slow / 99
