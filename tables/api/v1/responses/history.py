"""Versions of an item as answers: who, when, how, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request

from tables.api.v1.responses.items import Representation
from tables.api.v1.responses.links import link
from tables.core.deltas import Delta
from tables.core.errors import Clash
from tables.core.expressions import Path
from tables.core.history import Entry
from tables.core.keys import encode_token
from tables.core.values import AttributeValue, join_pointer, plain_value
from tables.items.history import Version
from tables.items.target import Target


def version_links(request: Request, target: Target, token: str, version: int) -> str:
    """The value of a Link header for a resource that is at this version (RFC 5829)."""
    at = {"alias": target.table.alias, "token": token}
    links = [
        f'<{link(request, "v1-history", **at)}>; rel="version-history"',
        f'<{link(request, "v1-version", **at, n=version)}>; rel="latest-version"',
    ]
    if version > 1:
        before = link(request, "v1-version", **at, n=version - 1)
        links.append(f'<{before}>; rel="predecessor-version"')
    return ", ".join(links)


def entry_document(request: Request, target: Target, entry: Entry) -> dict[str, Any]:
    """An entry without what it changed: lists read no bodies."""
    document: dict[str, Any] = {
        "version": entry.n,
        "at": _time(entry.at),
        "action": entry.action,
        "by": {"sub": entry.author.sub, "name": entry.author.name},
        "door": entry.author.door,
        "request_id": entry.author.request,
        "happened": entry.happened,
        "of": entry.of,
        "group": entry.author.group or None,
    }
    if not entry.key:
        return {**document, "key": None, "url": None}  # what was forgotten has none
    token = encode_token(entry.key, target.description)
    at = {"alias": target.table.alias, "token": token, "n": entry.n}
    return {**document, "key": token, "url": link(request, "v1-version", **at)}


def version_document(
    request: Request, target: Target, found: Version, representation: Representation
) -> dict[str, Any]:
    """A version in full: its changes, and the item as it left it."""
    seen = None if found.item is None else target.sight.see(found.item)
    return {
        **entry_document(request, target, found.entry),
        "changes": changes_document(found.deltas, representation),
        "item": None if seen is None else representation.show(seen),
    }


def changes_document(
    deltas: Sequence[Delta], representation: Representation
) -> list[dict[str, Any]]:
    """Changes by pointer; `absent` names the sides where nothing stands.

    `at` is there where the values are the parts that differ of a text or a list.
    """
    return [
        {
            "pointer": pointer_of(delta.path),
            "old": _value(delta.old, representation),
            "new": _value(delta.new, representation),
            **_absent(old=delta.old, new=delta.new),
            **({} if delta.at is None else {"at": delta.at}),
        }
        for delta in deltas
    ]


def conflicts_document(contested: Sequence[Clash]) -> list[dict[str, Any]]:
    """What can't be taken back: what was left, what stands now, what undoing would set."""
    return [
        {
            "pointer": pointer_of(clash.path),
            "left": _plain(clash.left),
            "now": _plain(clash.now),
            "undo": _plain(clash.wanted),
            **_absent(left=clash.left, now=clash.now, undo=clash.wanted),
        }
        for clash in contested
    ]


def pointer_of(path: Path) -> str:
    """A document path as a JSON pointer (RFC 6901)."""
    pointer = ""
    for segment in path:
        pointer = join_pointer(pointer, str(segment))
    return pointer


def _absent(**values: AttributeValue | None) -> dict[str, list[str]]:
    """The members where nothing stands: null may be a value too, DynamoDB's NULL."""
    names = [name for name, value in values.items() if value is None]
    return {"absent": names} if names else {}


def _value(value: AttributeValue | None, representation: Representation) -> Any:
    return value if representation.is_typed else _plain(value)


def _plain(value: AttributeValue | None) -> Any:
    return None if value is None else plain_value(value)


def _time(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
