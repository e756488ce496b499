"""Rows that a worker of the release before writes, while it runs beside this one."""

import uuid

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED
from django.utils import timezone

from tables.models import ReportPage

FIRST = ("tables", "0004_removed_jobs")


@pytest.fixture(scope="module")
def states():
    """The models as the first release of jobs knew them, and as this one does."""
    loader = MigrationLoader(None)
    return loader.project_state(FIRST), loader.project_state()


def test_a_column_that_was_added_since_is_filled_in_where_nobody_names_it(states):
    before, now = (state.models for state in states)
    added = {
        (name, field): now[name].fields[field]
        for name in before
        if name in now
        for field in now[name].fields.keys() - before[name].fields.keys()
    }
    assert (("tables", "reportpage"), "fence") in added
    lacking = [
        place
        for place, field in added.items()
        if not field.null and field.db_default is NOT_PROVIDED
    ]
    assert lacking == []


@pytest.mark.django_db
def test_a_worker_of_the_first_release_keeps_what_it_did(states):
    known = states[0].apps
    moment = timezone.now()
    known.get_model("tables", "Worker").objects.create(name="old", seen=moment)
    job = known.get_model("tables", "Job").objects.create(
        id=uuid.uuid4(), kind="change", alias="Things", table="real-things", expires=moment
    )
    part = known.get_model("tables", "JobPart").objects.create(job=job, number=0, total=1)
    known.get_model("tables", "ReportPage").objects.create(part=part, sequence=0, rows=b"")
    assert ReportPage.objects.get(part_id=part.pk).fence == 0
