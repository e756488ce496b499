"""Saving an edited item: only what was changed, merged with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

from tables.admin.pages import Visit
from tables.core.admission import admit_new, require_admissible
from tables.core.audit import AUDIT_ATTRIBUTES, updated_stamps
from tables.core.errors import InvalidRequest, PreconditionFailed
from tables.core.expressions import Path, parse_path, value_at
from tables.core.operations import Operation
from tables.core.preconditions import compile_changes, compile_create, compile_delete
from tables.core.updates import Change, apply_changes, diff, same_value
from tables.core.values import AttributeValue, Item
from tables.dynamodb.writes import rewrite, write

_SALT = "dynadmin.opened-item"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path that this person changed and somebody else changed too; None is absent."""

    path: Path
    opened: AttributeValue | None
    stored: AttributeValue | None
    yours: AttributeValue | None


class EditConflict(Exception):
    """The item changed under the editor where they changed it; `stored` is None when it is gone."""

    def __init__(self, conflicts: Sequence[Conflict], stored: Item | None) -> None:
        super().__init__("the item was changed meanwhile")
        self.conflicts = tuple(conflicts)
        self.stored = stored


def seal(item: Item, alias: str) -> str:
    """The item as a form carries it, so that nobody can alter what they say they opened."""
    return signing.dumps(item, salt=f"{_SALT}.{alias}", compress=True)


def unseal(sealed: str, alias: str) -> Item:
    """The item that was opened. Raises InvalidRequest when it was altered on the way."""
    try:
        item: Item = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except signing.BadSignature as error:
        raise InvalidRequest(
            "The form was altered, or is from another table. Open it again."
        ) from error
    return item


def changes_between(opened: Item, edited: Item, visit: Visit) -> list[Change]:
    """What the editor changed, as small as paths can say it; never stamps or read-only paths."""
    fixed = fixed_names(visit)
    return [change for change in diff(opened, edited, nested=True) if change.path[0] not in fixed]


def fixed_names(visit: Visit) -> frozenset[str]:
    """Attributes that no form may change: keys, audit stamps, the alias map's read-only ones."""
    names = {str(parse_path(path)[0]) for path in visit.table.readonly_fields}
    if visit.table.audit_attributes:
        names.update(AUDIT_ATTRIBUTES)
    return frozenset(names.union(visit.description.key_names))


def save_changes(visit: Visit, opened: Item, changes: list[Change]) -> Item:
    """Write the changes onto the item as it is now, in one conditional write; the item after it.

    Raises EditConflict where somebody else changed the same paths, and what `require_admissible`
    raises for the merged item.
    """
    after: Item = {}

    def decide(stored: Item | None) -> list[Operation]:
        conflicts = _conflicts(opened, stored, changes)
        if stored is None or conflicts:
            raise EditConflict(conflicts, stored)
        stamped = changes + _stamps(visit)
        merged = apply_changes(stamped, stored)
        require_admissible(merged, visit.table, visit.description)
        after.update(merged)
        touched = [change.path for change in changes]
        return [compile_changes(stamped, stored, visit.description, pinned=touched)]

    key = {name: opened[name] for name in visit.description.key_names}
    rewrite(visit.description, key, decide)
    return after


def create_item(visit: Visit, item: Item) -> Item:
    """Create an item; an existing key is refused. Raises PreconditionFailed with what is stored."""
    admitted = admit_new(
        item, visit.table, visit.description, visit.caller.identity, datetime.now(UTC)
    )
    write(compile_create(admitted, visit.description))
    return admitted


def delete_as_shown(visit: Visit, shown: Item) -> None:
    """Delete the item if it still is what was shown. Raises EditConflict with what it is now."""
    try:
        write(compile_delete(shown, visit.description))
    except PreconditionFailed as error:
        raise EditConflict(differences(shown, error.current or {}), error.current) from error


def differences(opened: Item, stored: Item) -> list[Conflict]:
    """What changed between two states, for people to look at."""
    return [
        Conflict(change.path, value_at(opened, change.path), change.value, None)
        for change in diff(opened, stored)
    ]


def _conflicts(opened: Item, stored: Item | None, changes: Sequence[Change]) -> list[Conflict]:
    found = []
    for change in changes:
        before = value_at(opened, change.path)
        now = None if stored is None else value_at(stored, change.path)
        if not _same(before, now) and not _same(now, change.value):
            found.append(Conflict(change.path, before, now, change.value))
    return found


def _same(left: AttributeValue | None, right: AttributeValue | None) -> bool:
    if left is None or right is None:
        return left is right
    return same_value(left, right)


def _stamps(visit: Visit) -> list[Change]:
    if not visit.table.audit_attributes:
        return []
    stamps = updated_stamps(visit.caller.identity, datetime.now(UTC))
    return [Change("set", (name,), value) for name, value in stamps.items()]
