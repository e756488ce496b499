"""Refuse to start where history is asked for and its table is not there, or is another one."""

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tables.configuration import registry
from tables.core.errors import TablesError
from tables.dynamodb.deadline import deadline
from tables.dynamodb.history_table import history_table_fits
from tables.records.history.entries import mode_of

log = structlog.get_logger(__name__)

# An engine that is away must not hold a start: then every write says so.
_PATIENCE_SECONDS = 4


def require_history_table() -> None:
    """Raise ImproperlyConfigured, with the command that mends it; nothing where none is kept."""
    if not settings.HISTORY and all(mode_of(t) == "off" for t in registry().tables.values()):
        return
    try:
        with deadline(_PATIENCE_SECONDS):
            is_there = history_table_fits(settings.HISTORY_TABLE)
    except TablesError as error:
        log.warning("history_table_not_seen", reason=error.code)
        return
    if not is_there:
        raise ImproperlyConfigured(
            f"History is switched on, and the table {settings.HISTORY_TABLE!r} is not there or is "
            "not one of its shape: run `manage.py create_history_table`, or set HISTORY=false."
        )
