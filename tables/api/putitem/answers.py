"""What answers of the 2011-12-05 door are made of: capacity units, attributes given back."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from tables.api.putitem.targets import Target
from tables.core import protocol2011
from tables.core.values import Item
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import Written


def units(capacity: float) -> float:
    """Capacity units as answers of that time write them: `1`, but `0.5`."""
    return int(capacity) if capacity.is_integer() else capacity


def written_answer(written: Written) -> dict[str, Any]:
    """The answer of a write: the attributes that were asked back, if there are any to show."""
    answer = {"ConsumedCapacityUnits": units(written.capacity)}
    shown = protocol2011.shown(written.attributes or {})
    return {"Attributes": shown, **answer} if shown else answer


def require_showable(at: Target, key: Item, names: Container[str] | None = None) -> None:
    """Raise InvalidValue, before anything is written, where the old item can't be given back.

    `names` are the attributes that would be, None for all.
    """
    stored = get_item(at.table.table, key, consistent=True).item or {}
    protocol2011.shown(
        {name: value for name, value in stored.items() if names is None or name in names}
    )
