"""What a caller may do: one rule, asked by every door before every operation."""

from __future__ import annotations

from functools import lru_cache

import structlog
from django.conf import settings

from tables.access.callers import Caller
from tables.core.errors import Forbidden, Sentence, TableNotFound
from tables.core.permissions import WRITE_RIGHTS
from tables.core.registry import Registry, Table

log = structlog.get_logger(__name__)

# Right -> what it lets one do to items, where its name is no verb.
DEEDS = {"bulk": "write many", "history": "see the history of"}


def can(caller: Caller, action: str, table: Table) -> bool:
    """Whether one of the caller's groups has this right on this table. Unknown actions: no."""
    return not caller.groups.isdisjoint(table.permissions.get(action, frozenset()))


def require(caller: Caller, action: str, table: Table) -> None:
    """Pass, or raise TableNotFound where the caller may not even view, Forbidden where they may.

    A table that a caller may not view must not be told from one that does not exist.
    """
    if not can(caller, "view", table):
        raise TableNotFound("No table has that alias.")
    if can(caller, action, table):
        return
    log.info("refused", caller=caller.sub, action=action, alias=table.alias)
    deed = DEEDS.get(action, action)
    if action in WRITE_RIGHTS and settings.READ_ONLY:
        raise Forbidden(
            "The whole site is read-only here: nobody may {action} items.",
            action=Sentence(deed),
        )
    if action in WRITE_RIGHTS and is_read_only(table):
        raise Forbidden(
            "{table} is read-only here: nobody may {action} items.",
            table=table.label,
            action=Sentence(deed),
        )
    raise Forbidden(
        "Your groups don't include one that may {action} items of {table}.",
        action=Sentence(deed),
        table=table.label,
    )


def is_read_only(table: Table) -> bool:
    """Whether nobody at all may write: READ_ONLY, or an alias map that grants no write."""
    return not any(table.permissions.get(action) for action in WRITE_RIGHTS)


def allowed_actions(caller: Caller, table: Table) -> frozenset[str]:
    """Every action that the caller may do; empty where they may not view."""
    allowed = frozenset(action for action in table.permissions if can(caller, action, table))
    return allowed if "view" in allowed else frozenset()


def viewable_tables(caller: Caller, registry: Registry) -> list[Table]:
    """What menus and lists show, in the order of the alias map."""
    return list(_viewable(caller.groups, registry))


@lru_cache(maxsize=32)
def _viewable(groups: frozenset[str], registry: Registry) -> tuple[Table, ...]:
    """Every page asks, and of two thousand tables each of them would be looked at."""
    caller = Caller("", "", groups)
    return tuple(table for table in registry.tables.values() if can(caller, "view", table))


def may_open_pages(caller: Caller, registry: Registry) -> bool:
    """Whether the admin pages are for this caller: a staff group, or a superuser group."""
    return not caller.groups.isdisjoint(registry.staff_groups | registry.superuser_groups)
