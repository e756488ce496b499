"""What a write takes, told before it is made: the estimate of a dry run."""

from __future__ import annotations

from django.conf import settings

from tables.core.job_costs import entry_units, write_units
from tables.core.values import Item
from tables.items.wanted import Settled
from tables.records.history.entries import mode_of


def money_of(units: float) -> float | None:
    """What so many write units cost; None where no price is set."""
    price = settings.PRICE_WRITE
    return None if price is None else float(price) * units / 1_000_000


def units_of(write: Settled) -> float:
    """The write units that a pinned write takes, with its entry in history."""
    before = write.outcome.before if isinstance(write.outcome.before, dict) else None
    after: Item | None = write.outcome.after
    mode = mode_of(write.target.table)
    units = write_units(before, after, write.target.description, doubled=mode == "transaction")
    return units if mode == "off" else units + entry_units(before, after)
