"""What a checked job would do to the first of its items, told while somebody waits for it.

It is an example of when it was looked at; what the check has found is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from tables.access.callers import Caller
from tables.core.errors import InvalidRequest
from tables.core.sight import Seen
from tables.core.values import Item
from tables.jobs.chunk import Planned, decide, written_to
from tables.jobs.kind import Pieces, Work, Writes
from tables.jobs.kinds import KINDS
from tables.jobs.owners import targets_of
from tables.models import Job

MOST_SHOWN = 20
# Items that are read for them, where the first ones that were found are refused or changed since.
_MOST_READ = 100


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """What would become of one item: None where there is none. `token` names it, or what is
    copied, at the alias of the job.
    """

    token: str
    before: Seen | None
    after: Seen | None


def preview(caller: Caller, job: Job, most: int = MOST_SHOWN) -> Sequence[ItemPreview]:
    """The first differences of a job that waits for its yes, from the items that its check found.

    Raises what confirming it does for this caller's rights, and InvalidRequest for a kind whose
    check finds no items.
    """
    kind = KINDS[job.kind]
    if not kind.writes_what_was_found or isinstance(kind.write, Pieces):
        raise InvalidRequest("A job of this kind has no dry run.")
    named = {"alias": job.alias, "table": job.table, "spec": job.spec}
    confirmed = Job(id=job.pk, kind=job.kind, phase="write", **named)
    work = Work(confirmed, targets_of(confirmed, caller), datetime.now(UTC), most=most)
    planned = _planned(work, kind.write, kind.cut(work))
    return [_difference(each) for each in islice(planned, most)]


def _planned(work: Work, course: Writes, starts: Sequence[object]) -> Iterator[Planned]:
    """What would be written, a few items at a time; nothing more is read than is asked for."""
    read = 0
    for number, start in enumerate(starts):
        work, cursor = replace(work, number=number, total=len(starts)), start
        while read < _MOST_READ:
            chunk = course.read(work, cursor)
            yield from decide(work, course, chunk.candidates, written_to(work))[0]
            read += chunk.scanned
            cursor = chunk.next
            if cursor is None:
                break


def _difference(planned: Planned) -> ItemPreview:
    outcome, see = planned.write.outcome, planned.write.target.sight.see
    before: Item | None = outcome.before if isinstance(outcome.before, dict) else None
    seen = [None if item is None else see(item) for item in (before, outcome.after)]
    return ItemPreview(planned.intent.origin or planned.intent.token, *seen)
