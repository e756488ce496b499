"""Whose rights a job works with: those of its owner at this moment, not of when it was ordered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from tables.access.callers import Caller
from tables.access.rights import require
from tables.configuration import registry
from tables.core.errors import Forbidden, TableNotFound
from tables.core.registry import Table
from tables.items.target import Target, find_target
from tables.jobs.kinds import KINDS
from tables.jobs.kinds.which import MOST_KEYS
from tables.records.jobs.models import Job


def owner_of(job: Job, now: datetime | None = None) -> Caller:
    """The owner with the groups that hold now. Raises Forbidden where none do any more."""
    user = User.objects.filter(username=job.owner_sub).first()
    if user is not None and not user.is_active:
        raise Forbidden("Whoever started this job may not sign in any more.")
    if job.groups_until is not None:
        if (now or timezone.now()) > job.groups_until:
            raise Forbidden("The token that this job was started with is a day old.")
        return Caller(job.owner_sub, job.owner_name, frozenset(job.groups))
    if user is None:
        raise Forbidden("Whoever started this job is not known any more.")
    groups = user.groups.values_list("name", flat=True)
    return Caller(job.owner_sub, job.owner_name, frozenset(groups))


def targets_of(job: Job, caller: Caller) -> dict[str, Target]:
    """The tables of an order, by alias, for a caller who may do all of it.

    Raises Forbidden, and TableNotFound for an alias that went or leads to another table now.
    """
    targets = targets_for(job, caller)
    if targets[job.alias].name != job.table:
        raise TableNotFound("The alias leads to another table than when the job was started.")
    return targets


def targets_for(job: Job, caller: Caller) -> dict[str, Target]:
    """The tables of an order that is not kept yet. Raises Forbidden, TableNotFound."""
    needed = KINDS[job.kind].rights(job.spec, job.alias)
    return {alias: _target(alias, rights, caller) for alias, rights in needed.items()}


def require_rights(needed: Mapping[str, frozenset[str]], caller: Caller) -> None:
    """Raise TableNotFound or Forbidden unless the caller has all of these rights."""
    for alias, rights in needed.items():
        _require(registry().get(alias), rights, caller)


def _target(alias: str, rights: frozenset[str], caller: Caller) -> Target:
    table = registry().get(alias)
    _require(table, rights, caller)
    return find_target(table, caller, "view")


def _require(table: Table, rights: frozenset[str], caller: Caller) -> None:
    for right in ("view", *sorted(rights - {"bulk"})):
        require(caller, right, table)
    if "bulk" in rights and caller.groups.isdisjoint(table.permissions.get("bulk", frozenset())):
        raise Forbidden(
            "None of your groups has the right “bulk” on {table}: it is asked for more than {most}"
            " items at once, and for all that a filter lets through.",
            most=f"{MOST_KEYS:,}",
            table=table.label,
        )
