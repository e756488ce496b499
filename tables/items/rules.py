"""What every write does to an item, by whatever door: stamps, version, natural key, limits."""

from __future__ import annotations

from collections.abc import Iterable

from tables.core.admission import admit_change, admit_new, require_admissible
from tables.core.audit import AUDIT_ATTRIBUTES, updated_stamps
from tables.core.entities import require_kind, without_parts
from tables.core.errors import Conflict, InvalidRequest, Problem, Sentence
from tables.core.expressions import Path, parse_path
from tables.core.natural_keys import has_same_natural_key, natural_partition_key, pointer_to
from tables.core.numbers import add
from tables.core.preconditions import STAMPS, Marks
from tables.core.registry import Table
from tables.core.updates import Change, apply_changes, require_changes
from tables.core.values import AttributeValue, Item, join_pointer, type_of
from tables.items.clock import now
from tables.items.target import Target


def admitted_new(item: Item, target: Target) -> Item:
    """A new item as it will be stored. Raises InvalidRequest, InvalidValue, TooLarge."""
    _require_natural_key(item, None, target)
    _require_kind(item, None, target)
    return admit_new(
        raised(as_stored(item, None, target), None, target.table),
        target.table,
        target.description,
        target.caller.identity,
        now(),
    )


def admitted_change(item: Item, before: Item, target: Target) -> Item:
    """A stored item as it will be after a change.

    Raises InvalidRequest, InvalidValue, TooLarge, Conflict.
    """
    _require_natural_key(item, before, target)
    _require_kind(item, before, target)
    return admit_change(
        raised(as_stored(item, before, target), before, target.table),
        before,
        target.table,
        target.description,
        target.caller.identity,
        now(),
    )


def require_admitted(after: Item, before: Item | None, target: Target) -> None:
    """Raise InvalidRequest, InvalidValue, TooLarge unless a changed item may be stored so."""
    _require_natural_key(after, before, target)
    _require_kind(after, before, target)
    require_admissible(after, target.table, target.description)


def completed(changes: Iterable[Change], before: Item | None, target: Target) -> list[Change]:
    """The changes as they go out: stamps and version are ours alone.

    Raises InvalidExpression for changes to the key and overlaps, Conflict.
    """
    table = target.table
    ours: Item = {}
    if table.audit_attributes:
        ours |= updated_stamps(target.caller.identity, now())
    if table.version:
        ours[table.version] = _next_version(before, table.version)
    theirs = [change for change in changes if change.path[0] not in kept_names(table)]
    complete = [*theirs, *(Change("set", (name,), value) for name, value in ours.items())]
    require_changes(complete, target.description.key_names)
    return complete


def as_stored(new: Item, before: Item | None, target: Target) -> Item:
    """The item without what its key alone is to hold; what it holds so already stays."""
    entity = target.table.entity
    return new if entity is None else without_parts(new, entity, before)


def without_told(changes: Iterable[Change], before: Item, target: Target) -> list[Change]:
    """The changes without those that make an item hold what its key alone holds, and says as well.

    A value of these that the item holds already, and that is another, goes. Raises
    InvalidExpression, InvalidValue where the changes don't fit the item.
    """
    wanted = list(changes)
    entity = target.table.entity
    if entity is None or entity.key_only.isdisjoint(str(change.path[0]) for change in wanted):
        return wanted
    require_changes(wanted, target.description.key_names)
    after = apply_changes(wanted, before)
    told = after.keys() - as_stored(after, before, target).keys()
    rest = [change for change in wanted if change.path[0] not in told]
    return [*rest, *(Change("remove", (name,)) for name in sorted(told) if name in before)]


def kept_names(table: Table) -> tuple[str, ...]:
    """The attributes that this service keeps itself, whatever a client sends."""
    stamps = AUDIT_ATTRIBUTES if table.audit_attributes else ()
    return (*stamps, table.version) if table.version else stamps


def constants(target: Target) -> Item:
    """The attributes that are the same in every item of the alias."""
    return {} if target.table.entity is None else target.table.entity.constants


def raised(item: Item, before: Item | None, table: Table) -> Item:
    """The item with the version after that of the stored one. Raises Conflict."""
    if not table.version:
        return item
    return {**item, table.version: _next_version(before, table.version)}


def marks(table: Table) -> Marks:
    """Attributes that every write changes: a pin on one such set stands for the whole item."""
    return ((table.version,), *STAMPS) if table.version else STAMPS


def must_know_item(table: Table) -> bool:
    """Whether no write of this table may go out without the item having been read."""
    return bool(table.version) or table.entity is not None


def sets_natural_key(changes: Iterable[Change], target: Target) -> bool:
    """Whether changes touch what the natural key is made of; a key attribute always may be."""
    natural = [parse_path(name) for name in target.table.natural_key]
    touched = [change.path for change in changes]
    return any(
        path[0] in target.description.key_names or any(_overlap(path, other) for other in touched)
        for path in natural
    )


def _require_kind(new: Item, before: Item | None, target: Target) -> None:
    """Raise InvalidValue unless the item is one of those that the alias has."""
    if target.table.entity is not None:
        require_kind(new, before, target.table.entity, target.table.alias)


def _require_natural_key(new: Item, before: Item | None, target: Target) -> None:
    """Raise InvalidRequest unless the partition key is the one that the natural key makes.

    What breaks the rule already stays editable, as long as its natural key stays what it is.
    """
    table = target.table
    if not table.natural_key:
        return
    if before is not None and has_same_natural_key(new, before, table):
        return
    name = target.description.partition_key.name
    if new.get(name) == {"S": natural_partition_key(new, table)}:
        return
    if before is None:
        names = ", ".join(table.natural_key)
        detail = Sentence(
            "{name} is made from {names}: leave it out, or send the one that they make.",
            name=name,
            names=names,
        )
        raise InvalidRequest(detail, problems=[Problem(join_pointer("", name), detail)])
    detail = Sentence("The natural key belongs to another item than this URL's.")
    pointers = [pointer_to(name) for name in table.natural_key]
    raise InvalidRequest(detail, problems=[Problem(pointer, detail) for pointer in pointers])


def _next_version(before: Item | None, name: str) -> AttributeValue:
    stored = (before or {}).get(name)
    if stored is None:
        return {"N": "1"}
    if type_of(stored) != "N":
        raise Conflict(
            "{name} counts the versions of an item, but here it is no number; nothing was written.",
            name=name,
        )
    return {"N": add(stored["N"], "1")}


def _overlap(left: Path, right: Path) -> bool:
    shorter = min(len(left), len(right))
    return left[:shorter] == right[:shorter]
