"""Whole items: created, put over whatever stands there, replaced."""

from __future__ import annotations

from dataclasses import replace as replaced

from tables.core.errors import (
    Forbidden,
    InvalidValue,
    ItemExists,
    ItemNotFound,
    PreconditionFailed,
    Problem,
    Sentence,
    TablesError,
)
from tables.core.expressions import Placeholders
from tables.core.keys import key_of
from tables.core.operations import Operation, Put, ReturnValues
from tables.core.preconditions import absent, compile_create, compile_overwrite, compile_replace
from tables.core.updates import same_value
from tables.core.values import Item, join_pointer
from tables.items.conditions import UNCONDITIONAL, Condition
from tables.items.drafts import Draft
from tables.items.new_keys import made_key
from tables.items.rules import admitted_change, admitted_new, marks, raised
from tables.items.target import Target
from tables.items.wanted import Outcome, Rewrite, Settled, Unread


def create(target: Target, item: Item) -> Settled:
    """Create an item whose key nothing has yet.

    Raises Forbidden, InvalidRequest, InvalidValue, TooLarge; when written ItemExists, with what
    is stored as far as the engine gives it back.
    """
    target.require("add")
    new = admitted_new(item, target)
    operation = compile_create(new, target.description)
    outcome = Outcome(key_of(new, target.description), None, new)

    def refusal(error: PreconditionFailed) -> TablesError:
        return ItemExists("An item with this key exists already.", current=error.current)

    return Settled(target, operation, outcome, refusal)


def put(
    target: Target,
    item: Item,
    *,
    condition: Condition = UNCONDITIONAL,
    return_values: ReturnValues = "NONE",
) -> Rewrite:
    """Put a whole item, for a caller without the right to change only where none is.

    Raises InvalidRequest, InvalidValue, TooLarge; when written Forbidden, PreconditionFailed.
    """
    new = admitted_new(item, target)
    key = key_of(new, target.description)
    may_change = target.may("change")
    pool = Placeholders()
    parts = [condition.compiled(pool) or ""]
    if not may_change:
        parts.append(absent(target.description, pool))
    operation = Put(
        target.name,
        new,
        " AND ".join(part for part in parts if part),
        pool,
        # Under a condition an equal item may be another's: of two that count up, one must lose.
        key_names=() if condition else target.description.key_names,
    )

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        if before is None:
            return compile_create(new, target.description), Outcome(key, None, new)
        if not may_change:
            raise _may_not_change()
        after = raised(new, before, target.table)
        return _replacing(target, before, after, condition), Outcome(key, before, after)

    def refusal(error: PreconditionFailed) -> TablesError:
        is_taken = error.current is not None or not condition
        return _may_not_change() if is_taken and not may_change else error

    before = Unread.REPLACED if may_change else None
    unread = Settled(target, operation, Outcome(key, before, new), refusal)
    return Rewrite(target, key, decide, unread, return_values=return_values)


def upsert(target: Target, draft: Draft, condition: Condition) -> Rewrite:
    """Create the item that a natural key names, or replace it.

    Raises InvalidRequest; when written PreconditionFailed, Forbidden, InvalidValue, TooLarge.
    """
    name = target.description.partition_key.name
    item = {name: made_key(draft.item, target), **draft.item}
    key = key_of(item, target.description)
    placed = Draft(item, draft.is_typed)

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        operation, outcome = _placed_over(target, key, placed, before, condition)
        return operation, replaced(outcome, is_named_by_server=True)

    return Rewrite(target, key, decide)


def replace(target: Target, key: Item, draft: Draft, condition: Condition) -> Rewrite:
    """Make a whole item stand at a key, creating it where clients may choose keys.

    Raises InvalidValue for an item that says another key; when written ItemNotFound,
    PreconditionFailed, Forbidden, InvalidRequest, InvalidValue, TooLarge.
    """
    placed = Draft(_at_key(draft.item, key), draft.is_typed)
    makes_keys = bool(target.table.natural_key) or not target.table.client_keys

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None and makes_keys:
            raise ItemNotFound("No item has that key, and the server makes keys here.")
        condition.require(before)
        return _placed_over(target, key, placed, before, condition)

    return Rewrite(target, key, decide)


def _placed_over(
    target: Target, key: Item, draft: Draft, before: Item | None, condition: Condition
) -> tuple[Operation, Outcome]:
    if before is None:
        target.require("add")
        new = admitted_new(draft.item, target)
        return compile_create(new, target.description), Outcome(key, None, new)
    target.require("change")
    after = admitted_change(draft.fitted(before), before, target)
    return _replacing(target, before, after, condition), Outcome(key, before, after)


def _replacing(target: Target, before: Item, after: Item, condition: Condition) -> Operation:
    compiled = compile_replace if condition else compile_overwrite
    return compiled(before, after, target.description, marks=marks(target.table))


def _at_key(item: Item, key: Item) -> Item:
    """The item at the URL's key. Raises InvalidValue when it says another."""
    problems = [
        Problem(
            join_pointer("", name), Sentence("{name} contradicts the key in the URL.", name=name)
        )
        for name, value in key.items()
        if name in item and not same_value(item[name], value)
    ]
    if problems:
        raise InvalidValue(problems[0].detail, problems=problems)
    return {**{name: value for name, value in key.items() if name not in item}, **item}


def _may_not_change() -> Forbidden:
    return Forbidden("The item exists, and you may not change items.")
