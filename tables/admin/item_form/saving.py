"""Saving an edited item: only what was changed, merged with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.core import signing
from django.utils.translation import gettext as _

from tables.admin.visit import Visit
from tables.core.errors import Clash, InvalidRequest, ItemNotFound, PreconditionFailed, Problem
from tables.core.expressions import Path, format_path, parse_path, value_at
from tables.core.natural_keys import has_same_natural_key
from tables.core.sight import Seen
from tables.core.updates import Change, apply_changes, diff, same_value
from tables.core.values import AttributeValue, Item, join_pointer
from tables.items.deletes import delete_as_shown
from tables.items.drafts import Edit
from tables.items.rules import kept_names
from tables.items.updates import merge
from tables.items.wanted import Mark, Outcome, itself
from tables.items.writes import perform

_SALT = "dynadmin.opened-item"


class EditConflict(Exception):
    """The item changed under the editor where they changed it; `stored` is None when it is gone.

    `changes` are the editor's, as they can be applied to what is stored.
    """

    def __init__(
        self, conflicts: Sequence[Clash], stored: Item | None, changes: Sequence[Change] = ()
    ) -> None:
        super().__init__("the item was changed meanwhile")
        self.conflicts = tuple(conflicts)
        self.stored = stored
        self.changes = list(changes)


def seal(item: Seen, alias: str) -> str:
    """The item as a form carries it, so that nobody can alter what they say they opened."""
    return signing.dumps(item, salt=f"{_SALT}.{alias}", compress=True)


def unseal(sealed: str, alias: str) -> Item:
    """The item that was opened. Raises InvalidRequest when it was altered on the way."""
    try:
        item: Item = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except signing.BadSignature as error:
        raise InvalidRequest(
            _("The form was altered, or is from another table. Open the item again.")
        ) from error
    return item


def read_only_names(visit: Visit) -> frozenset[str]:
    """Attributes that no form may write: those we keep, and the alias map's read-only ones.

    A key attribute that is called like a stamp is none.
    """
    whole = {str(path[0]) for path in _read_only_paths(visit) if len(path) == 1}
    return frozenset(whole | {*kept_names(visit.table)}.difference(visit.description.key_names))


def read_only_problems(visit: Visit, opened: Item, edited: Item) -> list[Problem]:
    """One problem for each read-only path that the editor changed, whole or from inside."""
    names = [(name,) for name in read_only_names(visit)]
    touched = [
        path
        for path in dict.fromkeys([*names, *_read_only_paths(visit)])
        if not _same(value_at(opened, path), value_at(edited, path))
    ]
    words = _("%(path)s is read-only: it must stay as it is.")
    return [
        Problem(join_pointer("", str(path[0])), words % {"path": format_path(path)})
        for path in touched
    ]


def key_problems(visit: Visit, opened: Item, edited: Item) -> list[Problem]:
    """One problem for each key attribute that the editor changed, also by the natural key."""
    words = _("This is part of the key, which can’t be changed. “Save as new” makes another item.")
    names = [
        name
        for name in visit.description.key_names
        if not _same(opened.get(name), edited.get(name))
    ]
    if not names and not has_same_natural_key(opened, edited, visit.table):
        paths = map(parse_path, visit.table.natural_key)
        names = [
            str(path[0])
            for path in paths
            if not _same(value_at(opened, path), value_at(edited, path))
        ]
    return [Problem(join_pointer("", name), words) for name in names]


def save_changes(
    visit: Visit, opened: Item, changes: Sequence[Change], *, of: int | None = None
) -> Outcome:
    """Write the changes onto the item as it is now, in one conditional write; what it did.

    Changes that take back a version are `of` that. Raises EditConflict where somebody else changed
    the same paths, and what `require_admissible` raises for the merged item.
    """

    def settle(stored: Item) -> list[Change]:
        fitted = _fitted(changes, opened, stored)
        if conflicts := _conflicts(opened, stored, fitted):
            raise EditConflict(conflicts, stored, fitted)
        return fitted

    key = {name: opened[name] for name in visit.description.key_names}
    mark = Mark("undo", of) if of is not None else Mark()
    try:
        return perform(replace(merge(visit.target, key, Edit(changes, settle)), mark=mark), itself)
    except ItemNotFound as error:
        raise EditConflict(_conflicts(opened, {}, changes), None, changes) from error


def others_changes(
    visit: Visit, opened: Item, after: Item, changes: Sequence[Change]
) -> list[Change]:
    """What somebody else changed between opening and saving, as merged; nothing that we keep."""
    ours = kept_names(visit.table)
    mine = {change.path for change in changes}
    return [
        change
        for change in diff(opened, after, nested=True)
        if change.path[0] not in ours
        and mine.isdisjoint(change.path[:depth] for depth in range(1, len(change.path) + 1))
    ]


def delete_shown(visit: Visit, shown: Item) -> Outcome:
    """Delete the item if it still is what was shown. Raises EditConflict with what it is now."""
    try:
        return perform(delete_as_shown(visit.target, shown), itself)
    except PreconditionFailed as error:
        found = [] if error.current is None else differences(shown, error.current)
        raise EditConflict(found, error.current) from error


def clash_of(opened: Item, stored: Item, changes: Sequence[Change]) -> EditConflict:
    """What stands in the way of changes to what was opened, as the conflict page asks about it."""
    fitted = _fitted(changes, opened, stored)
    return EditConflict(_conflicts(opened, stored, fitted), stored, fitted)


def differences(opened: Item, stored: Item) -> list[Clash]:
    """What changed between two states, for people to look at."""
    return [
        Clash(change.path, value_at(opened, change.path), change.value, None)
        for change in diff(opened, stored, nested=True)
    ]


def _read_only_paths(visit: Visit) -> Iterator[Path]:
    return map(parse_path, visit.table.readonly_fields)


def _fitted(changes: Sequence[Change], opened: Item, stored: Item) -> list[Change]:
    """The changes, whole attributes in place of paths that lead nowhere in what is stored."""
    lost = {c.path[0] for c in changes if not _has_parent(c.path, stored)}
    fitted = [change for change in changes if change.path[0] not in lost]
    if lost:
        edited = apply_changes(changes, opened)
        fitted += [Change("set", (name,), edited[str(name)]) for name in lost]
    return fitted


def _has_parent(path: Path, item: Item) -> bool:
    if len(path) == 1:
        return True
    parent = value_at(item, path[:-1])
    return parent is not None and "M" in parent


def _conflicts(opened: Item, stored: Item, changes: Sequence[Change]) -> list[Clash]:
    found = []
    for change in changes:
        before, now = value_at(opened, change.path), value_at(stored, change.path)
        if not _same(before, now) and not _same(now, change.value):
            found.append(Clash(change.path, before, now, change.value))
    return found


def _same(left: AttributeValue | None, right: AttributeValue | None) -> bool:
    if left is None or right is None:
        return left is right
    return same_value(left, right)
