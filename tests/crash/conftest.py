"""A job on a table, its database and its engine, that several processes share."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import Group, User

from tables.jobs import parts
from tables.jobs.kinds import which
from tables.jobs.orders import PLAINLY, start
from tests.contract.conftest import make_tables
from tests.crash.databases import shared_database
from tests.crash.sizes import ANN, IS_WHOLE, ITEMS, LEASE_SECONDS
from tests.production.programs import postgresql
from tests.tables import fill

ADD_ONE = {"filter": {}, "changes": [{"action": "add", "path": "n", "value": {"N": "1"}}]}


@pytest.fixture(params=["SQLite", "PostgreSQL"] if IS_WHOLE else ["SQLite"])
def database(request, tmp_path, django_db_blocker, monkeypatch):
    """The URL of a database that all processes share, a file's or PostgreSQL's."""
    if request.param == "SQLite":
        with shared_database("sqlite:///crash.sqlite3", tmp_path, django_db_blocker, monkeypatch):
            yield f"sqlite:///{tmp_path}/crash.sqlite3"
        return
    with (
        TemporaryDirectory() as folder,
        postgresql(_open_to_all(folder)) as url,
        shared_database(url, tmp_path, django_db_blocker, monkeypatch),
    ):
        yield url


def _open_to_all(folder):
    """It is PostgreSQL's own user who must enter; pytest shuts its folders to others."""
    path = Path(folder)
    path.chmod(0o755)
    return path


@pytest.fixture(params=[False, True], ids=["without history", "with history"])
def tables(request, database, dynamodb_embedded, settings, monkeypatch):
    """The tables of the contract, small chunks and short leases, and somebody with every right."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.HISTORY = request.param
    settings.JOB_PARTS = 3
    hasten(monkeypatch)
    make_tables(settings, history=True)
    user = User.objects.create(username="ann", first_name="Ann")
    user.groups.add(Group.objects.create(name="admins"))


@pytest.fixture
def order(tables):
    """A table of items, and how to order that each gets 1 more."""
    fill("real-things", ({"id": {"S": f"t{n:05}"}, "n": {"N": "0"}} for n in range(ITEMS)))
    return lambda how=PLAINLY: start(ANN, "change", "Things", ADD_ONE, how)[0]


def hasten(patch):
    """Let small tables be worked on in parts and small chunks, and leases end soon."""
    patch.setattr(which, "_PARTED_FROM_BYTES", 0)
    patch.setattr(parts, "LEASE", timedelta(seconds=LEASE_SECONDS))
    patch.setattr("tables.jobs.runner.MOST_IN_CHUNK", 30)
