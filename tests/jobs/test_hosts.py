"""What the processes of a site must share, and who says so where they do not."""

from datetime import timedelta
from io import StringIO

import pytest
import structlog
from django.core.checks import ERROR
from django.core.management import CommandError, call_command
from django.utils import timezone

from tables.jobs import hosts, workers
from tables.jobs.finding import WORKER_SILENCE
from tables.jobs.hosts import check_hosts, machine, marked_folder, what_is_apart
from tables.models import Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings, tmp_path):
    """How to be on a host with this folder for files."""

    def move(name):
        options = {"location": tmp_path / name}
        filed = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "jobs": filed}

    move("one")
    return move


def alive(name, **told):
    told = {"folder": marked_folder(), "machine": machine(), **told}
    return Worker.objects.create(name=name, seen=timezone.now(), **told)


def test_workers_that_share_folder_and_machine_are_one_host_whatever_they_are_called(at):
    assert check_hosts() == []  # nobody works yet
    alive("container-a")
    alive("container-b")
    assert check_hosts() == []
    assert marked_folder() == marked_folder() != ""


def test_a_host_that_has_another_folder_or_none_fails_the_deploy_check(at):
    worker = alive("one")
    at("two")
    (mistake,) = check_hosts()
    assert (mistake.id, mistake.level) == ("tables.E040", ERROR)
    assert not hosts._place().exists()  # to look makes nothing
    assert marked_folder()
    assert len(check_hosts()) == 1
    with pytest.raises(CommandError, match=r"tables\.E040"):
        call_command("check", deploy=True, stderr=StringIO(), stdout=StringIO())
    worker.seen = timezone.now() - WORKER_SILENCE - timedelta(seconds=1)
    worker.save()
    assert check_hosts() == []


def test_files_that_are_in_no_folder_are_shared(at, settings):
    alive("one")
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "jobs": memory}
    assert (marked_folder(), check_hosts()) == ("", [])
    alive("two")
    at("one")
    assert check_hosts() == []


def test_one_sqlite_file_is_for_one_machine_and_postgresql_for_many(at, monkeypatch):
    alive("one", machine="another")
    told = [what for what, _hint in what_is_apart()]
    assert [("SQLite" in what) for what in told] == [True]
    monkeypatch.setattr(hosts, "connection", type("PostgreSQL", (), {"vendor": "postgresql"}))
    assert what_is_apart() == []


def test_a_worker_says_where_it_works_and_at_its_start_what_it_does_not_share(at):
    alive("one")
    at("two")
    with structlog.testing.capture_logs() as logs:
        workers._tell_what_is_apart()
    assert [line["event"] for line in logs] == ["workers_are_apart"]
    workers._say_that_we_live()
    told = Worker.objects.get(name=workers.HANDS.name)
    assert (told.folder, told.machine) == (marked_folder(), machine())


def test_a_folder_that_nobody_may_write_and_a_mark_half_written_say_nothing_false(at, tmp_path):
    alive("one")
    (tmp_path / "two").write_text("a file where a folder should be")
    at("two")
    assert marked_folder() == ""
    at("three")
    place = hosts._place()
    place.parent.mkdir()
    place.write_text("half")
    assert marked_folder() == ""
