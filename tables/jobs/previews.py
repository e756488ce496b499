"""What an order would do, told while somebody waits: the first differences.

It is an example of when it was looked at; the order is what counts.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
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
from tables.jobs.chunk import Planned, decide, written_to
from tables.jobs.kind import JobKind, Pieces, Work, Writes
from tables.jobs.kinds import KINDS
from tables.jobs.owners import require_rights, targets_for
from tables.models import Job

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """What would become of one item: None where there is none. `deltas` by path."""

    token: str
    before: Seen | None
    after: Seen | None
    deltas: Sequence[Delta]


def preview(
    caller: Caller, kind: str, alias: str, given: Mapping[str, Any]
) -> Sequence[ItemPreview]:
    """The first differences of an order, as far as a page may read for them (SCAN_BUDGET_…).

    Raises what `start` does for such an order, and InvalidRequest for a kind without a dry run.
    """
    row = KINDS.get(kind)
    if row is None or row.check is None or isinstance(row.check, Pieces):
        raise InvalidRequest("A job of this kind has no dry run.")
    table = registry().get(alias)
    spec = row.read_spec(given, find_target(table, caller, "view"))
    require_rights(row.rights(spec, alias), caller)
    job = Job(id=uuid.UUID(new_group()), kind=kind, phase="check", alias=alias, spec=spec)
    work = Work(job, targets_for(job, caller), datetime.now(UTC))
    return [_difference(each) for each in islice(_planned(work, row, row.check), MOST_SHOWN)]


def _planned(work: Work, row: JobKind, course: Writes) -> Iterator[Planned]:
    """What would be written, chunk by chunk; nothing more is read than is asked for."""
    until = time.monotonic() + settings.SCAN_BUDGET_SECONDS
    scanned = 0
    starts = [*row.cut(work)]
    for number, start in enumerate(starts):
        work, cursor = replace(work, number=number, total=len(starts)), start
        while scanned < settings.SCAN_BUDGET_ITEMS and time.monotonic() < until:
            chunk = course.read(work, cursor)
            yield from decide(work, course, chunk.candidates, written_to(work))[0]
            scanned += chunk.scanned
            cursor = chunk.next
            if cursor is None:
                break


def _difference(planned: Planned) -> ItemPreview:
    outcome, see = planned.write.outcome, planned.write.target.sight.see
    before: Item | None = outcome.before if isinstance(outcome.before, dict) else None
    seen = [None if item is None else see(item) for item in (before, outcome.after)]
    return ItemPreview(planned.intent.token, seen[0], seen[1], deltas_between(*seen))
