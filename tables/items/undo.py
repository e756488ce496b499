"""Taking back: undo of one version, and restore of an item as an earlier version left it.

Both are ordinary writes: today's schema, keys and rights hold, and both leave an entry that can
be undone in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tables.core.deltas import Contested, Delta, change_of, is_made, reversed_deltas
from tables.core.errors import Clash, Forbidden, HistoryBroken, UndoConflict
from tables.core.expressions import Path, format_path, parse_path, value_at
from tables.core.operations import Operation
from tables.core.preconditions import compile_create, compile_overwrite, compile_removal
from tables.core.updates import Change, diff
from tables.core.values import Item
from tables.items.conditions import UNCONDITIONAL, Condition
from tables.items.drafts import Edit
from tables.items.history import Version, left_out_now, left_out_of
from tables.items.rules import admitted_change, as_stored, kept_names, marks
from tables.items.target import Target
from tables.items.updates import merge
from tables.items.wanted import Mark, Outcome, Rewrite


def undo(
    target: Target, version: Version, *, condition: Condition = UNCONDITIONAL, group: str = ""
) -> Rewrite:
    """Take back what a version changed, where it still stands as that version left it.

    Raises Forbidden; when written UndoConflict with what is contested, PreconditionFailed, and
    what the write of such an item raises.
    """
    entry, mark = version.entry, Mark("undo", version.entry.n, group)
    if not entry.before:
        return replace(_undo_create(target, version, condition), mark=mark)
    if not entry.after:
        return replace(_undo_delete(target, version, condition), mark=mark)
    return replace(_undo_change(target, version, condition), mark=mark)


def restore(
    target: Target, version: Version, *, condition: Condition = UNCONDITIONAL, group: str = ""
) -> Rewrite:
    """Make the item what a version left; what is left out of history stays as it is.

    Raises UndoConflict for a version that left no item; when written Forbidden,
    PreconditionFailed, and what the write of such an item raises.
    """
    if version.item is None:
        raise UndoConflict(
            "Version {version} deleted the item: undo it instead.", version=version.entry.n
        )
    wanted, key = version.item, version.entry.key

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        if before is None:
            return _recreated(target, {**left_out_now(target, key), **wanted})
        target.require("change")
        after = _as_it_was(target, wanted, before)
        operation = compile_overwrite(before, after, target.description, marks=marks(target.table))
        return operation, Outcome(key, before, after)

    return Rewrite(target, key, decide, mark=Mark("restore", version.entry.n, group))


def _undo_create(target: Target, version: Version, condition: Condition) -> Rewrite:
    target.require("delete")
    key = version.entry.key

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        if before is None:
            raise UndoConflict("The item is gone already.")
        if contested := _differences(target, version.item or {}, before):
            raise UndoConflict(
                "The item was changed since it was created, so it was not deleted.",
                contested=[replace(clash, wanted=None) for clash in contested],
                current=before,
            )
        operation = compile_removal(before, target.description, marks=marks(target.table))
        return operation, Outcome(key, before, None)

    return Rewrite(target, key, decide)


def _undo_delete(target: Target, version: Version, condition: Condition) -> Rewrite:
    target.require("add")
    wanted = {**left_out_of(version.entry), **_deleted(version)}

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        condition.require(before)
        if before is not None:
            raise _taken(before, _differences(target, wanted, before))
        return _recreated(target, wanted)

    return Rewrite(target, version.entry.key, decide)


def _undo_change(target: Target, version: Version, condition: Condition) -> Rewrite:
    target.require("change")
    ours = _not_asked(target)
    wanted = [delta for delta in reversed_deltas(version.deltas) if delta.path[0] not in ours]
    _require_writable(target, wanted)

    def settle(stored: Item) -> Sequence[Change]:
        condition.require(stored)
        changes, contested = _settled(wanted, stored)
        if contested:
            raise UndoConflict(
                "What this version left was changed since.", contested=contested, current=stored
            )
        if not changes:
            raise _nothing_to_undo(stored)
        return changes

    merged = merge(target, version.entry.key, Edit((), settle))

    def decide(before: Item | None) -> tuple[Operation, Outcome]:
        if before is None:
            raise UndoConflict("The item is gone: undo its delete first.")
        return merged.decide(before)

    return replace(merged, decide=decide)


def _taken(now: Item, contested: Sequence[Clash]) -> UndoConflict:
    """Why an item is not created again: its key is another's, or it is there already."""
    if not contested:
        return _nothing_to_undo(now)
    return UndoConflict(
        "Another item has this key now.",
        contested=[replace(clash, left=None) for clash in contested],
        current=now,
    )


def _nothing_to_undo(now: Item) -> UndoConflict:
    return UndoConflict("It is as it was already: there is nothing to undo.", current=now)


def _settled(wanted: Sequence[Delta], stored: Item) -> tuple[list[Change], list[Clash]]:
    """The changes that take deltas back, and those that don't stand as they were left."""
    changes: list[Change] = []
    contested: list[Clash] = []
    for delta in wanted:
        try:
            _require_parent(delta.path, stored)
            changes.append(change_of(delta, stored))
        except Contested:
            if not is_made(delta, stored):
                now = value_at(stored, delta.path)
                contested.append(Clash(delta.path, delta.old, now, delta.new))
    return changes, contested


def _require_parent(path: Path, stored: Item) -> None:
    """Raise Contested where a path leads through a map that is not there any more."""
    if len(path) > 1 and "M" not in (value_at(stored, path[:-1]) or {}):
        raise Contested


def _require_writable(target: Target, wanted: Sequence[Delta]) -> None:
    fixed = {parse_path(path) for path in target.table.readonly_fields}
    for delta in wanted:
        if not fixed.isdisjoint(delta.path[:depth] for depth in range(1, len(delta.path) + 1)):
            raise Forbidden(
                "{path} is read-only: it must stay as it is.", path=format_path(delta.path)
            )


def _not_asked(target: Target) -> frozenset[str]:
    """Attributes that nothing is taken back of: our own, and those that history leaves out."""
    return frozenset({*kept_names(target.table), *target.table.history_ignore})


def _deleted(version: Version) -> Item:
    """The item that a version deleted."""
    whole = version.deltas[0].old if version.deltas and not version.deltas[0].path else None
    if whole is None:
        raise HistoryBroken("What was deleted is not told by this version.")
    item: Item = whole["M"]
    return item


def _recreated(target: Target, wanted: Item) -> tuple[Operation, Outcome]:
    """The item created again; who created it first, and when, stays."""
    target.require("add")
    new = admitted_change(wanted, as_stored(wanted, None, target), target)
    key = {name: wanted[name] for name in target.description.key_names}
    return compile_create(new, target.description), Outcome(key, None, new)


def _as_it_was(target: Target, wanted: Item, before: Item) -> Item:
    """An earlier state, with what no restore may touch as it is now."""
    stays = {*target.table.history_ignore, *_whole_fixed(target), target.table.version}
    kept = {name: before[name] for name in stays if name in before}
    rest = {name: value for name, value in wanted.items() if name not in stays}
    earlier = as_stored({**before, **rest}, before, target)
    return admitted_change({**rest, **kept}, earlier, target)


def _whole_fixed(target: Target) -> list[str]:
    return [str(parse_path(path)[0]) for path in target.table.readonly_fields]


def _differences(target: Target, left: Item, now: Item) -> list[Clash]:
    """What was changed since by others than us."""
    ours = _not_asked(target)
    return [
        Clash(change.path, value_at(left, change.path), change.value, value_at(left, change.path))
        for change in diff(left, now, nested=True)
        if change.path[0] not in ours
    ]
