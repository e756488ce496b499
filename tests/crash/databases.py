"""A database that processes share: the one in memory, which other tests use, nobody else sees."""

import contextlib

from django.core.management import call_command
from django.db import connections

from project.environment import database


@contextlib.contextmanager
def shared_database(url, folder, blocker, monkeypatch):
    """Let Django use this database, migrated, in this process and in those that it forks."""
    usual = dict(connections.settings["default"])
    monkeypatch.setenv("CRASH_DATABASE", url)
    made = {**usual, **database("CRASH_DATABASE", "", folder)}
    if url.startswith("postgres"):
        made |= {"ENGINE": "project.postgresql", "OPTIONS": {}, "CONN_MAX_AGE": 0}
    else:
        made["ENGINE"] = "project.sqlite"
    monkeypatch.setitem(connections.settings, "default", made)
    with blocker.unblock():
        fresh_connections()
        call_command("migrate", verbosity=0)
        try:
            yield
        finally:
            connections.close_all()
            connections.settings["default"] = usual
            fresh_connections()


def fresh_connections():
    """Let this thread, or a process that was just forked, make connections of its own."""
    with contextlib.suppress(AttributeError):
        del connections["default"]
