"""What the sweep outlives: files that can't be removed, jobs that are sent on meanwhile."""

import os
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.utils import timezone

from tables.jobs import files, workers
from tables.jobs.sweeping import tidy
from tables.models import Job
from tables.records.jobs.sums import remove
from tests.jobs.conftest import ordered, person
from tests.jobs.test_runner import ADD_ONE, some

pytestmark = pytest.mark.django_db


class Stubborn(FileSystemStorage):
    """A folder where one name can't be removed, and another is gone once it was listed."""

    def delete(self, name):
        if name.endswith("stubborn"):
            raise PermissionError(name)
        super().delete(name)

    def get_modified_time(self, name):
        if name.endswith("gone"):
            raise FileNotFoundError(name)
        return super().get_modified_time(name)


@pytest.fixture
def stubborn(settings, tmp_path):
    backend = f"{Stubborn.__module__}.Stubborn"
    place = {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "jobs": place}
    return tmp_path


def test_one_job_whose_files_stay_keeps_no_other(history, stubborn):
    some(1)
    ann = person("admins")
    kept, gone = (ordered(ann, "change", ADD_ONE) for _ in range(2))
    storages["jobs"].save(f"jobs/{kept.pk}/stubborn", ContentFile(b"x"))
    storages["jobs"].save(f"jobs/{gone.pk}/staged/000000.jsonl.gz", ContentFile(b"x"))
    Job.objects.update(expires=timezone.now() - timedelta(seconds=1))
    tidy()
    assert [*Job.objects.all()] == [kept]
    assert [path.name for path in stubborn.rglob("*") if path.is_file()] == ["stubborn"]


def test_an_upload_that_another_worker_removes_keeps_no_other(history, stubborn):
    ann = person("admins")
    names = [files.upload_name(ann, files.keep_upload(ann, [b"x"])) for _ in range(2)]
    old = stubborn / names[0]
    os.utime(old, (0, 0))
    storages["jobs"].save(f"{names[1].rpartition('/')[0]}/a-gone", ContentFile(b"x"))
    tidy()
    assert not old.exists()
    assert (stubborn / names[1]).exists()


def test_a_job_that_was_sent_on_meanwhile_is_not_removed(history):
    some(1)
    job = ordered(person("admins"), "change", ADD_ONE)
    Job.objects.update(state="queued")
    assert not remove(job)
    Job.objects.update(state="finished")
    assert (remove(job), remove(job)) == (True, False)


def test_a_worker_whose_sweep_dies_ends(monkeypatch):
    told = []
    monkeypatch.setattr(os, "kill", lambda process, number: told.append((process, number)))

    def broken(_ended):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        workers._beside(broken, threading.Event())
    assert told == [(os.getpid(), 15)]
    ended = threading.Event()
    ended.set()
    workers._beside(lambda _ended: None, ended)
    assert len(told) == 1
