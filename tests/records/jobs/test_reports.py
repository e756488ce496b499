import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tables.models import Job, JobPart
from tables.records.jobs.reports import Result, page_of, pages_of, rows_with

pytestmark = pytest.mark.django_db

ROWS = [
    [Result("a", "done", version=2), Result("b", "same")],
    [Result("c", "done", version=1)],
    [Result("d", "refused", "invalid_value", 7, detail="No."), Result("e", "done")],
]


@pytest.fixture
def job():
    job = Job.objects.create(
        id=uuid.uuid4(), kind="change", alias="A", table="a", expires=timezone.now() + timedelta(1)
    )
    first = JobPart.objects.create(job=job, number=0, total=2)
    second = JobPart.objects.create(job=job, number=1, total=2)
    for part, sequence, rows in ((second, 1, ROWS[2]), (first, 1, ROWS[0]), (first, 2, ROWS[1])):
        page_of(part, sequence, rows).save()
    return job


def test_a_report_is_read_as_it_was_written_part_by_part(job):
    assert list(rows_with(job)) == [row for page in ROWS for row in page]


def test_pages_without_what_is_asked_for_are_not_opened(job):
    assert [page.sequence for page in pages_of(job, ["refused"])] == [1]
    assert list(rows_with(job, ["refused", "same"])) == [ROWS[0][1], ROWS[2][0]]
    assert list(rows_with(job, ["unsure"])) == []


def test_the_report_of_a_check_is_not_that_of_the_writes(job):
    assert list(rows_with(job, phase="check")) == []


def test_a_tag_is_of_all_that_is_told(job):
    before = Job.objects.get(pk=job.pk).etag
    assert Job.objects.get(pk=job.pk).etag == before
    JobPart.objects.filter(job=job, number=0).update(done=2)
    after = Job.objects.get(pk=job.pk).etag
    job.state = "paused"
    job.save()
    assert len({before, after, Job.objects.get(pk=job.pk).etag}) == 3
