"""Jobs as tests order and do them: tables on an engine, people, and one pair of hands."""

from itertools import product

import pytest
from django.contrib.auth.models import Group, User

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.job_states import ACTIVE
from tables.items.target import find_target
from tables.jobs.orders import PLAINLY, confirm, start
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job
from tables.records.jobs.reports import rows_with
from tests.contract.conftest import make_tables


def person(*groups, sub="ann"):
    """Somebody who has signed in with these groups."""
    user, _ = User.objects.get_or_create(username=sub, first_name="Ann")
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    return Caller(sub, "Ann", frozenset(groups))


def target_of(caller, alias="Things"):
    return find_target(registry().get(alias), caller, "view")


def work(job, hands=None):
    """Do all that there is to do of a job; the job as it is then."""
    hands = hands or Hands("worker")
    while work_on_job(str(job.pk), hands) or has_rested(job):
        pass
    return Job.objects.get(pk=job.pk)


def has_rested(job):
    """Let the time go by that a job's pace takes; whether there was any."""
    resting = Job.objects.filter(pk=job.pk, state__in=ACTIVE).exclude(paid=None)
    return resting.update(paid=None) > 0


def ordered(caller, kind, given, how=PLAINLY, alias="Things"):
    """A job as it is when it was worked on, confirmed where that is asked for."""
    job = work(start(caller, kind, alias, given, how)[0])
    if job.state == "ready":
        job = work(confirm(job, caller, job.etag))
    return job


def counts(job):
    """What became of the items, without what became of none."""
    totals = Job.objects.get(pk=job.pk).totals
    names = ("done", "same", "changed", "refused", "unsure")
    return {name: int(totals[name]) for name in names if totals[name]}


def report(job, *outcomes):
    return [(row.key, row.outcome, row.code) for row in rows_with(job, outcomes)]


@pytest.fixture(autouse=True)
def _task_engine(settings):
    """Tasks wait for ever: tests work on jobs themselves."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def tables(engine, settings):
    """The tables of the contract, empty, on each engine, without history."""
    settings.HISTORY = False
    make_tables(settings)


WAYS = ("in transactions", "announced", "without history")
KEPT = [*product(("moto", "embedded"), WAYS), *product(["alternator"], WAYS[1:])]


@pytest.fixture(params=KEPT, ids=", ".join)
def kept(request, settings):
    """The tables on each engine and by Alternator's rules, with history in each way and without."""
    engine, way = request.param
    if request.config.getoption("alternator"):
        engine = "alternator"
    if engine == "alternator" and way == "in transactions":
        pytest.skip("Alternator has no transactions.")
    request.getfixturevalue(f"dynamodb_{engine}")
    settings.DYNAMODB_TRANSACTIONS = way != "announced" and engine != "alternator"
    settings.HISTORY = way != "without history"
    make_tables(settings, history=True)
    return way


@pytest.fixture
def history(dynamodb_moto, settings):
    """The tables on the quicker engine, with history in transactions."""
    settings.HISTORY = True
    make_tables(settings, history=True)
