"""Items deleted: by their key, under a condition, or as they were shown to somebody."""

from __future__ import annotations

from tables.core.errors import ItemNotFound, PreconditionFailed, TablesError
from tables.core.expressions import Placeholders
from tables.core.operations import Delete, Operation, ReturnValues
from tables.core.preconditions import absent, compile_delete, present
from tables.core.values import Item
from tables.items.conditions import UNCONDITIONAL, Condition
from tables.items.rules import marks
from tables.items.target import Target
from tables.items.wanted import Outcome, Rewrite, Settled, Unread


def delete(
    target: Target,
    key: Item,
    *,
    condition: Condition = UNCONDITIONAL,
    must_be_there: bool = False,
    return_values: ReturnValues = "NONE",
) -> Rewrite:
    """Delete the item of a key; without one nothing happens, unless it must be there.

    Raises Forbidden; when written ItemNotFound, PreconditionFailed.
    """
    target.require("delete")
    description = target.description

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None and must_be_there:
            raise _no_item()
        condition.require(before)
        outcome = Outcome(key, before, None)
        if before is None:
            pool = Placeholders()
            return Delete(target.name, key, absent(description, pool), pool), outcome
        return compile_delete(before, description, marks=marks(target.table)), outcome

    def refusal(error: PreconditionFailed) -> TablesError:
        return _no_item() if must_be_there and not condition else error

    pool = Placeholders()
    compiled = condition.compiled(pool)
    unread = None
    if compiled is not None:
        text = compiled or (present(description, pool) if must_be_there else "")
        outcome = Outcome(key, Unread.DELETED, None)
        unread = Settled(target, Delete(target.name, key, text, pool), outcome, refusal)
    return Rewrite(target, key, decide, unread, return_values=return_values)


def delete_as_shown(target: Target, shown: Item) -> Settled:
    """Delete an item if it still is what somebody was shown.

    Raises Forbidden, Conflict; when written PreconditionFailed, with what is stored.
    """
    target.require("delete")
    operation = compile_delete(shown, target.description, marks=marks(target.table))
    return Settled(target, operation, Outcome(operation.key, shown, None), lambda error: error)


def _no_item() -> ItemNotFound:
    return ItemNotFound("No item has that key.")
