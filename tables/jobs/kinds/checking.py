"""The check of an import: rows of a file, chunk by chunk, beside what is stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from tables.core.errors import ItemNotFound, Sentence, TablesError
from tables.core.file_rows import FileRow, Place, rows_of
from tables.core.history import fingerprint
from tables.core.import_rows import judge, named_in, row_item, row_key
from tables.core.import_rules import Fault, Rules, faults_of
from tables.core.keys import encode_token, key_of
from tables.core.keys_seen import KeysSeen
from tables.core.sizes import item_size
from tables.core.values import Item
from tables.items.clock import fixed_at
from tables.items.new_keys import made_key, makes_key
from tables.items.rules import admitted_change, admitted_new
from tables.items.target import Target
from tables.items.units import foretold
from tables.items.wanted import Mark, Outcome
from tables.jobs import files, staging
from tables.jobs.kind import Work
from tables.jobs.kinds.import_orders import reading_of, rules_of
from tables.jobs.kinds.imported_kinds import (
    completed_row,
    held_row,
    read_for_key,
    rules_within,
    with_made,
    without_blanks,
)
from tables.jobs.kinds.which import read_now
from tables.jobs.staging import StagedRow


@dataclass(slots=True)
class OpenFile:
    """A file that is being checked: `chunk` is the number of the next one, from `place` on."""

    file: BinaryIO
    rules: Rules
    rows: Iterator[FileRow]
    seen: KeysSeen
    place: Place
    chunk: int
    is_through: bool = False

    def close(self) -> None:
        """Let go of it."""
        self.file.close()
        self.seen.close()

    def gathered(self) -> list[FileRow]:
        """The rows of the next chunk; the last may be why the rest of the file can't be read."""
        rows: list[FileRow] = []
        size = 0
        try:
            for row in self.rows:
                rows.append(row)
                size += _size(row)
                if len(rows) >= staging.MOST_ROWS or size >= staging.MOST_BYTES:
                    break
            else:
                self.is_through = True
        except TablesError as error:
            self.is_through = True
            before = rows[-1].after if rows else self.place
            rows.append(FileRow(before.line + 1, before.row + 1, before, error=error))
        self.place = rows[-1].after if rows else self.place
        self.chunk += 1
        return rows


# Files that this process left between two chunks: whoever goes on elsewhere opens them anew.
_left: dict[str, OpenFile] = {}
_MOST_LEFT = 2


def take(work: Work, place: Place, chunk: int) -> OpenFile:
    """The file of a job, ready to go on at a place. Raises InvalidRequest, TooLarge."""
    held = _left.pop(str(work.job.pk), None)
    if held is not None and (held.place, held.chunk) == (place, chunk):
        return held
    if held is not None:
        held.close()
    file = files.open_file(work.spec["upload"])
    rules = rules_of(work.spec, file, work.target)
    rows = rows_of(file, reading_of(work.spec), place if chunk else None)
    seen = KeysSeen()
    for row in staging.all_rows(work.job, chunk):
        if row.token:
            seen.first_line(row.token, _place_of(row, rules))
    return OpenFile(file, rules, rows, seen, place, chunk)


def leave(work: Work, held: OpenFile) -> None:
    """Let go of a file until the next chunk, or for good where it was the last."""
    if held.is_through:
        held.close()
        return
    while len(_left) >= _MOST_LEFT:
        _left.pop(next(iter(_left))).close()
    _left[str(work.job.pk)] = held


@dataclass(slots=True)
class Checked:
    """Rows beside what is stored, in their order, and the units of writing them."""

    rows: list[StagedRow]
    write_units: float = 0.0


def checked(work: Work, held: OpenFile, rows: Sequence[FileRow]) -> Checked:
    """What rows come to beside what is stored of them. Raises TablesError."""
    found: list[StagedRow | None] = []
    named: list[tuple[FileRow, Item, str]] = []
    rules, made = rules_within(held.rules, work.target), dict[str, Item]()
    for row in rows:
        try:
            with fixed_at(work.moment):
                key, new = _key(work, row, held.rules)
            token = encode_token(key, work.target.description)
            at = _place_of(row, held.rules)
            first = held.seen.first_line(token, at)
        except TablesError as error:
            found.append(_refused(row, "", faults_of(error)))
            continue
        if first != at:
            found.append(_refused(row, token, (_twice(first, held.rules),)))
            continue
        found.append(None)
        named.append((held_row(row, work.target), key, token))
        made[token] = new
    stored = read_now(work.target, [key for _row, key, _token in named])
    outcomes: list[Outcome] = []
    with fixed_at(work.moment):
        judged = [
            _staged(work.target, row, key, token, item, rules, made[token], outcomes)
            for (row, key, token), item in zip(named, stored, strict=True)
        ]
    coming = iter(judged)
    told = [row if row is not None else next(coming) for row in found]
    mark = Mark(group=str(work.job.pk))
    return Checked(told, foretold([(outcome, mark) for outcome in outcomes], work.target))


def _key(work: Work, row: FileRow, rules: Rules) -> tuple[Item, Item]:
    """The key of a row: the one that it names, or the one that the server makes of it.

    With it comes what the alias gives a new item of that row.
    """
    target = work.target
    partition = target.description.partition_key.name
    if row.error is not None or not (makes_key(target) or target.table.entity):
        return row_key(row, rules), {}
    named = named_in(row, rules)
    read = row_item(row, rules, read_for_key(named, target))
    item = without_blanks(read, target) | named
    new = completed_row(item, row, target, work.job.pk)
    if makes_key(target) and partition not in new:
        # The same row of the same job names the same item, however often it is read.
        random = str(uuid.uuid5(work.job.pk, str(row.number)))
        new = {**new, partition: made_key(new, target, random)}
    given = {name: new[name] for name in new if name not in item} if target.table.entity else {}
    return key_of(new, target.description), given


def _staged(
    target: Target,
    row: FileRow,
    key: Item,
    token: str,
    stored: Item | None,
    rules: Rules,
    given: Item,
    outcomes: list[Outcome],
) -> StagedRow:
    """What a row comes to; what writing it would do is added to the `outcomes`."""
    try:
        judged = with_made(judge(row, key, stored, rules), given)
        if judged.after is not None and judged.verdict in ("new", "changed"):
            after = _admitted(target, row, stored, judged.after, rules)
            outcomes.append(Outcome(key, stored, after))
    except TablesError as error:
        return _refused(row, token, faults_of(error))
    faults = [fault.kept for fault in judged.faults]
    place = (row.line, row.number, judged.verdict, token)
    if judged.verdict in ("same", "refused"):
        return StagedRow(*place, faults=faults)
    return StagedRow(*place, fingerprint(stored), judged.after, faults)


def _refused(row: FileRow, token: str, faults: Sequence[Fault]) -> StagedRow:
    kept = [fault.kept for fault in faults]
    return StagedRow(row.line, row.number, "refused", token, faults=kept)


def _place_of(row: FileRow | StagedRow, rules: Rules) -> int:
    """Where people look for a row: its line; in JSON, where rows share lines, its number."""
    return row.line if rules.heads else row.number


def _twice(first: int, rules: Rules) -> Fault:
    detail = Sentence("Row {row} of the file names the same item.", row=first)
    if rules.heads:
        detail = Sentence("Line {line} of the file names the same item.", line=first)
    return Fault("", "duplicate_key", detail)


def _size(row: FileRow) -> int:
    return item_size(row.item) if row.item is not None else sum(map(len, row.cells))


def _admitted(target: Target, row: FileRow, stored: Item | None, after: Item, rules: Rules) -> Item:
    """The item as it would be stored. Raises what the write would raise."""
    if stored is not None:
        return admitted_change(after, stored, target)
    is_named = target.description.partition_key.name in named_in(row, rules)
    if makes_key(target) and not target.table.natural_key and is_named:
        raise ItemNotFound("No item has that key, and the server makes keys here.")
    return admitted_new(after, target)
