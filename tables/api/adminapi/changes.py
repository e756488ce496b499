"""Changes to an item: one UpdateItem for each action, or one for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tables.api.adminapi.envelopes import failed, succeeded
from tables.api.adminapi.targets import Target
from tables.api.adminapi.updates import read_changes, settle
from tables.core.admission import require_admissible
from tables.core.audit import AUDIT_ATTRIBUTES, updated_stamps
from tables.core.descriptions import TableDescription
from tables.core.errors import (
    Forbidden,
    PreconditionFailed,
    TablesError,
    Throttled,
    TransactionConflict,
    Unavailable,
)
from tables.core.expressions import Placeholders, format_path, require_within_limits
from tables.core.keys import require_index_keys
from tables.core.operations import Operation, Update
from tables.core.preconditions import compile_changes, compile_create, present
from tables.core.sizes import require_item_fits
from tables.core.updates import (
    Change,
    apply_changes,
    compile_parents,
    compile_update,
    require_changes,
)
from tables.core.values import Item
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import rewrite, write

# Gives the companions of a write that makes of the stored item (None: there is none) this one.
Companions = Callable[[Item | None, Item], Sequence[Operation]]


def run_actions(actions: Mapping[str, Any], key: Item, target: Target) -> list[dict[str, Any]]:
    """One write for each action, in order; what each came to, as `results` tells it.

    An action that fails leaves the others done. Raises Forbidden, Throttled and Unavailable as
    long as nothing was done; afterwards they fail every action that is left.
    """
    results: list[dict[str, Any]] = []
    for action, payload in actions.items():
        try:
            after = change(read_changes(action, payload), key, target)
        except (Forbidden, Throttled, Unavailable) as error:
            if not any(result["success"] for result in results):
                raise
            # It would meet every other action as well, after the same long wait.
            left = list(actions)[len(results) :]
            return results + [failed(name, error) for name in left]
        except TablesError as error:
            results.append(failed(action, error))
        else:
            results.append(succeeded(action, after))
    return results


def read_all_changes(actions: Mapping[str, Any]) -> list[Change]:
    """The changes of every action together, for one write. Raises InvalidExpression."""
    return [change for name, payload in actions.items() for change in read_changes(name, payload)]


def change(changes: Sequence[Change], key: Item, target: Target) -> Item | None:
    """Make these changes in one UpdateItem; the item after them, None when there are none.

    Raises Forbidden where the item is absent and the caller may not add it, TablesError.
    """
    if not changes:
        return None
    if target.table.schema is not None:
        return change_as_read(changes, key, target)
    return _change_unread(changes, key, target)


def change_as_read(
    changes: Sequence[Change],
    key: Item,
    target: Target,
    companions: Companions = lambda _stored, _after: (),
) -> Item:
    """As `change`, computed here from the item as read and pinned to it, with companions."""
    after: Item = {}

    def decide(stored: Item | None) -> Sequence[Operation]:
        nonlocal after
        operation, after = _decided(changes, key, stored, target)
        return [operation, *companions(stored, after)]

    rewrite(target.description, key, decide)
    return after


def _decided(
    changes: Sequence[Change], key: Item, stored: Item | None, target: Target
) -> tuple[Operation, Item]:
    if stored is None:
        _require_may_add(target)
    complete = _complete(changes, stored or key, target)
    after = apply_changes(complete, stored or key)
    require_admissible(after, target.table, target.description)
    if stored is None:
        return compile_create(after, target.description), after
    return compile_changes(complete, stored, target.description), after


def _change_unread(changes: Sequence[Change], key: Item, target: Target) -> Item:
    description = target.description
    stored: Item = {}
    if any(change.action == "delete" for change in changes):
        stored = _read(key, target) or {}
    complete = _complete(changes, stored, target)
    _require_values_fit(complete, description)
    pool = Placeholders()
    expression, guard = compile_update(complete, pool)
    there = "" if target.may("add") else present(description, pool)
    parts = [there, guard, compile_parents(complete, pool)]
    condition = require_within_limits(" AND ".join(part for part in parts if part))
    update = Update(description.name, key, expression, condition, pool)
    try:
        return write(update, return_values="ALL_NEW").attributes or {}
    except PreconditionFailed as error:
        raise _reason(error, complete, key, target) from error


def _complete(changes: Sequence[Change], stored: Item, target: Target) -> list[Change]:
    """The changes as they go out: sets told from lists, audit attributes ours alone."""
    complete = settle(changes, stored)
    if target.table.audit_attributes:
        stamps = updated_stamps(target.caller.identity, datetime.now(UTC))
        complete = [change for change in complete if change.path[0] not in AUDIT_ATTRIBUTES]
        complete += [Change("set", (name,), value) for name, value in stamps.items()]
    require_changes(complete, target.description.key_names)
    return complete


def _require_values_fit(changes: Sequence[Change], description: TableDescription) -> None:
    """What can be said of an item without reading it: its new values alone may break a limit."""
    values = {format_path(c.path): c.value for c in changes if c.value is not None}
    require_item_fits(values)
    whole = {
        str(c.path[0]): c.value
        for c in changes
        if c.action == "set" and c.value is not None and len(c.path) == 1
    }
    require_index_keys(whole, description)


def _require_may_add(target: Target) -> None:
    if not target.may("add"):
        raise Forbidden("No item has that key, and you may not add one.")


def _reason(
    error: PreconditionFailed, changes: Sequence[Change], key: Item, target: Target
) -> TablesError:
    """Why the guards of an update did not hold."""
    stored = error.current or _read(key, target)
    if stored is None:
        _require_may_add(target)
    # This raises what is wrong with the stored types; where nothing is, they changed just now.
    apply_changes(changes, stored or key)
    return TransactionConflict("The item changed at that moment; nothing was written.")


def _read(key: Item, target: Target) -> Item | None:
    return get_item(target.description.name, key, consistent=True).item
