"""Bulk change: attributes set, removed, added to, appended to, renamed, given another type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.core.errors import Conflict
from tables.core.expressions import Path, format_path, parse_path, value_at
from tables.core.retype import retyped
from tables.core.typed_json import typed_value
from tables.core.updates import Change, require_changes
from tables.core.values import MAX_NAME_BYTES, TYPES, Item, member_error
from tables.items.pinned import changed
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.items.wanted import Mark, Settled
from tables.jobs.kind import Candidate, JobKind, Spec, Work, at_member
from tables.jobs.kinds import found, which

_MOST_CHANGES = 50


class _Changes:
    """The writes of a bulk change."""

    read = staticmethod(found.read)
    again = staticmethod(which.again)

    def write(self, work: Work, candidate: Candidate) -> Settled | None:
        if candidate.before is None:
            return None  # a ticked item that went
        before = candidate.before
        changes = [
            change
            for told in work.spec["changes"]
            for change in _CHANGES[told["action"]](told, parse_path(told["path"]), before)
        ]
        return changed(work.target, before, changes, Mark(group=str(work.job.pk)))


def _plain(told: Spec, path: Path, _item: Item) -> list[Change]:
    return [Change(told["action"], path, told.get("value"))]


def _rename(told: Spec, path: Path, item: Item) -> list[Change]:
    value, to = value_at(item, path), parse_path(told["to"])
    if value is None:
        return []
    if value_at(item, to) is not None:
        raise Conflict("{path} is there already.", path=told["to"])
    return [Change("remove", path), Change("set", to, value)]


def _retype(told: Spec, path: Path, item: Item) -> list[Change]:
    value = value_at(item, path)
    return [] if value is None else [Change("set", path, retyped(value, told["type"]))]


# Action -> the changes that it makes to one item.
_CHANGES: Mapping[str, Callable[[Spec, Path, Item], list[Change]]] = {
    "set": _plain,
    "remove": _plain,
    "add": _plain,
    "delete": _plain,
    "append": _plain,
    "rename": _rename,
    "retype": _retype,
}
# Members that an action takes besides its path.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "remove": (),
    "rename": ("to",),
    "retype": ("type",),
}


def _read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    changes = given.get("changes")
    if not isinstance(changes, list) or not 1 <= len(changes) <= _MOST_CHANGES:
        raise member_error(
            "/changes", '"changes" is a list of 1 to {most} changes.', most=_MOST_CHANGES
        )
    told = [_read_change(change, f"/changes/{place}") for place, change in enumerate(changes)]
    _require_not_kept(told, target)
    for place in range(len(told)):
        with at_member(f"/changes/{place}"):
            _require_possible(told[: place + 1], target)
    return {**which.read_which(given, target), "changes": told}


def _read_change(given: Any, pointer: str) -> Spec:
    action = str(given.get("action")) if isinstance(given, Mapping) else ""
    if action not in _CHANGES:
        raise member_error(
            f"{pointer}/action", 'A change has an "action": {names}.', names=", ".join(_CHANGES)
        )
    members = ("path", *_MEMBERS.get(action, ("value",)))
    if set(given) != {"action", *members}:
        names = ", ".join(members)
        raise member_error(
            pointer, 'The change "{action}" takes {names}.', action=action, names=names
        )
    told: Spec = {"action": action}
    for name in members:
        with at_member(f"{pointer}/{name}"):
            told[name] = _READ[name](given[name], f"{pointer}/{name}")
    return told


def _path(given: Any, pointer: str) -> str:
    if not isinstance(given, str):
        raise member_error(pointer, '"path" and "to" are document paths.')
    path = parse_path(given)
    if len(str(path[0]).encode()) > MAX_NAME_BYTES:
        raise member_error(
            pointer, "An attribute name has at most {most} bytes.", most=MAX_NAME_BYTES
        )
    return format_path(path)


def _type(given: Any, pointer: str) -> str:
    if not isinstance(given, str) or given not in TYPES:
        raise member_error(pointer, '"type" is one of {names}.', names=", ".join(TYPES))
    return given


# Member of a change -> how it is read, of what was sent and at which pointer.
_READ: Mapping[str, Callable[[Any, str], Any]] = {
    "path": _path,
    "to": _path,
    "type": _type,
    "value": typed_value,
}


def _require_not_kept(changes: list[Spec], target: Target) -> None:
    """Raise InvalidRequest for what this service keeps itself: nobody's change of it would last."""
    kept = set(kept_names(target.table)).difference(target.description.key_names)
    for place, told in enumerate(changes):
        for member in ("path", "to"):
            name = parse_path(told[member])[0] if member in told else None
            if name in kept:
                raise member_error(
                    f"/changes/{place}/{member}",
                    "{name} is kept by this service and can't be changed.",
                    name=repr(name),
                )


def _require_possible(changes: list[Spec], target: Target) -> None:
    """Raise InvalidExpression for changes to the key, that overlap, or whose values don't fit."""
    alike: list[Change] = []
    for told in changes:
        path = parse_path(told["path"])
        alike += [
            Change(told["action"], path, told.get("value"))
            if _CHANGES[told["action"]] is _plain
            else Change("remove", path)
        ]
        if "to" in told:
            alike.append(Change("remove", parse_path(told["to"])))
    require_changes(alike, target.description.key_names)


def _rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    return {alias: frozenset({"change", "bulk"} if which.is_bulk(spec) else {"change"})}


CHANGE = JobKind(
    "change",
    _read_spec,
    _rights,
    found.cut,
    write=_Changes(),
    check=_Changes(),
    writes_what_was_found=True,
)
