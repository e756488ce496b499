"""Django's PostgreSQL, which a process leaves alone for a while where it says nothing.

A page asks the database many times, for its session, its person and its preferences. Each would
wait `connect_timeout` anew, so that one page held its thread for minutes.
"""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base

REST_SECONDS = 5
# Who refuses at once may be asked at once: it is starting.
SLOW_SECONDS = 1

_rest = {"until": 0.0}


class DatabaseWrapper(base.DatabaseWrapper):
    """Raises OperationalError without asking while the database rests."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        began = time.monotonic()
        if began < _rest["until"]:
            raise psycopg.OperationalError("The database has just said nothing.")
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if time.monotonic() - began > SLOW_SECONDS:
                _rest["until"] = time.monotonic() + REST_SECONDS
            raise
