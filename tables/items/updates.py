"""Stored items changed: by a patch, or at single paths."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence

from tables.core.errors import (
    Conflict,
    Forbidden,
    InvalidExpression,
    ItemNotFound,
    PreconditionFailed,
    TablesError,
    TooLarge,
    TransactionConflict,
)
from tables.core.expressions import (
    Path,
    Placeholders,
    format_path,
    require_within_limits,
    value_at,
)
from tables.core.keys import require_index_keys
from tables.core.operations import Operation, Put, ReturnValues, Update
from tables.core.preconditions import (
    compile_changes,
    compile_create,
    compile_created,
    compile_overwrite,
    compile_replace,
    present,
)
from tables.core.sizes import item_size, require_item_fits
from tables.core.updates import (
    Change,
    apply_changes,
    compile_parents,
    compile_update,
    diff,
)
from tables.core.values import Item
from tables.dynamodb.reads import get_item
from tables.items.conditions import UNCONDITIONAL, Condition
from tables.items.drafts import Edit, Patch
from tables.items.rules import (
    admitted_change,
    completed,
    constants,
    kept_names,
    marks,
    require_admitted,
    sets_natural_key,
    without_told,
)
from tables.items.target import Target
from tables.items.wanted import Decide, Outcome, Refusal, Rewrite

# Sums of whole numbers as long as this come out the same in every engine, to the character.
_EXACT = re.compile(r"-?[0-9]{1,15}")


def patch(target: Target, key: Item, wanted: Patch, condition: Condition) -> Rewrite:
    """Change a stored item by a patch.

    Raises Forbidden; when written ItemNotFound, PreconditionFailed, PatchConflict, InvalidRequest,
    InvalidValue, TooLarge, Conflict for an item too wide to be pinned.
    """
    target.require("change")
    may_pin_less = wanted.is_local and not condition and target.table.schema is None

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None:
            raise _no_item()
        condition.require(before)
        after = admitted_change(wanted.apply(before), before, target)
        operation = _compile_patched(target, before, after, may_pin_less=may_pin_less)
        return operation, Outcome(key, before, after)

    return Rewrite(target, key, decide)


def update(
    target: Target,
    key: Item,
    edit: Edit,
    *,
    condition: Condition = UNCONDITIONAL,
    may_create: bool = True,
    most_bytes: int | None = None,
    return_values: ReturnValues = "ALL_NEW",
) -> Rewrite:
    """Change an item at single paths, as UpdateItem does; one that is not there is created.

    DynamoDB computes the values, so that counters never collide, unless the item is judged as a
    whole: by a schema, or because it may not grow past `most_bytes` (stamps aside). When written
    raises ItemNotFound where it may not be created by this update, Forbidden where the caller may
    not add, PreconditionFailed, InvalidExpression, InvalidValue, TooLarge.
    """
    is_judged = (
        target.table.schema is not None
        or most_bytes is not None
        or sets_natural_key(edit.changes, target)
    )

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        if before is None:
            _require_creating(target, may_create=may_create)
        start = before or {**key, **constants(target)}
        wanted = without_told(edit.settled(before or key), start, target)
        changes = completed(wanted, before, target)
        if not is_judged:
            _require_values_fit(changes, target)
        after = apply_changes(changes, start)
        require_admitted(after, before, target)
        if most_bytes is not None:
            _require_no_growth_past(most_bytes, before or {}, after, target)
        compiled = _compile_told if target.keeps_history else _compile_judged
        return compiled(target, changes, before, after), Outcome(key, before, after)

    def computed() -> tuple[Operation, Refusal]:
        return _computed(target, key, edit, condition, decide, may_create=may_create)

    return Rewrite(
        target,
        key,
        decide,
        computed=None if is_judged else computed,
        return_values=return_values,
        touched=frozenset(str(change.path[0]) for change in edit.changes),
        added=frozenset(str(c.path[0]) for c in edit.changes if c.action == "add"),
    )


def merge(target: Target, key: Item, edit: Edit) -> Rewrite:
    """Change a stored item at single paths, leaving to others what they changed elsewhere.

    Pinned to what is touched, or to the whole item that a schema has judged. When written raises
    ItemNotFound, what `edit` raises, InvalidValue, TooLarge.
    """

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None:
            raise _no_item()
        settled = without_told(edit.settled(before), before, target)
        changes = completed(settled, before, target)
        after = apply_changes(changes, before)
        require_admitted(after, before, target)
        touched = [change.path for change in settled]
        operation = _compile_merged(target, changes, before, after, touched)
        return operation, Outcome(key, before, after)

    return Rewrite(target, key, decide)


def _computed(
    target: Target,
    key: Item,
    edit: Edit,
    condition: Condition,
    decide: Decide,
    *,
    may_create: bool,
) -> tuple[Operation, Refusal]:
    """One UpdateItem of the item as DynamoDB has it, guarded by the types that it needs."""
    stored = _stored(target, key) if edit.settle is not None else None
    changes = completed(edit.settled(stored or {}), stored, target)
    _require_values_fit(changes, target)
    pool = Placeholders()
    expression, guard = compile_update(changes, pool)
    # Without its natural key no item may come to be.
    must_be_there = not may_create or not target.may("add") or bool(target.table.natural_key)
    parts = [
        present(target.description, pool) if must_be_there else "",
        guard,
        compile_parents(changes, pool),
        condition.compiled(pool) or "",
    ]
    text = require_within_limits(" AND ".join(part for part in parts if part))

    def refusal(error: PreconditionFailed) -> TablesError:
        now = error.current or _stored(target, key)
        # This raises what is wrong with the item; where nothing is, it changed just now.
        decide(now)
        if condition:
            return error
        return TransactionConflict("The item changed at that moment; nothing was written.")

    return Update(target.name, key, expression, text, pool), refusal


def _require_values_fit(changes: Sequence[Change], target: Target) -> None:
    """What can be said of an item without reading it: its new values alone may break a limit."""
    values = {format_path(c.path): c.value for c in changes if c.value is not None}
    require_item_fits(values)
    whole = {
        str(c.path[0]): c.value
        for c in changes
        if c.action == "set" and c.value is not None and len(c.path) == 1
    }
    require_index_keys(whole, target.description)


def _require_no_growth_past(most: int, before: Item, after: Item, target: Target) -> None:
    """Raise TooLarge where a change makes an item larger than that; one that is may shrink."""
    size = item_size(_unstamped(after, target))
    if size > most and size > item_size(_unstamped(before, target)):
        raise TooLarge(
            "The item would be {size} bytes; it may hold {most} here.", size=size, most=most
        )


def _unstamped(item: Item, target: Target) -> Item:
    kept = kept_names(target.table)
    return {name: value for name, value in item.items() if name not in kept}


def _require_creating(target: Target, *, may_create: bool) -> None:
    if not may_create:
        raise _no_item()
    if not target.may("add"):
        raise Forbidden("No item has that key, and you may not add one.")


def _compile_patched(target: Target, before: Item, after: Item, *, may_pin_less: bool) -> Operation:
    try:
        return compile_replace(before, after, target.description, marks=marks(target.table))
    except Conflict:
        if not may_pin_less:
            raise
        operation = compile_overwrite(before, after, target.description, marks=marks(target.table))
        if isinstance(operation, Put):
            # What others changed elsewhere would be gone.
            raise
        return operation


def _compile_judged(
    target: Target, changes: list[Change], before: Item | None, after: Item
) -> Operation:
    """The update of an item that was judged as a whole, pinned to it."""
    if before is None:
        return compile_create(after, target.description)
    if not changes:
        return compile_replace(before, after, target.description, marks=marks(target.table))
    return compile_changes(changes, before, target.description, marks=marks(target.table))


def _compile_told(
    target: Target, changes: list[Change], before: Item | None, after: Item
) -> Operation:
    """The update whose outcome history tells beforehand, so that what is told is what is stored.

    As it would be without history, where every engine comes to the same; else with values in place
    of sums and positions: engines round long sums, and some take elements out of a list wrongly.
    """
    is_exact = all(_is_exact(change, after) for change in changes)
    if before is None:
        if changes and is_exact and not constants(target):
            return compile_created(changes, after, target.description)
        return compile_create(after, target.description)
    if not is_exact:
        changes = diff(before, after, nested=True)
    return _compile_merged(
        target, changes, before, after, _pinned([c.path for c in changes], target)
    )


def _is_exact(change: Change, after: Item) -> bool:
    """Whether every engine makes of a change what we say that it comes to."""
    if any(isinstance(segment, int) for segment in change.path):
        return False
    now = value_at(after, change.path)
    if change.action == "delete":
        return now is not None
    if change.action != "add" or change.value is None or "N" not in change.value:
        return True
    return all(value and _EXACT.fullmatch(value["N"]) for value in (change.value, now))


def _compile_merged(
    target: Target, changes: list[Change], before: Item, after: Item, touched: list[Path]
) -> Operation:
    if not changes:
        return compile_replace(before, after, target.description, marks=marks(target.table))
    try:
        if target.table.schema is not None:
            with contextlib.suppress(Conflict):  # too wide to be pinned whole
                return compile_changes(
                    changes, before, target.description, marks=marks(target.table)
                )
        pinned = _pinned(touched, target)
        return compile_changes(changes, before, target.description, pinned=pinned)
    except InvalidExpression:
        # More changes than one expression may hold.
        compiled = compile_overwrite if target.keeps_history else compile_replace
        return compiled(before, after, target.description, marks=marks(target.table))


def _pinned(touched: Iterable[Path], target: Target) -> list[Path]:
    """What a change of single paths depends on: those paths, the version, the caller's sight."""
    names = [name for name in target.sight.rule_names if name not in target.description.key_names]
    if target.table.version:
        names.append(target.table.version)
    return list(dict.fromkeys([*touched, *((name,) for name in names)]))


def _no_item() -> ItemNotFound:
    return ItemNotFound("No item has that key.")


def _stored(target: Target, key: Item) -> Item | None:
    """The item as it is now, for an engine that doesn't give it back with a failed condition."""
    return get_item(target.name, key, consistent=True).item
