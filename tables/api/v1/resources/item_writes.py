"""The writes of v1: each one conditional in itself, and whole together with its companions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import UTC, datetime

from tables.api.v1.requests.bodies import Change, Draft
from tables.api.v1.requests.preconditions import Conditions
from tables.api.v1.targets import Target
from tables.core.admission import admit_change, admit_new
from tables.core.errors import (
    Conflict,
    InvalidRequest,
    InvalidValue,
    ItemExists,
    ItemNotFound,
    PreconditionFailed,
    Problem,
)
from tables.core.expressions import Placeholders
from tables.core.keys import coerce_binary_keys, key_of
from tables.core.natural_keys import (
    has_same_natural_key,
    natural_partition_key,
    pointer_to,
    require_server_chosen,
)
from tables.core.operations import Delete, Operation
from tables.core.preconditions import (
    compile_changes,
    compile_create,
    compile_delete,
    compile_replace,
    present,
)
from tables.core.updates import diff, same_value
from tables.core.values import Item, join_pointer
from tables.dynamodb.writes import rewrite, write


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write does to the item of `key`: `before` and `after` are None where there is none.

    `before` is not known to a delete without preconditions, which reads nothing.
    `is_named_by_server` where the client named the item by its own attributes, not by a URL.
    """

    key: Item
    before: Item | None
    after: Item | None
    is_named_by_server: bool = False

    @property
    def right(self) -> str:
        """The right that it needs: one to delete, to add or to change."""
        if self.after is None:
            return "delete"
        return "add" if self.before is None else "change"


# The operations that go with a write in one transaction, made when its outcome is known.
Companions = Callable[[Outcome], Sequence[Operation]]
_Decision = Callable[[Item | None], tuple[Operation, Outcome]]


def create(target: Target, draft: Draft, conditions: Conditions, companions: Companions) -> Outcome:
    """Create an item, or, on a table with a natural key, create or replace the one it names.

    Raises ItemExists, PreconditionFailed, Forbidden, InvalidRequest, InvalidValue, TooLarge.
    """
    item = coerce_binary_keys(draft.item, target.description)
    if target.table.natural_key:
        require_server_chosen(item, target.description)
        return _upsert(target, Draft(item, draft.is_typed), conditions, companions)
    target.require("add")
    conditions.require(None)
    if not target.table.client_keys:
        require_server_chosen(item, target.description)
    new = _admitted(_with_partition_key(item, target), target)
    outcome = Outcome(key_of(new, target.description), None, new)
    try:
        write(compile_create(new, target.description), companions=companions(outcome))
    except PreconditionFailed as error:
        if error.position > 0:
            raise
        raise ItemExists("An item with this key exists already.") from error
    return outcome


def replace(
    target: Target, key: Item, draft: Draft, conditions: Conditions, companions: Companions
) -> Outcome:
    """Make a whole item stand at a key, creating it where clients may choose keys.

    Raises ItemNotFound, PreconditionFailed, Forbidden, InvalidRequest, InvalidValue, TooLarge.
    """
    placed = Draft(_placed(coerce_binary_keys(draft.item, target.description), key), draft.is_typed)

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None and (target.table.natural_key or not target.table.client_keys):
            raise ItemNotFound("No item has that key, and the server makes keys here.")
        conditions.require(before)
        if before is None:
            return _creation(target, key, placed)
        return _replacement(target, key, placed.fitted(before), before)

    return _rewrite(target, key, decide, companions)


def change(
    target: Target, key: Item, patch: Change, conditions: Conditions, companions: Companions
) -> Outcome:
    """Change a stored item by a patch, in one write.

    Raises ItemNotFound, PreconditionFailed, PatchConflict, Forbidden, InvalidValue, TooLarge.
    """
    target.require("change")

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None:
            raise ItemNotFound("No item has that key.")
        conditions.require(before)
        after = _admitted_change(target, patch.apply(before), before)
        may_pin_less = patch.is_local and not conditions and target.table.schema is None
        operation = _compile_change(target, before, after, may_pin_less=may_pin_less)
        return operation, Outcome(key, before, after)

    return _rewrite(target, key, decide, companions)


def delete(target: Target, key: Item, conditions: Conditions, companions: Companions) -> Outcome:
    """Delete a stored item. Raises ItemNotFound, PreconditionFailed, Forbidden."""
    target.require("delete")
    if not conditions:
        return _delete_any(target, key, companions)

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None:
            raise ItemNotFound("No item has that key.")
        conditions.require(before)
        return compile_delete(before, target.description), Outcome(key, before, None)

    return _rewrite(target, key, decide, companions)


def _upsert(
    target: Target, draft: Draft, conditions: Conditions, companions: Companions
) -> Outcome:
    partition_key = {"S": natural_partition_key(draft.item, target.table)}
    item = {target.description.partition_key.name: partition_key, **draft.item}
    key = key_of(item, target.description)
    placed = Draft(item, draft.is_typed)

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        conditions.require(before)
        operation, outcome = (
            _creation(target, key, placed)
            if before is None
            else _replacement(target, key, placed.fitted(before), before)
        )
        return operation, replaced(outcome, is_named_by_server=True)

    return _rewrite(target, key, decide, companions)


def _creation(target: Target, key: Item, draft: Draft) -> tuple[Operation, Outcome]:
    target.require("add")
    after = _admitted(draft.item, target)
    return compile_create(after, target.description), Outcome(key, None, after)


def _replacement(target: Target, key: Item, new: Item, before: Item) -> tuple[Operation, Outcome]:
    target.require("change")
    after = _admitted_change(target, new, before)
    return compile_replace(before, after, target.description), Outcome(key, before, after)


def _delete_any(target: Target, key: Item, companions: Companions) -> Outcome:
    pool = Placeholders()
    operation = Delete(target.description.name, key, present(target.description, pool), pool)
    outcome = Outcome(key, None, None)
    try:
        write(operation, companions=companions(outcome))
    except PreconditionFailed as error:
        if error.position > 0:
            raise
        raise ItemNotFound("No item has that key.") from error
    return outcome


def _rewrite(target: Target, key: Item, decide: _Decision, companions: Companions) -> Outcome:
    outcomes: list[Outcome] = []

    def operations(before: Item | None) -> list[Operation]:
        operation, outcome = decide(before)
        outcomes.append(outcome)
        return [operation, *companions(outcome)]

    rewrite(target.description, key, operations)
    return outcomes[-1]


def _admitted(item: Item, target: Target) -> Item:
    return admit_new(
        item, target.table, target.description, target.caller.identity, datetime.now(UTC)
    )


def _admitted_change(target: Target, new: Item, before: Item) -> Item:
    if target.table.natural_key:
        _require_natural_key(target, new, before)
    return admit_change(
        new,
        before,
        target.table,
        target.description,
        target.caller.identity,
        datetime.now(UTC),
    )


def _require_natural_key(target: Target, new: Item, before: Item) -> None:
    expected = natural_partition_key(new, target.table)
    key = before[target.description.partition_key.name]
    # An item that another door made may have a key of its own.
    if key == {"S": expected} or has_same_natural_key(new, before, target.table):
        return
    detail = "The natural key belongs to another item than this URL's."
    pointers = [pointer_to(name) for name in target.table.natural_key]
    raise InvalidRequest(detail, problems=[Problem(pointer, detail) for pointer in pointers])


def _compile_change(target: Target, before: Item, after: Item, *, may_pin_less: bool) -> Operation:
    try:
        return compile_replace(before, after, target.description)
    except Conflict:
        if not may_pin_less:
            raise
        # Too wide to pin whole; what is not touched has no say in this change.
        changes = diff(before, after)
        touched = [change.path for change in changes]
        return compile_changes(changes, before, target.description, pinned=touched)


def _with_partition_key(item: Item, target: Target) -> Item:
    """The item with a partition key: the client's, or one made here where that is a string."""
    partition_key = target.description.partition_key
    if partition_key.name in item or partition_key.type != "S":
        return item
    return {partition_key.name: {"S": str(uuid.uuid4())}, **item}


def _placed(item: Item, key: Item) -> Item:
    """The item at the URL's key. Raises InvalidValue when it says another."""
    problems = [
        Problem(join_pointer("", name), f"{name} contradicts the key in the URL.")
        for name, value in key.items()
        if name in item and not same_value(item[name], value)
    ]
    if problems:
        raise InvalidValue(problems[0].detail, problems=problems)
    return {**{name: value for name, value in key.items() if name not in item}, **item}
