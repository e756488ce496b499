"""What an order would do, told while somebody waits: the first differences, and what was counted.

It is an example of when it was looked at; the order is what counts.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.deltas import Delta, deltas_between
from tables.core.errors import InvalidRequest
from tables.core.sight import Seen
from tables.core.values import Item
from tables.items.groups import new_group
from tables.items.target import find_target
from tables.items.units import units_of
from tables.jobs.chunk import Planned, decide, written_to
from tables.jobs.costs import money_of
from tables.jobs.kind import JobKind, Pieces, Work, Writes
from tables.jobs.kinds import KINDS
from tables.jobs.owners import require_rights, targets_for
from tables.models import Job
from tables.records.jobs.reports import Result

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """What would become of one item: None where there is none. `deltas` by path."""

    token: str
    before: Seen | None
    after: Seen | None
    deltas: Sequence[Delta]


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found in the time of one page.

    `counts` are by outcome, `done` for what would be written. `is_whole`: everything was looked at,
    else `scanned` items were. `write_units` are those of what would be written of it, `money` is
    what that and looking at it costs, None without a price. `refused` are the first rows of what
    would not be.
    """

    spec: dict[str, Any]
    differences: Sequence[ItemPreview]
    refused: Sequence[Result]
    counts: Mapping[str, int]
    scanned: int
    is_whole: bool
    write_units: float
    money: float | None
    looked_at: datetime


def preview(caller: Caller, kind: str, alias: str, given: Mapping[str, Any]) -> Preview:
    """Look at what an order would do, for as long as a page may read (SCAN_BUDGET_…).

    Raises what `start` does for such an order, and InvalidRequest for a kind without a dry run.
    """
    row = KINDS.get(kind)
    if row is None or row.check is None or isinstance(row.check, Pieces):
        raise InvalidRequest("A job of this kind has no dry run.")
    table = registry().get(alias)
    spec = row.read_spec(given, find_target(table, caller, "view"))
    require_rights(row.rights(spec, alias), caller)
    job = Job(id=uuid.UUID(new_group()), kind=kind, alias=alias, spec=spec)
    targets = targets_for(job, caller)
    work = Work(job, targets, datetime.now(UTC))
    return _looked_at(work, row, row.check)


def _looked_at(work: Work, row: JobKind, course: Writes) -> Preview:
    until = time.monotonic() + settings.SCAN_BUDGET_SECONDS
    target = written_to(work)
    planned: list[Planned] = []
    refused: list[Result] = []
    counts: Counter[str] = Counter()
    scanned, units, read = 0, 0.0, 0.0
    starts = [*row.cut(work)]
    is_whole = True
    for number, start in enumerate(starts):
        work, cursor = replace(work, number=number, total=len(starts)), start
        while is_whole:
            chunk = course.read(work, cursor)
            made, rows = decide(work, course, chunk.candidates, target)
            scanned += chunk.scanned
            read += chunk.read_units
            units += sum(units_of(each.write) for each in made)
            counts.update(each.outcome for each in [*chunk.rows, *rows])
            counts["done"] += len(made)
            planned += made[: MOST_SHOWN - len(planned)]
            wrong = [each for each in [*chunk.rows, *rows] if each.outcome == "refused"]
            refused += wrong[: MOST_SHOWN - len(refused)]
            cursor = chunk.next
            if cursor is None:
                break
            is_whole = scanned < settings.SCAN_BUDGET_ITEMS and time.monotonic() < until
    return Preview(
        work.spec,
        [_difference(each) for each in planned],
        refused,
        dict(counts),
        scanned,
        is_whole,
        units,
        money_of(read=read, write=units),
        work.moment,
    )


def _difference(planned: Planned) -> ItemPreview:
    outcome, see = planned.write.outcome, planned.write.target.sight.see
    before: Item | None = outcome.before if isinstance(outcome.before, dict) else None
    seen = [None if item is None else see(item) for item in (before, outcome.after)]
    return ItemPreview(planned.intent.token, seen[0], seen[1], deltas_between(*seen))
