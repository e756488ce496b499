"""What a metrics page tells of jobs: read from the database, and never less than before."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from project import job_metrics
from tables.jobs import parts
from tables.jobs.orders import How, start
from tables.jobs.sweeping import tidy
from tables.models import Job, RemovedJobs
from tables.records.jobs.sums import remove, sums
from tests.jobs.conftest import ordered, person, work
from tests.jobs.test_kinds import setting, things
from tests.project.test_metrics import samples
from tests.tables import store

pytestmark = pytest.mark.django_db

SET = {"filter": {}, "changes": [setting("x", {"S": "y"})]}
ADD = {"filter": {}, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}


@pytest.fixture
def page(settings):
    """The samples of jobs on the page of a site that counts."""
    settings.METRICS = True
    client = Client()
    return lambda: {name: n for name, n in samples(client).items() if "_job" in name}


def items(kind, outcome):
    return f'dynadmin_job_items_total{{alias="Things",kind="{kind}",outcome="{outcome}"}}'


def test_items_count_by_alias_kind_and_outcome(history, page):
    ann = person("admins")
    things(3)
    store("real-things", {"id": {"S": "odd"}, "n": {"S": "no number"}})
    ordered(ann, "change", ADD)
    ordered(ann, "change", SET)
    ordered(ann, "change", SET)
    ordered(ann, "delete", {"filter": {}})
    told = {name: n for name, n in page().items() if n}
    assert told == {
        items("change", "done"): 7,
        items("change", "same"): 4,
        items("change", "refused"): 1,
        items("delete", "done"): 4,
    }


def test_what_a_check_found_is_no_outcome(history, page):
    things(3)
    job = work(start(person("admins"), "change", "Things", SET, How(dry_run=True))[0])
    assert job.totals["done"] == 3
    assert not any(page().values())


def test_a_job_in_hand_and_a_part_taken_over_are_counted(history, page):
    things(3)
    job, _ = start(person("admins"), "change", "Things", SET)
    parts.cut(job, [None, None])
    assert page()["dynadmin_jobs_running"] == 0
    parts.claim(job, "one")
    parts.claim(job, "two")
    assert page()["dynadmin_jobs_running"] == 1
    job.parts.update(until=timezone.now() - timedelta(seconds=1))
    assert page()["dynadmin_jobs_running"] == 0
    parts.claim(job, "other")
    told = page()
    assert told["dynadmin_job_lease_takeovers_total"] == 1
    assert told["dynadmin_jobs_running"] == 1


def test_no_number_falls_when_jobs_are_removed(history, page):
    things(3)
    ann = person("admins")
    for _ in range(2):
        job = ordered(ann, "change", SET)
        job.parts.update(takeovers=2)
    before = page()
    Job.objects.update(expires=timezone.now() - timedelta(seconds=1))
    tidy()
    assert Job.objects.count() == 0
    assert page() == before
    assert before[items("change", "done")] == before[items("change", "same")] == 3
    assert before["dynadmin_job_lease_takeovers_total"] == 4
    ordered(ann, "change", SET)
    assert page()[items("change", "same")] == 6


def test_a_job_that_two_sweepers_remove_counts_once(history):
    things(3)
    job = ordered(person("admins"), "change", SET)
    assert (remove(job), remove(job)) == (True, False)
    assert RemovedJobs.objects.get().done == 3
    assert sums().items["Things", "change", "done"] == 3


def test_without_the_database_the_rest_of_the_page_stands(history, page, monkeypatch):
    def away():
        raise OperationalError

    assert page()
    monkeypatch.setattr(job_metrics, "sums", away)
    assert page() == {}
