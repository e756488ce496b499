"""UpdateItem of API version 2011-12-05."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from tables.access.callers import Caller
from tables.api.putitem import protocol2011
from tables.api.putitem.answers import require_showable, written_answer
from tables.api.putitem.targets import Members, return_values_of, target
from tables.core.errors import Forbidden, ItemNotFound
from tables.core.operations import ReturnValues, Written
from tables.core.sizes import item_size
from tables.core.updates import Change, require_changes
from tables.core.values import AttributeValue, Item
from tables.items.conditions import Expected
from tables.items.drafts import Edit
from tables.items.reads import stored
from tables.items.target import Target
from tables.items.updates import update
from tables.items.wanted import Rewrite
from tables.items.writes import send


def update_item(members: Members, caller: Caller) -> dict[str, Any]:
    """UpdateItem: PUT, ADD and DELETE on attributes, under the conditions of `Expected`."""
    at = target(members.get("TableName"), caller, "change")
    changes = protocol2011.read_updates(members.get("AttributeUpdates"))
    require_changes(changes, at.description.key_names)
    takes_away = bool(changes) and all(change.action in ("remove", "delete") for change in changes)
    key = protocol2011.read_key(members.get("Key"), at.description)
    write = update(
        at,
        key,
        Edit(changes),
        condition=Expected(protocol2011.read_expected(members.get("Expected"))),
        # What takes away, and does nothing else, created no item in 2011; UpdateItem now would.
        may_create=not takes_away,
        most_bytes=protocol2011.MAX_ITEM_BYTES if _may_grow_past(at, key, changes) else None,
        return_values=return_values_of(members, *get_args(ReturnValues)),
    )
    if write.return_values != "NONE":
        names = None if write.return_values.startswith("ALL") else write.touched
        require_showable(at, write.key, names)
    return written_answer(_sent(write), at)


def _may_grow_past(at: Target, key: Item, changes: Sequence[Change]) -> bool:
    """Whether the limit of that time is near: from half of it on the item is judged as a whole.

    A counter grows by no more than a number.
    """
    added = {str(c.path[0]): c.value for c in changes if c.value is not None and _adds(c, c.value)}
    if not added:
        return False
    now = stored(at, key) or {}
    return item_size(now) + item_size(added) > protocol2011.MAX_ITEM_BYTES // 2


def _adds(change: Change, value: AttributeValue) -> bool:
    is_counter = change.action == "add" and "N" in value
    return change.action in ("set", "add") and not is_counter


def _sent(write: Rewrite) -> Written:
    try:
        return send(write)
    except ItemNotFound:
        return Written(capacity=1.0)
    except Forbidden as error:
        raise Forbidden("There is no such item, and you may not add items.") from error
