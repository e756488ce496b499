"""What a check found, item by item: a job that was confirmed writes these and no others."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from tables.core.keys import decode_token
from tables.jobs.kind import Candidate, Chunk, Cursor, Work
from tables.jobs.kinds import which
from tables.models import Job, ReportPage
from tables.records.jobs.reports import Result, first_of_parts, rows_of


def cut(work: Work) -> Sequence[Cursor]:
    """Where each part begins: at the rows of its check where one was confirmed, else as ordered."""
    if work.job.phase == "write" and work.job.parts.filter(phase="check").exists():
        pages = _pages(work.job)
        first = first_of_parts(pages).items()
        begun = (pages.get(part_id=part, sequence=sequence) for part, sequence in first)
        if all(row.state is not None for page in begun for row in rows_of(page)):
            return [[part, sequence, 0] for part, sequence in first]
    return which.cut(work)  # no check, or one of a release that kept no states


def read(work: Work, cursor: Cursor) -> Chunk:
    """The next chunk of these items, read consistently. Raises TablesError.

    Each has what the check found of it; `origin` is then the token that its report names.
    """
    if not isinstance(cursor, list):
        return which.read(work, cursor)
    part, sequence, start = cursor
    page, *more = _pages(work.job).filter(part_id=part, sequence__gte=sequence)[:2]
    rows = rows_of(page)
    taken = rows[start : start + work.most]
    end = start + len(taken)
    following = [part, more[0].sequence, 0] if more else None
    named = [row for row in taken if row.origin or row.key]  # others were forgotten since
    keys = [decode_token(row.origin or row.key, work.target.description) for row in named]
    items = which.read_now(work.target, keys)
    candidates = [
        Candidate(key, item, origin=row.key, found=row.state, refusal=_refusal(row))
        for row, key, item in zip(named, keys, items, strict=True)
    ]
    following = [part, sequence, end] if end < len(rows) else following
    return Chunk(candidates, following, len(taken))


def _refusal(row: Result) -> Result | None:
    return row._replace(state=None, origin="") if row.outcome == "refused" else None


def _pages(job: Job) -> QuerySet[ReportPage]:
    pages = ReportPage.objects.filter(part__job=job, part__phase="check")
    return pages.order_by("part__number", "sequence")
