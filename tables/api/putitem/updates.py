"""UpdateItem of API version 2011-12-05."""

from __future__ import annotations

from typing import Any, get_args

from tables.access.callers import Caller
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import require_showable, written_answer
from tables.api.putitem.targets import Members, return_values_of, target
from tables.core.errors import Forbidden, ItemNotFound
from tables.core.operations import ReturnValues, Written
from tables.core.updates import require_changes
from tables.items.conditions import Expected
from tables.items.drafts import Edit
from tables.items.updates import update
from tables.items.wanted import Rewrite
from tables.items.writes import send


def update_item(members: Members, caller: Caller) -> dict[str, Any]:
    """UpdateItem: PUT, ADD and DELETE on attributes, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "change")
    changes = protocol2011.read_updates(members.get("AttributeUpdates"))
    require_changes(changes, at.description.key_names)
    takes_away = bool(changes) and all(change.action in ("remove", "delete") for change in changes)
    write = update(
        at,
        protocol2011.read_key(members.get("Key"), at.description),
        Edit(changes),
        condition=Expected(protocol2011.read_expected(members.get("Expected"))),
        # What takes away, and does nothing else, created no item in 2011; UpdateItem now would.
        may_create=not takes_away,
        return_values=return_values_of(members, *get_args(ReturnValues)),
    )
    if write.return_values != "NONE":
        names = None if write.return_values.startswith("ALL") else write.touched
        require_showable(at, write.key, names)
    return written_answer(_sent(write), at)


def _sent(write: Rewrite) -> Written:
    try:
        return send(write)
    except ItemNotFound:
        return Written(capacity=1.0)
    except Forbidden as error:
        raise Forbidden("There is no such item, and you may not add items.") from error
