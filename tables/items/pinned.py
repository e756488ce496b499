"""Writes of items as they were read: pinned to all that was read, so that none is made twice and
none over what changed since.
"""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.errors import InvalidRequest, PreconditionFailed, TablesError
from tables.core.operations import Operation
from tables.core.preconditions import compile_create, compile_delete, compile_replace
from tables.core.updates import Change, apply_changes, same_value
from tables.core.values import Item
from tables.items.deletes import delete_as_shown
from tables.items.rules import completed, kept_names, marks, require_admitted, without_told
from tables.items.target import Target
from tables.items.wanted import Mark, Outcome, Rewrite, Settled


def as_read(
    target: Target, key: Item, before: Item | None, after: Item | None, mark: Mark
) -> Settled:
    """The write that makes `after` of `before`. Raises Conflict where it can't be pinned."""
    operation = _operation(target, before, after)
    return Settled(target, operation, Outcome(key, before, after), _as_it_is, mark)


def settled(write: Rewrite, before: Item | None, mark: Mark) -> Settled:
    """A write as it is decided on the item as read. Raises what its `decide` raises."""
    before = write.target.sight.kept(before)
    _operation, outcome = write.decide(before)
    return as_read(write.target, write.key, before, outcome.after, mark)


def changed(target: Target, before: Item, changes: Sequence[Change], mark: Mark) -> Settled | None:
    """The item after these changes; None where they change nothing.

    What DynamoDB would compute is computed here: what is told is what will be stored. Raises
    InvalidRequest, InvalidExpression, InvalidValue, TooLarge, Conflict.
    """
    wanted = without_told(changes, before, target)
    if same_but_for_ours(apply_changes(wanted, before), before, target):
        return None
    after = apply_changes(completed(wanted, before, target), before)
    require_admitted(after, before, target)
    key = {name: before[name] for name in target.description.key_names}
    return as_read(target, key, before, after, mark)


def deleted(target: Target, before: Item, mark: Mark) -> Settled:
    """The item gone. Raises Forbidden, Conflict."""
    write = delete_as_shown(target, before)
    return Settled(target, write.operation, write.outcome, _as_it_is, mark)


def _operation(target: Target, before: Item | None, after: Item | None) -> Operation:
    description = target.description
    if before is None and after is not None:
        return compile_create(after, description)
    if before is not None and after is None:
        return compile_delete(before, description, marks=marks(target.table))
    if before is None or after is None:
        raise InvalidRequest("There is nothing to write.")
    return compile_replace(before, after, description, marks=marks(target.table))


def same_but_for_ours(left: Item, right: Item, target: Target) -> bool:
    """Whether two states differ in nothing but stamps and version, which are not a client's."""
    theirs = (left.keys() | right.keys()).difference(kept_names(target.table))
    return all(
        name in left and name in right and same_value(left[name], right[name]) for name in theirs
    )


def _as_it_is(error: PreconditionFailed) -> TablesError:
    return error
