"""Undo of a whole job: each item that it wrote is taken back where it stands as the job left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tables.core.errors import (
    Forbidden,
    JobConflict,
    JobNotFound,
    NotFound,
    UndoConflict,
)
from tables.core.history import Entry, fingerprint, item_name
from tables.core.keys import decode_token
from tables.core.values import member_error
from tables.dynamodb.history_table import entry_of
from tables.items.groups import trace_of
from tables.items.history import Version, deltas_of, require_kept
from tables.items.pinned import settled
from tables.items.target import Target
from tables.items.undo import undo
from tables.items.wanted import Mark, Settled
from tables.jobs.finding import can_be_undone, find_job, may_control
from tables.jobs.kind import Begun, Candidate, Chunk, Cursor, JobKind, Spec, Work
from tables.jobs.kinds import which
from tables.models import ReportPage
from tables.records.jobs.reports import first_of_parts, last_versions, rows_of


class _Undos:
    """The writes of an undo: those that the report of the job tells, page by page, from the last:
    what was written twice is taken back twice.
    """

    def read(self, work: Work, cursor: Cursor) -> Chunk:
        part, sequence = cursor
        pages = ReportPage.objects.filter(part_id=part, sequence__lte=sequence, done__gt=0)
        page, *more = pages.order_by("-sequence")[:2]
        versions = {row.key: row.version for row in rows_of(page) if row.outcome == "done"}
        keys = [decode_token(token, work.target.description) for token in versions]
        left = last_versions(work.job, versions.keys() if work.spec["repeats"] else set())
        there = zip(versions.items(), keys, which.read_now(work.target, keys), strict=True)
        candidates = [
            Candidate(key, item, given=n, origin=str(n), known=left.get(token, 0))
            for (token, n), key, item in there
        ]
        return Chunk(candidates, [part, more[0].sequence] if more else None, len(candidates))

    def again(self, work: Work, _cursor: Cursor, begun: Sequence[Begun]) -> Sequence[Candidate]:
        keys = [each.key for each in begun]
        there = zip(begun, which.read_now(work.target, keys), strict=True)
        return [
            Candidate(each.key, item, given=int(each.origin), origin=each.origin)
            for each, item in there
        ]

    def write(self, work: Work, candidate: Candidate) -> Settled | None:
        entry = _entry(work, candidate)
        if entry is None:
            raise NotFound("This item has no such version.")
        ignored = frozenset(work.target.table.history_ignore)
        if fingerprint(candidate.before, ignored) == entry.before:
            return None
        group = str(work.job.pk)
        # What the version left matters only where it is compared whole: what it created.
        is_as_left = fingerprint(candidate.before, ignored) == entry.after
        left = candidate.before if is_as_left else None
        wanted = undo(work.target, Version(entry, deltas_of(entry), left), group=group)
        try:
            return settled(wanted, candidate.before, Mark("undo", entry.n, group))
        except UndoConflict as error:
            if error.contested or error.current is None:
                raise
            return None  # it is as it was already


def _entry(work: Work, candidate: Candidate) -> Entry | None:
    """What the job wrote of the item; where its report has no number, history is asked for it."""
    n = candidate.given
    if not n:
        n = trace_of(work.target, candidate.key, work.spec["job"]).version
    return entry_of(item_name(candidate.key, work.target.description), n) if n else None


def _read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    """An undo as it is kept. Raises InvalidRequest, Forbidden, JobConflict, NotFound."""
    try:
        job = find_job(target.caller, str(given.get("job")))
    except JobNotFound:
        job = None
    if job is None or target.table.alias != job.written_alias:
        raise member_error("/job", '"job" is the id of a job that wrote to this table.')
    if not may_control(target.caller, job):
        raise Forbidden("Whoever started the job takes it back, and superusers do.")
    require_kept(target)
    if not can_be_undone(job):
        raise JobConflict("There is nothing of this job to undo, or it was undone already.")
    repeats = bool(job.spec.get("repeats"))
    return {"job": str(job.pk), "count": int(job.totals["done"]), "repeats": repeats}


def _rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    rights = {"history", "bulk"} if spec["count"] > which.MOST_KEYS else {"history"}
    return {alias: frozenset(rights)}


def _cut(work: Work) -> Sequence[Cursor]:
    pages = ReportPage.objects.filter(
        part__job_id=work.spec["job"], part__phase="write", done__gt=0
    )
    last = first_of_parts(pages.order_by("part_id", "-sequence"))
    return [[part, sequence] for part, sequence in last.items()]


UNDO = JobKind("undo", _read_spec, _rights, _cut, write=_Undos(), check=_Undos())
