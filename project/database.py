"""Say at start-up where the database lacks what this version needs."""

import threading

import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

log = structlog.get_logger(__name__)

# Two looks at once would both make a new SQLite file, and one would find it locked.
_looking = threading.Lock()


def look_at_database() -> threading.Thread:
    """Look from a thread of its own: a start never waits for a database, programs need none."""
    thread = threading.Thread(target=_look, daemon=True)
    thread.start()
    return thread


def _look() -> None:
    with _looking:
        tell_what_is_missing()


def tell_what_is_missing() -> None:
    """Log a forgotten `migrate`: the errors that it leads to are logged without their words."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.warning("database_unreachable", reason=type(error).__name__)
    else:
        if missing:
            log.error("database_not_migrated", missing=len(missing), mend="manage.py migrate")
    finally:
        connection.close()
