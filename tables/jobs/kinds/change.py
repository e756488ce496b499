"""Bulk change: attributes set, removed, added to, appended to, renamed, given another type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.core.errors import Conflict, InvalidRequest
from tables.core.expressions import Path, format_path, parse_path, value_at
from tables.core.retype import retyped
from tables.core.typed_json import typed_value
from tables.core.updates import Change, require_changes
from tables.core.values import TYPES, Item
from tables.items.pinned import changed
from tables.items.target import Target
from tables.items.wanted import Mark, Settled
from tables.jobs.kind import Candidate, JobKind, Spec, Work
from tables.jobs.kinds import which

_MOST_CHANGES = 50


class _Changes:
    """The writes of a bulk change."""

    read = staticmethod(which.read)
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
        raise InvalidRequest('"changes" is a list of 1 to {most} changes.', most=_MOST_CHANGES)
    told = [_read_change(change) for change in changes]
    _require_possible(told, target)
    return {**which.read_which(given, target), "changes": told}


def _read_change(given: Any) -> Spec:
    action = str(given.get("action")) if isinstance(given, Mapping) else ""
    if action not in _CHANGES:
        raise InvalidRequest('A change has an "action": {names}.', names=", ".join(_CHANGES))
    members = ("path", *_MEMBERS.get(action, ("value",)))
    if set(given) != {"action", *members}:
        raise InvalidRequest(
            'The change "{action}" takes {names}.', action=action, names=", ".join(members)
        )
    told: Spec = {"action": action, "path": _path(given["path"])}
    if "value" in given:
        told["value"] = typed_value(given["value"], "/value")
    if "to" in given:
        told["to"] = _path(given["to"])
    if "type" in given:
        if not isinstance(given["type"], str) or given["type"] not in TYPES:
            raise InvalidRequest('"type" is one of {names}.', names=", ".join(TYPES))
        told["type"] = given["type"]
    return told


def _path(given: Any) -> str:
    if not isinstance(given, str):
        raise InvalidRequest('"path" and "to" are document paths.')
    return format_path(parse_path(given))


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


CHANGE = JobKind("change", _read_spec, _rights, which.cut, write=_Changes(), check=_Changes())
