"""System checks of the alias map: `manage.py check` names every mistake in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from tables.configuration import alias_map_mistakes, mapped_tables
from tables.core.errors import TablesError
from tables.core.expressions import format_path
from tables.core.registry import Table
from tables.core.schemas import declared_types
from tables.dynamodb.descriptions import describe_table


def check_alias_map(**_: Any) -> list[checks.CheckMessage]:
    """One error for each mistake in `TABLES_FILE`."""
    return [
        checks.Error(mistake.message, hint=mistake.hint or None, id=mistake.id)
        for mistake in alias_map_mistakes()
    ]


def check_types(**_: Any) -> list[checks.CheckMessage]:
    """A warning for each of `types` that the table's own schema contradicts."""
    return [
        checks.Warning(
            f"[{table.alias}.types] {path} is {tag}, and {declared} in its schema.",
            hint="Filters go by types; make the schema say the same.",
            id="tables.W002",
        )
        for table in mapped_tables()
        for path, declared in declared_types(table.schema).items()
        if (tag := table.types.get(path, declared)) != declared
    ]


def check_types_of_keys(**_: Any) -> list[checks.CheckMessage]:
    """An error for each of `types` that a key of the real table contradicts, where it answers."""
    return [
        checks.Error(
            f"[{table.alias}.types] {path} is {tag}, and the key attribute is {key_type}.",
            hint="Keys have the type of the table or index; leave it out here.",
            id="tables.E009",
        )
        for table in mapped_tables()
        for path, key_type in _key_types(table).items()
        if (tag := table.types.get(path, key_type)) != key_type
    ]


def _key_types(table: Table) -> dict[str, str]:
    if not table.types:
        return {}
    try:
        keys = describe_table(table.table).declared_types()
    except TablesError:
        return {}
    return {format_path((name,)): tag for name, tag in keys.items()}


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
