"""Import: every row of a file is checked beside what is stored and shown, then written as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from django.conf import settings

from tables.core.bare_words import at_places
from tables.core.file_formats import Look, look_at
from tables.core.file_rows import Place
from tables.core.history import fingerprint
from tables.core.import_rows import Verdict
from tables.core.import_rules import Fault
from tables.core.keys import decode_token
from tables.core.sight import Seen
from tables.core.values import Item
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.items.wanted import Settled
from tables.jobs import files, staging
from tables.jobs.kind import Begun, Candidate, Chunk, Cursor, JobKind, Piece, Work
from tables.jobs.kinds import checking
from tables.jobs.kinds.import_orders import is_last_taken, read_spec, rights
from tables.jobs.kinds.imported_writes import write_of
from tables.jobs.kinds.scan_pages import note_page
from tables.jobs.kinds.which import read_now
from tables.jobs.others import foreign_version
from tables.jobs.staging import StagedRow
from tables.records.jobs.models import Job, ReportPage
from tables.records.jobs.reports import (
    MOST_WORDS,
    Outcome,
    Result,
    first_of_parts,
    pages_of,
    rows_of,
    rows_with,
)

# Where a cursor stands while the file is read for its keys.
_KEYS = "keys"
# What the rows of a check keep of a file where a row leads to one before it.
_LED = "led"
# What a row comes to, as the report of the check says it: `done` is what would be written.
_OUTCOMES: Mapping[Verdict, Outcome] = {
    "new": "done",
    "changed": "done",
    "same": "same",
    "conflict": "changed",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row of the file and the item that it names, as it is now and as it would be.

    `key` is None where the row names none, `before` and `after` where there is none or nothing
    would be written.
    """

    line: int
    number: int
    verdict: Verdict
    key: Seen | None
    before: Seen | None
    after: Seen | None
    faults: tuple[Fault, ...]


def look(target: Target, upload: str, *, encoding: str = "", delimiter: str = "") -> Look:
    """What an upload is, and what there is to choose. Raises InvalidRequest, TooLarge."""
    with files.open_file(files.upload_name(target.caller, upload)) as file:
        return look_at(file, encoding=encoding, delimiter=delimiter)


def differences(
    job: Job,
    target: Target,
    *verdicts: Verdict,
    is_partial: bool = False,
    start: int = 0,
    most: int = 100,
) -> list[RowDifference]:
    """Rows of an import that was checked, all or those with one of these verdicts, from one on.

    `is_partial`: of those only the ones that are taken but for a cell.
    """
    wanted = frozenset(verdicts) or frozenset(_OUTCOMES)
    rows = list(islice(_staged_from(job, wanted, start, is_partial=is_partial), most))
    keys = [_key_of(row, target) for row in rows]
    stored = iter(read_now(target, [key for key in keys if key is not None]))
    return [
        _difference(row, key, next(stored) if key is not None else None, target)
        for row, key in zip(rows, keys, strict=True)
    ]


def _staged_from(
    job: Job, verdicts: frozenset[Verdict], start: int, *, is_partial: bool
) -> Iterator[StagedRow]:
    """The staged rows with these verdicts, without the first so many; the report tells which chunks
    hold any, and only those are opened.
    """
    left = start
    for page in pages_of(job, {_OUTCOMES[verdict] for verdict in verdicts}, phase="check"):
        count = _count_partial(page) if is_partial else _count(page, verdicts)
        if count > left:
            chunk = (row for row in staging.get(job, page.sequence) if row.verdict in verdicts)
            yield from [row for row in chunk if row.faults or not is_partial][left:]
        left = max(left - count, 0)


def _count(page: ReportPage, verdicts: frozenset[Verdict]) -> int:
    """How many rows of a chunk have one of these verdicts: by its counters, where they tell."""
    outcomes = {_OUTCOMES[verdict] for verdict in verdicts}
    alike = {verdict for verdict, outcome in _OUTCOMES.items() if outcome in outcomes}
    if alike == verdicts:
        return sum(getattr(page, outcome) for outcome in outcomes)
    return sum(_verdict(row) in verdicts for row in rows_of(page))


def _count_partial(page: ReportPage) -> int:
    """How many rows of a chunk change their item, but for a cell."""
    return sum(map(_is_partial, rows_of(page)))


def _is_partial(row: Result) -> bool:
    return row.outcome == "done" and row.code == "changed" and bool(row.detail)


def _key_of(row: StagedRow, target: Target) -> Item | None:
    return decode_token(row.token, target.description) if row.token else None


def _difference(
    row: StagedRow, key: Item | None, stored: Item | None, target: Target
) -> RowDifference:
    see = target.sight.see
    return RowDifference(
        row.line,
        row.number,
        row.verdict,
        see(key) if key is not None else None,
        see(stored) if stored is not None else None,
        see(row.after) if row.after is not None else None,
        row.told_faults,
    )


class _Check:
    """The chunks of a check: what each row comes to, staged for the writes.

    Where the last line of an item is the one that is taken, the file is read for its keys first.
    """

    def piece(self, work: Work, cursor: Cursor, /) -> Piece:
        if is_last_taken(work.spec) and (cursor is None or cursor[0] == _KEYS):
            return _keys_piece(work, *(cursor or (_KEYS, 0, 0, 0, 0)))
        *place, chunk = cursor or (0, 0, 0, 0)
        held = checking.take(work, Place(*place), chunk)
        found = checking.checked(work, held, held.gathered())
        staging.put(work.job, chunk, found.rows, work.fence)
        at = held.place
        if held.is_through:
            note_page(work, at)
        checking.leave(work, held)
        following = None if held.is_through else [at.offset, at.line, at.row, held.chunk]
        state = _LED if found.has_led else None
        told = [_told(row)._replace(state=state) for row in found.rows]
        return Piece(following, len(told), len(told), told, found.write_units)


def _keys_piece(work: Work, _stage: str, offset: int, line: int, row: int, chunk: int) -> Piece:
    held = checking.take(work, Place(offset, line, row), chunk, names_keys=True)
    checking.note_keys(work, held)
    at = held.place
    checking.leave_keys(work, held)
    if held.is_through:
        return Piece([0, 0, 0, held.chunk], 0)  # a staged chunk has the number of its page
    return Piece([_KEYS, at.offset, at.line, at.row, held.chunk], 0)


def _told(row: StagedRow) -> Result:
    """The row of the report: columns and words, never what a cell or an item holds."""
    outcome = _OUTCOMES[row.verdict]
    code = row.verdict if outcome == "done" else row.code
    return Result(row.token, outcome, code, row.line, detail=_words(row))


def _words(row: StagedRow) -> str:
    return at_places([(fault.column, fault.bare) for fault in row.told_faults])[:MOST_WORDS]


class _Writes:
    """The writes of what was staged, each as it was shown, or not at all."""

    def read(self, work: Work, cursor: Cursor, /) -> Chunk:
        chunk, offset, end = cursor
        if chunk >= end:
            return Chunk([], None, 0)
        staged = staging.get(work.job, chunk)
        rows = staged[offset : offset + work.most]
        candidates, told = _judged(work, rows)
        at = offset + len(rows)
        following = [chunk, at, end] if at < len(staged) else [chunk + 1, 0, end]
        return Chunk(candidates, None if following[0] >= end else following, len(rows), told)

    def again(self, work: Work, cursor: Cursor, begun: Sequence[Begun], /) -> Sequence[Candidate]:
        by_token = {row.token: row for row in staging.get(work.job, cursor[0]) if _is_write(row)}
        stored = read_now(work.target, [each.key for each in begun])
        return [
            _candidate(by_token[each.origin], each.key, item)
            for each, item in zip(begun, stored, strict=True)
        ]

    def write(self, work: Work, candidate: Candidate, /) -> Settled | None:
        row: StagedRow = candidate.given
        if row.after is None:
            return None
        return write_of(work, candidate.key, candidate.before, row.after)


def _judged(work: Work, rows: Sequence[StagedRow]) -> tuple[list[Candidate], list[Result]]:
    """Rows to write whose items are as they were shown, and what has become of the others."""
    wanted = [row for row in rows if _is_write(row)]
    keys = [decode_token(row.token, work.target.description) for row in wanted]
    candidates: list[Candidate] = []
    told = [_told(row) for row in rows if not _is_write(row)]
    ours = frozenset(kept_names(work.target.table))
    for row, key, item in zip(wanted, keys, read_now(work.target, keys), strict=True):
        if fingerprint(item) == row.before:
            candidates.append(_candidate(row, key, item))
        elif fingerprint(item, ours) == fingerprint(row.after, ours):
            told.append(Result(row.token, "same", row.code, row.line, detail=_words(row)))
        else:
            version = foreign_version(work.job, work.target, key, item)
            told.append(Result(row.token, "changed", "conflict", row.line, version))
    return candidates, told


def _candidate(row: StagedRow, key: Item, stored: Item | None) -> Candidate:
    """A row to write; its report tells of cells that were not taken from it."""
    return Candidate(key, stored, row.line, row, row.token, told=(row.code, _words(row)))


def _is_write(row: StagedRow) -> bool:
    return row.verdict in ("new", "changed")


def _cut(work: Work) -> Sequence[Cursor]:
    """The check goes through the file in one; staged chunks are shared out, unless rows lead to
    rows before them: those are written in the order of the file.
    """
    if work.job.phase == "check":
        return [None]
    end, first = int(work.job.estimate["staged"]), int(work.job.estimate.get("staged_from", 0))
    most = 1 if work.job.estimate.get("has_led") else settings.JOB_PARTS
    count = min(most, max((end - first) // 4, 1))
    ends = [first + (end - first) * part // count for part in range(count + 1)]
    return [[start, 0, end] for start, end in pairwise(ends)]


def _finish(work: Work) -> None:
    """Say what the check has found, how many chunks it staged, and of how many rows to write a cell
    is kept as it is stored; in the end, of how many that are done.
    """
    if work.job.phase != "check":
        work.job.estimate["kept"] = sum(bool(row.code) for row in rows_with(work.job, {"done"}))
        return
    counts, has_led = Counter[str](), False
    for row in rows_with(work.job, phase="check"):
        counts[_verdict(row)] += 1
        # Of an item that is there nothing else is said where it is changed.
        counts["kept"] += _is_partial(row)
        has_led |= row.state == _LED
    part = work.job.parts.get(phase="check")
    # What was read for its keys alone has no page, and nothing is staged of it.
    first = min(first_of_parts(part.pages.order_by("sequence")).values(), default=0)
    found = {name: counts[name] for name in (*_OUTCOMES, "kept")}
    work.job.estimate |= found | {"staged": part.sequence, "staged_from": first}
    work.job.estimate["has_led"] = has_led


def _verdict(row: Result) -> str:
    if row.outcome == "done":
        return row.code
    return "conflict" if row.outcome == "changed" else row.outcome


IMPORT = JobKind(
    "import",
    read_spec,
    rights,
    _cut,
    write=_Writes(),
    check=_Check(),
    is_checked_first=True,
    finish=_finish,
)
