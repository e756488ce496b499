"""Limits of a person and of everybody, where requests come at once: on a database that threads
share.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tables.core.errors import JobConflict, StorageFull, TooLarge
from tables.core.job_states import ACTIVE
from tables.jobs import files
from tables.jobs.orders import MOST_AT_ONCE, How, confirm, start, want
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job, JobUpload
from tests.crash.conftest import ADD_ONE
from tests.crash.sizes import ANN

AT_ONCE = 12

pytestmark = pytest.mark.parametrize("tables", [False], indirect=True)


def at_once(does, count=AT_ONCE):
    """What each call came to, all begun at the same moment: its answer, or what it raised."""
    ready = threading.Barrier(count)

    def one(number):
        try:
            ready.wait(10)
            return does(number)
        except (JobConflict, StorageFull, TooLarge) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return [*threads.map(one, range(count))]


def refused(told, kind):
    return sum(isinstance(each, kind) for each in told)


def test_37_orders_at_once_are_as_many_as_may_be_under_way(tables):
    told = at_once(lambda _: start(ANN, "change", "Things", ADD_ONE))
    assert refused(told, JobConflict) == AT_ONCE - MOST_AT_ONCE
    assert Job.objects.count() == MOST_AT_ONCE


def test_37_jobs_confirmed_at_once_and_sent_on_at_once_are_too(tables):
    for _ in range(AT_ONCE):
        job, _ = start(ANN, "change", "Things", ADD_ONE, How(dry_run=True))
        while work_on_job(str(job.pk), Hands("one")):
            pass
    ready = [*Job.objects.filter(state="ready")]
    assert len(ready) == AT_ONCE
    told = at_once(lambda number: confirm(ready[number], ANN, ready[number].etag))
    assert refused(told, JobConflict) == AT_ONCE - MOST_AT_ONCE
    assert Job.objects.filter(state="queued").count() == MOST_AT_ONCE

    Job.objects.update(state="paused", wanted="pause")
    paused = [*Job.objects.all()]
    told = at_once(lambda number: want(paused[number], ANN, "run"))
    assert refused(told, JobConflict) == AT_ONCE - MOST_AT_ONCE
    assert Job.objects.filter(state__in=ACTIVE).count() == MOST_AT_ONCE


@pytest.mark.parametrize(
    ("person", "everybody", "error"), [(3, 100, TooLarge), (100, 3, StorageFull)]
)
def test_37_files_sent_at_once_take_no_more_room_than_there_is(
    tables, settings, person, everybody, error
):
    settings.JOB_UPLOADS_PERSON_MB, settings.JOB_UPLOADS_MB = person, everybody
    told = at_once(lambda _: files.keep_upload(ANN, [b"x" * 2**20]))
    assert refused(told, error) == AT_ONCE - 3
    assert [*JobUpload.objects.values_list("size", flat=True)] == [2**20] * 3
