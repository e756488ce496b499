"""The alias map of this site, and the description of the table behind an alias."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver

from tables.core.alias_map import Mistake, discovered, load_registry
from tables.core.descriptions import TableDescription
from tables.core.registry import Registry, Table
from tables.dynamodb.descriptions import (
    describe_table,
    forget_descriptions,
    kept_description,
    list_tables,
)

# How long a discovered list of tables is used (development only).
DISCOVERED_SECONDS = 10
_READ_FROM = frozenset(
    {"TABLES_FILE", "READ_ONLY", "STATE_TABLE", "HISTORY_TABLE", "DYNAMODB_DISCOVER"}
)


def registry() -> Registry:
    """The alias map, read once. Raises ImproperlyConfigured, naming every mistake in the file."""
    loaded, mistakes = _loaded()
    if mistakes:
        lines = (f"{mistake.id}: {mistake.message} {mistake.hint}" for mistake in mistakes)
        raise ImproperlyConfigured("\n".join(lines))
    if settings.DYNAMODB_DISCOVER:
        return _discovered(int(time.monotonic() // DISCOVERED_SECONDS))
    return loaded


def alias_map_mistakes() -> list[Mistake]:
    """What the system checks say of the file."""
    return _loaded()[1]


def mapped_tables() -> tuple[Table, ...]:
    """The file's aliases, without those that have a mistake; nothing is asked of DynamoDB."""
    return tuple(_loaded()[0].tables.values())


def description(table: Table) -> TableDescription:
    """Keys, indexes and counts of the table behind an alias. Raises TablesError."""
    return describe_table(table.table)


def _own_tables() -> frozenset[str]:
    """Tables that no alias may reach."""
    return frozenset({settings.STATE_TABLE, settings.HISTORY_TABLE})


def known_description(table: Table) -> TableDescription | None:
    """The same, where it is kept: nothing is asked."""
    return kept_description(table.table)


@functools.cache
def _loaded() -> tuple[Registry, list[Mistake]]:
    return load_registry(
        Path(settings.TABLES_FILE),
        read_only=settings.READ_ONLY,
        reserved=_own_tables(),
    )


@functools.lru_cache(maxsize=1)
def _discovered(_period: int) -> Registry:
    own = _own_tables()
    names = [name for name in list_tables() if name not in own]
    return discovered(names, read_only=settings.READ_ONLY, groups=_loaded()[0])


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    """Tests change settings; what was derived from them goes."""
    if setting in _READ_FROM:
        _loaded.cache_clear()
        _discovered.cache_clear()
        forget_descriptions()
