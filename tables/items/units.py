"""The write units that a pinned write takes with all that goes with it, told by its sizes."""

from __future__ import annotations

from tables.core.job_costs import entry_units, write_units
from tables.core.values import Item
from tables.items.target import Target
from tables.items.wanted import Settled
from tables.records.history.entries import mode_of


def units_of(write: Settled) -> float:
    """The write units that it takes, those of its entry in history included."""
    before = write.outcome.before if isinstance(write.outcome.before, dict) else None
    return units_between(before, write.outcome.after, write.target)


def units_between(before: Item | None, after: Item | None, target: Target) -> float:
    """The same of a write that makes one item of the other."""
    mode = mode_of(target.table)
    units = write_units(before, after, target.description, doubled=mode == "transaction")
    return units if mode == "off" else units + entry_units(before, after)
