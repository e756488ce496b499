"""What a page can do without: it is written to the database if that takes no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, connection, transaction

# SQLite has one writer at a time: so long the others are waited for. Everything else waits as long
# as the settings say.
PATIENCE_SECONDS = 2

log = structlog.get_logger(__name__)


def kept(what: str, write: Callable[[], object]) -> bool:
    """Whether the database could take what is written here; if not, the log says so."""
    try:
        with impatient(), transaction.atomic():
            write()
    except DatabaseError as error:
        log.warning("not_kept", what=what, reason=type(error).__name__)
        return False
    return True


@contextmanager
def impatient() -> Iterator[None]:
    """Wait two seconds at most for SQLite's other writers. Raises DatabaseError after that."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict.get("OPTIONS", {}).get("timeout", 5)  # sqlite3's own default
    _wait_at_most(PATIENCE_SECONDS)
    try:
        yield
    finally:
        _wait_at_most(usual)


def _wait_at_most(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
