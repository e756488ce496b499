"""UpdateItem of API version 2011-12-05."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from tables.access.callers import Caller
from tables.access.rights import can
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import require_showable, written_answer
from tables.api.putitem.targets import (
    Members,
    Target,
    return_values_of,
    target,
)
from tables.core.admission import require_admissible
from tables.core.audit import AUDIT_ATTRIBUTES, updated_stamps
from tables.core.errors import Forbidden, PreconditionFailed
from tables.core.expressions import Placeholders, value_at
from tables.core.filters import Group, Term, compile_filter
from tables.core.operations import Put, Update
from tables.core.preconditions import absent, compile_changes, present
from tables.core.updates import Change, apply_changes, compile_update, require_changes, same_value
from tables.core.values import Item
from tables.dynamodb import reads, writes


@dataclass(frozen=True, slots=True)
class _Request:
    """A checked UpdateItem. `only_takes_away` is true of one that deletes and does nothing else."""

    at: Target
    key: Item
    changes: Sequence[Change]
    only_takes_away: bool
    expected: Group
    return_values: writes.ReturnValues
    may_add: bool


class _NothingThere(Exception):
    """There is no item to take from. In 2011-12-05 that creates none; UpdateItem now would."""


def update_item(members: Members, caller: Caller) -> dict[str, Any]:
    """UpdateItem: PUT, ADD and DELETE on attributes, under the conditions of `Expected`."""
    request = _read(members, caller)
    if request.return_values != "NONE":
        require_showable(request.at, request.key, _asked_names(request))
    try:
        written = _validated(request) if request.at.table.schema else _direct(request)
    except _NothingThere:
        written = writes.Written(capacity=1.0)
    return written_answer(written, request.at)


def _read(members: Members, caller: Caller) -> _Request:
    at = target(members.get("TableName"), caller, "view", "change")
    changes = protocol2011.read_updates(members.get("AttributeUpdates"))
    require_changes(changes, at.description.key_names)
    only_takes_away = bool(changes) and all(
        change.action in ("remove", "delete") for change in changes
    )
    if at.table.audit_attributes:
        changes = [change for change in changes if change.path[0] not in AUDIT_ATTRIBUTES]
        stamps = updated_stamps(caller.identity, datetime.now(UTC))
        changes += [Change("set", (name,), value) for name, value in stamps.items()]
    return _Request(
        at,
        protocol2011.read_key(members.get("Key"), at.description),
        changes,
        only_takes_away,
        protocol2011.read_expected(members.get("Expected")),
        return_values_of(members, *get_args(writes.ReturnValues)),
        can(caller, "add", at.table),
    )


def _direct(request: _Request) -> writes.Written:
    """One UpdateItem; DynamoDB checks `Expected`, so counters never collide."""
    pool = Placeholders()
    expression, guard = compile_update(request.changes, pool)
    conditions = [guard, compile_filter(request.expected, pool)]
    if request.only_takes_away or not request.may_add:
        conditions.append(present(request.at.description, pool))
    condition = " AND ".join(part for part in conditions if part)
    operation = Update(request.at.table.table, request.key, expression, condition, pool)
    try:
        return writes.write(operation, return_values=request.return_values)
    except PreconditionFailed as error:
        stored = error.current or _stored(request)
        _require_expected(request, stored)
        if stored is None:
            _require_creating(request)
        # What is expected holds, so it was a value's type.
        apply_changes(request.changes, stored or request.key)
        raise


def _validated(request: _Request) -> writes.Written:
    """Apply the changes here, check the item against the schema, write it pinned."""
    after: Item = {}

    def decide(stored: Item | None) -> list[Put | Update]:
        _require_expected(request, stored)
        if stored is None:
            _require_creating(request)
        changed = apply_changes(request.changes, stored or request.key)
        require_admissible(changed, request.at.table, request.at.description)
        after.clear()
        after.update(changed)
        if stored is None:
            pool = Placeholders()
            return [
                Put(request.at.table.table, changed, absent(request.at.description, pool), pool)
            ]
        return [compile_changes(list(request.changes), stored, request.at.description)]

    done = writes.rewrite(request.at.description, request.key, decide)
    before = done.before or {}
    return writes.Written(_asked_back(request, before, after), done.capacity)


def _asked_back(request: _Request, before: Item, after: Item) -> Item | None:
    source = before if request.return_values.endswith("OLD") else after
    if request.return_values == "NONE":
        return None
    names = _asked_names(request)
    return {name: value for name, value in source.items() if names is None or name in names}


def _asked_names(request: _Request) -> set[str] | None:
    """The attributes that `ReturnValues` asks for, None for all."""
    if request.return_values.startswith("ALL"):
        return None
    return {str(change.path[0]) for change in request.changes}


def _require_expected(request: _Request, stored: Item | None) -> None:
    for term in request.expected.parts:
        if isinstance(term, Term) and not _holds(term, stored or {}):
            raise PreconditionFailed("The conditional request failed.", current=stored)


def _holds(term: Term, item: Item) -> bool:
    value = value_at(item, term.path)
    if not term.operands:
        return value is None
    return value is not None and same_value(value, term.operands[0])


def _require_creating(request: _Request) -> None:
    """Raise _NothingThere or Forbidden unless the request may make an item that is absent."""
    if request.only_takes_away:
        raise _NothingThere
    if not request.may_add:
        raise Forbidden("There is no such item, and you may not add items.")


def _stored(request: _Request) -> Item | None:
    """The item as it is now, for an engine that doesn't give it back with a failed condition."""
    return reads.get_item(request.at.table.table, request.key, consistent=True).item
