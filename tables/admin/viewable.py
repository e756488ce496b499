"""What the pages of a caller list, found once for each alias map and each set of groups."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from tables.access.callers import Caller
from tables.access.rights import can, viewable_tables
from tables.admin.groups import Groups, grouped
from tables.configuration import registry
from tables.core.registry import Registry, Table
from tables.records.history.entries import mode_of


def viewable_groups(caller: Caller) -> Groups:
    """The tables that the caller may view, under their headings."""
    return _groups(caller.groups, registry(), get_language())


def tables_with_history(caller: Caller) -> list[Table]:
    """The tables whose history is kept and the caller may see; DynamoDB is not asked."""
    return list(_with_history(caller.groups, registry(), settings.HISTORY))


@lru_cache(maxsize=32)
def _groups(groups: frozenset[str], registry: Registry, _language: str | None) -> Groups:
    return grouped(viewable_tables(Caller("", "", groups), registry))


@lru_cache(maxsize=32)
def _with_history(groups: frozenset[str], registry: Registry, _wanted: object) -> tuple[Table, ...]:
    caller = Caller("", "", groups)
    return tuple(
        table
        for table in viewable_tables(caller, registry)
        if mode_of(table) != "off" and can(caller, "history", table)
    )
