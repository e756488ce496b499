"""The four audit attributes: who created an item and who changed it last, as the server saw it."""

from __future__ import annotations

from datetime import UTC, datetime

from tables.core.values import Item

CREATED = ("created", "createdBy")
UPDATED = ("lastUpdatedBy", "lastUpdatedDateTime")
AUDIT_ATTRIBUTES = (*CREATED, *UPDATED)


def timestamp(now: datetime) -> str:
    """The time as `2026-01-31T09:30:00.000Z`: UTC, milliseconds, as JavaScript writes it."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamped_new(item: Item, identity: str, now: datetime) -> Item:
    """The item as created by `identity`; a stamp that the client sent keeps its place only."""
    return {**item, **_created(identity, now), **updated_stamps(identity, now)}


def stamped_change(item: Item, stored: Item, identity: str, now: datetime) -> Item:
    """The item as changed by `identity`: `created` and `createdBy` stay what is stored."""
    kept = {name: value for name, value in item.items() if name not in CREATED}
    kept |= {name: stored[name] for name in CREATED if name in stored}
    return {**kept, **updated_stamps(identity, now)}


def updated_stamps(identity: str, now: datetime) -> Item:
    """The two attributes that every change sets."""
    return {"lastUpdatedBy": {"S": identity}, "lastUpdatedDateTime": {"S": timestamp(now)}}


def _created(identity: str, now: datetime) -> Item:
    return {"created": {"S": timestamp(now)}, "createdBy": {"S": identity}}
