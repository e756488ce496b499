"""What is left behind by workers that die, by jobs that stop, and by whoever was told too late."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tables.core.updates import Change
from tables.dynamodb import writes
from tables.dynamodb.history_table import create_history_table
from tables.items.drafts import Edit
from tables.items.updates import update
from tables.items.writes import send
from tables.jobs import parts, runner
from tables.jobs.lease import Lease
from tables.jobs.orders import start, want
from tables.jobs.runner import Hands, work_on_job
from tables.jobs.sweeping import sweep
from tables.models import Job
from tests.contract.conftest import make_tables
from tests.jobs.conftest import counts, person, report, target_of, work
from tests.jobs.test_runner import ADD_ONE, some, written
from tests.tables import store

pytestmark = pytest.mark.django_db


class Died(BaseException):
    """The worker is gone: nothing that it has in hand is put in order."""


def die_after(monkeypatch, count, job):
    """A worker dies after so many writes of items, and its lease runs out."""
    write, sent = writes.write, []

    def dying(operation, **how):
        if len(sent) == count:
            raise Died
        sent.append(operation)
        return write(operation, **how)

    with monkeypatch.context() as patch:
        patch.setattr(writes, "write", dying)
        with pytest.raises(Died):
            work_on_job(str(job.pk), Hands("one"))
    lease_over(job)


def lease_over(job):
    job.parts.update(until=timezone.now() - timedelta(seconds=1))


def test_a_chunk_whose_worker_dies_each_time_fails_its_job(tables, monkeypatch):
    some(1)
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)

    def dying(*_):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(runner, "do_chunk", dying)
        for _ in range(parts.MOST_ATTEMPTS):
            with pytest.raises(Died):
                work_on_job(str(job.pk), Hands("one"))
            lease_over(job)
        assert not work_on_job(str(job.pk), Hands("one"))
    failed = Job.objects.get(pk=job.pk)
    assert (failed.state, failed.failure) == (
        "failed",
        "Each worker that tried a part of it has died.",
    )
    assert work(want(job, person("admins"), "run")).state == "finished"


def test_a_job_cancelled_after_its_worker_died_tells_what_that_one_wrote(
    tables, monkeypatch, settings
):
    settings.JOB_THREADS = 1
    some(10)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    die_after(monkeypatch, 3, job)
    want(job, ann, "cancel")
    assert work(job).state == "cancelled"
    assert written() == 3
    assert counts(job) == {"done": 3}


def test_a_paused_one_does_so_too(tables, monkeypatch, settings):
    settings.JOB_THREADS = 1
    some(10)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    die_after(monkeypatch, 3, job)
    assert want(job, ann, "pause").state == "paused"
    assert want(job, ann, "cancel").state == "queued"
    assert sweep() == 1
    assert work(job).state == "cancelled"
    assert (written(), counts(job)) == (3, {"done": 3})


def test_one_that_failed_within_a_chunk_says_what_nobody_knows(tables, monkeypatch, settings):
    settings.JOB_THREADS = 1
    some(10)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    die_after(monkeypatch, 3, job)
    person("none")
    assert work(job).state == "failed"
    assert want(job, person("admins"), "cancel").state == "cancelled"
    assert counts(job) == {"unsure": 10}
    assert [row[1] for row in report(job)] == ["unsure"] * 10


def test_a_file_that_is_gone_fails_its_job_at_once(tables):
    caller = person("admins")
    given = {"upload": str(uuid4()), "count": 1, "methods": ["PUT"]}
    job = work(start(caller, "batch", "Things", given)[0])
    assert (job.state, job.failure) == (
        "failed",
        "There is no such file any more. Send it again.",
    )


def test_a_lease_runs_since_it_was_written_down_not_since_the_database_has_kept_it(tables):
    job, _ = start(person("admins"), "change", "Things", ADD_ONE)
    parts.cut(job, [None])
    part = parts.claim(job, "slow")
    Lease(part, "slow").require()
    part.until = timezone.now() - timedelta(seconds=1)
    with pytest.raises(parts.LeaseLost):
        Lease(part, "slow").require()


def test_a_job_is_cut_once_for_the_phase_that_it_is_in(tables):
    some(3)
    job, _ = start(person("admins"), "delete", "Things", {"filter": {}})
    stale = Job.objects.get(pk=job.pk)
    checked = work(job)
    Job.objects.filter(pk=job.pk).update(phase="write", state="queued")
    parts.cut(stale, [None, None])
    assert not checked.parts.filter(phase="write").exists()
    assert Job.objects.get(pk=job.pk).estimate["writes"] == 3


@pytest.mark.parametrize("rival", ["ours", "from outside"])
def test_what_a_dead_worker_had_only_announced_is_judged_by_what_came_after(
    engine, settings, monkeypatch, rival
):
    settings.DYNAMODB_TRANSACTIONS, settings.HISTORY, settings.JOB_THREADS = False, True, 1
    make_tables(settings)
    create_history_table(settings.HISTORY_TABLE)
    some(1)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    die_after(monkeypatch, 2, job)  # the entry is announced, the item written
    assert written() == 1
    if rival == "ours":
        target, key = target_of(ann), {"id": {"S": "t000"}}
        send(update(target, key, Edit([Change("set", ("n",), {"N": "7"})])))
    else:
        store("real-things", {"id": {"S": "t000"}, "n": {"N": "7"}})
    done = work(job)
    assert done.state == "finished"
    assert counts(done) == ({"done": 1} if rival == "ours" else {"unsure": 1})
