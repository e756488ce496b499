"""System checks of the alias map: `manage.py check` names every mistake in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from tables.configuration import alias_map_mistakes


def check_alias_map(**_: Any) -> list[checks.CheckMessage]:
    """One error for each mistake in `TABLES_FILE`."""
    return [
        checks.Error(mistake.message, hint=mistake.hint or None, id=mistake.id)
        for mistake in alias_map_mistakes()
    ]


def check_discovery(**_: Any) -> list[checks.CheckMessage]:
    """A warning before every table of an account becomes reachable in production."""
    if not settings.DYNAMODB_DISCOVER:
        return []
    return [
        checks.Warning(
            "DYNAMODB_DISCOVER makes every table of the account reachable.",
            hint="Switch it off, and name the tables in TABLES_FILE.",
            id="tables.W001",
        )
    ]
