"""What answers of the 2011-12-05 door are made of: capacity units, attributes given back."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from tables.api.putitem import protocol2011
from tables.core.audit import AUDIT_ATTRIBUTES
from tables.core.operations import Written
from tables.core.sight import Seen
from tables.core.values import Item
from tables.items.reads import stored
from tables.items.target import Target


def units(capacity: float) -> float:
    """Capacity units as answers of that time write them: `1`, but `0.5`."""
    return int(capacity) if capacity.is_integer() else capacity


def shown(item: Seen, at: Target, asked: Iterable[str] = ()) -> Item:
    """The item as it is answered: without the audit stamps, unless they are asked for.

    So a client of that time reads back what it put. Raises InvalidValue for later types.
    """
    return protocol2011.shown(item, _stamps(at).difference(asked))


def written_answer(written: Written, at: Target) -> dict[str, Any]:
    """The answer of a write: the attributes that were asked back, if there are any to show."""
    answer = {"ConsumedCapacityUnits": units(written.capacity)}
    attributes = shown(at.sight.see(written.attributes or {}), at)
    return {"Attributes": attributes, **answer} if attributes else answer


def require_showable(at: Target, key: Item, names: Container[str] | None = None) -> None:
    """Raise InvalidValue, before anything is written, where the old item can't be given back.

    `names` are the attributes that would be, None for all.
    """
    now = stored(at, key) or {}
    asked = {name: value for name, value in now.items() if names is None or name in names}
    shown(at.sight.see(asked), at)


def _stamps(at: Target) -> frozenset[str]:
    """The audit attributes that this service sets on the table's items."""
    if not at.table.audit_attributes:
        return frozenset()
    return frozenset(AUDIT_ATTRIBUTES).difference(at.description.key_names)
