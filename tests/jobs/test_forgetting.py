"""An item that is forgotten: nowhere in what jobs keep of it, or said where it still is."""

import zlib

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from tables.configuration import description, registry
from tables.core.job_intents import unpack
from tables.jobs import files, runner
from tables.jobs.forgetting import forget_item_in_jobs
from tables.jobs.orders import How, start, want
from tables.jobs.parts import LEASE
from tables.jobs.runner import Hands, work_on_job
from tables.models import Job, JobPart, ReportPage
from tests.jobs.conftest import counts, ordered, person, work
from tests.jobs.test_imports import csv
from tests.jobs.test_kinds import EVERYTHING, setting
from tests.jobs.test_runner import ADD_ONE, some, written
from tests.jobs.test_taking_over import die_after

pytestmark = pytest.mark.django_db

# No other key, and no id, has it in its own.
SECRET = "t001"
NOTED = {**EVERYTHING, "changes": [setting("note", {"S": "new"})]}


def forgotten():
    return forget_item_in_jobs(description(registry().get("Things")), SECRET)


def everything_kept():
    """All that the database and the place of files hold, unpacked, as one text."""
    told = [repr([*model.objects.values()]) for model in (Job, JobPart)]
    told += [repr(unpack(bytes(part.intents))) for part in JobPart.objects.exclude(intents=None)]
    told += [zlib.decompress(bytes(page.rows)).decode() for page in ReportPage.objects.all()]
    return " ".join(told + stored_texts(""))


def stored_texts(place):
    folders, names = storages["jobs"].listdir(place)
    told = []
    for name in names:
        at = f"{place}/{name}".lstrip("/")
        told.append(files.get(at).decode() if name.endswith(".gz") else read(at))
    return told + [text for name in folders for text in stored_texts(f"{place}/{name}".lstrip("/"))]


def read(name):
    with storages["jobs"].open(name) as file:
        return file.read().decode()


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    place["OPTIONS"] = {"location": tmp_path / "files"}
    (tmp_path / "files").mkdir()
    settings.STORAGES = {**settings.STORAGES, "jobs": place}


def a_change(ann):
    return ordered(ann, "change", ADD_ONE)


def one_that_names_it(ann):
    return ordered(ann, "change", {"keys": ["t000", SECRET], "changes": ADD_ONE["changes"]})


def a_check(ann):
    return work(start(ann, "change", "Things", NOTED, How(dry_run=True))[0])


def an_import(ann):
    upload = files.keep_upload(ann, [csv("id,n:N", "t000,7", f"{SECRET},8")])
    return ordered(ann, "import", {"upload": upload})


def a_cancelled_import(ann):
    upload = files.keep_upload(ann, [csv("id,n:N", "t000,7", f"{SECRET},8")])
    job = work(start(ann, "import", "Things", {"upload": upload})[0])
    return want(job, ann, "cancel")


@pytest.mark.parametrize(
    "ended", [a_change, one_that_names_it, a_check, an_import, a_cancelled_import]
)
def test_37_nothing_of_it_is_left_where_nobody_is_at_work(tables, ended):
    some(3)
    ended(person("admins"))
    assert SECRET in everything_kept()

    told = forgotten()

    assert SECRET not in everything_kept()
    assert "t000" in everything_kept()
    assert told.rows >= 1
    assert (told.files, told.busy, told.uploads) == ([], [], 0)
    assert forgotten().rows == 0


def test_37_a_chunk_that_was_left_half_written_says_of_it_that_nobody_knows(
    tables, monkeypatch, settings
):
    settings.JOB_THREADS = 1
    some(3)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    die_after(monkeypatch, 1, job)
    JobPart.objects.update(until=timezone.now() + LEASE)
    assert forgotten().busy == [str(job.pk)]
    assert SECRET in everything_kept()
    JobPart.objects.update(until=timezone.now())

    assert (forgotten().rows, forgotten().busy) == (1, [])

    assert SECRET not in everything_kept()
    assert (work(job).state, counts(job)) == ("finished", {"done": 2, "unsure": 1})


def test_37_a_place_to_go_on_from_is_said_until_the_job_has_ended(tables, monkeypatch):
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 2)
    some(3)
    ann = person("admins")
    job, _ = start(ann, "change", "Things", ADD_ONE)
    one_chunk(monkeypatch, job, ann)
    (cursor,) = JobPart.objects.values_list("cursor", flat=True)
    name = cursor["id"]["S"]
    told = forget_item_in_jobs(description(registry().get("Things")), name)
    assert told.busy == [str(job.pk)]
    want(job, ann, "cancel")
    assert forget_item_in_jobs(description(registry().get("Things")), name).busy == []
    assert name not in everything_kept()


def test_37_keys_of_an_order_stay_in_their_places_until_it_has_ended(tables, monkeypatch):
    """A worker goes on at a place among them: the others would move under it."""
    monkeypatch.setattr(runner, "MOST_IN_CHUNK", 2)
    some(5)
    ann = person("admins")
    keys = [f"t00{number}" for number in range(5)]
    job, _ = start(ann, "change", "Things", {"keys": keys, "changes": ADD_ONE["changes"]})
    one_chunk(monkeypatch, job, ann)

    assert forgotten().busy == [str(job.pk)]

    job = work(want(job, ann, "run"))
    assert (job.state, counts(job), written()) == ("finished", {"done": 5}, 5)
    assert forgotten().busy == []
    assert SECRET not in everything_kept()


def test_37_files_that_can_still_be_wanted_are_said(tables):
    some(3)
    ann = person("admins")
    export = ordered(ann, "export", {"filter": {}})
    upload = files.keep_upload(ann, [csv("id,n:N", f"{SECRET},8")])
    waiting = work(start(ann, "import", "Things", {"upload": upload})[0])
    files.keep_upload(ann, [b"another"])
    told = forgotten()
    assert sorted(told.files) == sorted([str(export.pk), str(waiting.pk)])
    assert told.uploads == 1


def one_chunk(monkeypatch, job, ann):
    """A job after its first chunk, paused."""
    does = runner.do_chunk

    def once(*given):
        does(*given)
        want(job, ann, "pause")

    with monkeypatch.context() as patch:
        patch.setattr(runner, "do_chunk", once)
        work_on_job(str(job.pk), Hands("one"))
