"""What a start says of the database, and never waits for."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import ConnectionHandler
from psycopg import OperationalError

from project.postgresql import base as postgresql

ROOT = Path(__file__).resolve().parents[2]
START = "import project.wsgi, project.database as d; d.look_at_database().join()"


@pytest.fixture
def events(tmp_path):
    """What a start with this database logs."""

    def start(url, program=START):
        started = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "project.settings",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return [json.loads(line) for line in started.stderr.splitlines()]

    return start


def test_a_new_database_and_its_folder_are_its_owners_alone(events, tmp_path):
    file = tmp_path / "var" / "new.sqlite3"
    events(f"sqlite:///{file}")
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(found.stat().st_mode) for found in file.parent.iterdir()} == {0o600}


def test_a_database_of_a_former_version_is_closed_to_others(events, tmp_path):
    url = f"sqlite:///{tmp_path}/former.sqlite3"
    events(url)
    files = [*tmp_path.iterdir()]
    for file in files:
        file.chmod(0o644)
    events(url)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files if file.exists()} == {0o600}


def test_a_forgotten_migration_is_told_with_the_command_that_mends_it(events, tmp_path):
    told = events(f"sqlite:///{tmp_path}/new.sqlite3")
    assert {line["event"] for line in told} == {"database_not_migrated"}
    assert {(line["level"], line["mend"]) for line in told} == {("error", "manage.py migrate")}


def test_a_migrated_database_is_no_news(events, tmp_path):
    migrate = "from django.core.management import call_command as c; c('migrate', verbosity=0)"
    url = f"sqlite:///{tmp_path}/file.sqlite3"
    assert events(url, f"import django; django.setup(); {migrate}") == []
    assert events(url) == []


def test_a_database_that_is_away_is_told_and_the_start_goes_on(events):
    told = events("postgres://ann:secret@127.0.0.1:9/x")
    assert {line["event"] for line in told} == {"database_unreachable"}
    assert "secret" not in str(told)


def test_a_postgresql_that_says_nothing_is_left_alone_for_a_while(monkeypatch):
    """It takes connections, as a frozen one does, and answers none."""
    monkeypatch.setattr(postgresql, "_rest", {"until": 0.0})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        port = silent.getsockname()[1]
        database = {
            "ENGINE": "project.postgresql",
            "NAME": "x",
            "USER": "x",
            "HOST": "127.0.0.1",
            "PORT": port,
            "OPTIONS": {"connect_timeout": 2},
        }
        connection = ConnectionHandler({"default": database})["default"]
        for _ in range(5):
            with pytest.raises(OperationalError):
                connection.get_new_connection(connection.get_connection_params())
        taken = silent.accept()[0]
        with taken, pytest.raises(BlockingIOError):
            silent.accept()
