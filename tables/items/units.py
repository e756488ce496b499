"""The write units that a pinned write takes with all that goes with it, told by its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tables.core.history import fingerprint, item_name, wire_entry
from tables.core.job_costs import write_units
from tables.core.operations import Put
from tables.core.values import Item
from tables.dynamodb.history_table import DESCRIPTION
from tables.items.link_checks import count_checks
from tables.items.recorded import entry_of_write, last_of
from tables.items.target import Target
from tables.items.wanted import Mark, Outcome, Settled
from tables.records.history.entries import Recorded, announced, mode_of

# Of so many writes of a chunk it is looked up whether their items have entries.
_LOOKED_UP = 10
# What a check of another item takes at least, in the transaction of the write.
_CHECK_UNITS = 2


def units_of(write: Settled, entry: Recorded | None) -> float:
    """The write units that it takes, those of its entry in history included."""
    return _item_units(write.outcome, write.target) + _entry_units(entry, write.target)


def foretold(decided: Sequence[tuple[Outcome, Mark]], target: Target) -> float:
    """The write units of writes that are decided on, and not made.

    The first entry of an item holds the whole item: history is asked about some of the items, and
    the next ones are taken to be as they are. Exact where they are alike, or few. Raises
    TablesError.
    """
    units = sum(_item_units(outcome, target) for outcome, _mark in decided)
    if not target.keeps_history:
        return units
    every, last = -(-len(decided) // _LOOKED_UP), None
    for place, (outcome, mark) in enumerate(decided):
        now = fingerprint(_before(outcome), frozenset(target.table.history_ignore))
        if place % every == 0:
            last = last_of(item_name(outcome.key, target.description))
            is_known = last is not None and last.after == now
        elif last is not None and is_known:
            last = replace(last, after=now)
        units += _entry_units(entry_of_write(target, mark, outcome, last), target)
    return units


def _item_units(outcome: Outcome, target: Target) -> float:
    checks = count_checks(target, outcome)
    is_doubled = checks > 0 or mode_of(target.table) == "transaction"
    before, after = _before(outcome), outcome.after
    own = write_units(before, after, target.description, doubled=is_doubled)
    return own + checks * _CHECK_UNITS


def _entry_units(recorded: Recorded | None, target: Target) -> float:
    """Those of the entry, of its chunks, and of what confirms it where it goes before its write."""
    if recorded is None:
        return 0.0
    is_doubled = mode_of(target.table) == "transaction"
    kept = recorded if is_doubled else announced(recorded)
    made = [each.item for each in kept.operations() if isinstance(each, Put)]
    units = sum(write_units(None, item, DESCRIPTION, doubled=is_doubled) for item in made)
    if is_doubled:
        return units
    done = wire_entry(replace(recorded.entry, outcome="done"))
    return units + write_units(made[0], done, DESCRIPTION, doubled=False)


def _before(outcome: Outcome) -> Item | None:
    return outcome.before if isinstance(outcome.before, dict) else None
