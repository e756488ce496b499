"""The check of an import: rows of a file, chunk by chunk, beside what is stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from tables.core.errors import ItemExists, ItemNotFound, Sentence, TablesError
from tables.core.file_rows import FileRow, Place, rows_of
from tables.core.history import fingerprint
from tables.core.import_rows import judge, named_in, row_item, row_key
from tables.core.import_rules import Fault, Rules, faults_of
from tables.core.keys import encode_token, key_of
from tables.core.keys_seen import KeysSeen
from tables.core.sizes import size_at_most
from tables.core.values import Item
from tables.items.clock import fixed_at
from tables.items.in_turn import Earlier
from tables.items.new_keys import made_key, makes_key
from tables.items.target import Target
from tables.items.units import foretold
from tables.jobs import files, staging
from tables.jobs.kind import Work
from tables.jobs.kinds.import_orders import is_last_taken, reading_of, rules_of
from tables.jobs.kinds.imported_kinds import (
    completed_row,
    held_row,
    read_for_key,
    rules_within,
    with_made,
    without_blanks,
)
from tables.jobs.kinds.imported_writes import (
    CheckedRow,
    asked_of_links,
    write_of,
)
from tables.jobs.kinds.which import read_all
from tables.jobs.staging import StagedRow


@dataclass(slots=True)
class OpenFile:
    """A file that is being checked: `chunk` is the number of the next one, from `place` on.

    `names_keys` while it is read for its keys alone, before it is checked. `earlier` is what the
    rows before make of their items.
    """

    file: BinaryIO
    rules: Rules
    rows: Iterator[FileRow]
    seen: KeysSeen
    earlier: Earlier
    place: Place
    chunk: int
    is_through: bool = False
    names_keys: bool = False

    def close(self) -> None:
        """Let go of it."""
        self.file.close()
        self.seen.close()
        self.earlier.close()

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


def take(work: Work, place: Place, chunk: int, *, names_keys: bool = False) -> OpenFile:
    """The file of a job, ready to go on at a place. Raises InvalidRequest, TooLarge."""
    held = _left.pop(str(work.job.pk), None)
    if held is not None:
        if (held.place, held.chunk, held.names_keys) == (place, chunk, names_keys):
            return held
        held.close()
    file = files.open_file(work.spec["upload"])
    rules = rules_of(work.spec, file, work.target)
    if is_last_taken(work.spec):
        held = _with_keys(work, file, rules, place if names_keys else None)
        return held if names_keys else _checked_from(work, held, place, chunk)
    seen, earlier = KeysSeen(), Earlier(work.target)
    for row in staging.all_rows(work.job, chunk):
        if row.token:
            seen.first_line(row.token, _place_of(row, rules))
        _note_made(row, earlier)
    rows = rows_of(file, reading_of(work.spec), place if chunk else None)
    return OpenFile(file, rules, rows, seen, earlier, place, chunk)


def _with_keys(work: Work, file: BinaryIO, rules: Rules, until: Place | None) -> OpenFile:
    """The file with the keys that stand before a place; None: to its end."""
    rows = rows_of(file, reading_of(work.spec))
    seen, earlier = KeysSeen(), Earlier(work.target)
    held = OpenFile(file, rules, rows, seen, earlier, Place(), 0, names_keys=True)
    while not held.is_through and held.place != until:
        note_keys(work, held)
    return held


def _checked_from(work: Work, held: OpenFile, place: Place, chunk: int) -> OpenFile:
    """The same file, its keys known, from a place on."""
    rows = rows_of(held.file, reading_of(work.spec), place if chunk else None)
    for row in staging.all_rows(work.job, chunk) if held.earlier.is_needed else ():
        _note_made(row, held.earlier)
    return OpenFile(held.file, held.rules, rows, held.seen, held.earlier, place, chunk)


def _note_made(row: StagedRow, earlier: Earlier) -> None:
    """Note what a row that was checked will make of its item."""
    if row.verdict in ("new", "changed") and row.after is not None:
        earlier.note(row.token, row.after)


def note_keys(work: Work, held: OpenFile) -> None:
    """Note where the rows of the next chunk name their items; those without a key are told when
    they are checked.
    """
    with fixed_at(work.moment):
        for row in held.gathered():
            with suppress(TablesError):
                key, _new = _key(work, row, held.rules)
                token = encode_token(key, work.target.description)
                held.seen.note_last(token, _place_of(row, held.rules))


def leave_keys(work: Work, held: OpenFile) -> None:
    """Let go of a file until the next chunk of its keys, or until it is checked."""
    leave(work, _checked_from(work, held, Place(), held.chunk) if held.is_through else held)


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
    """Rows beside what is stored, in their order, and the units of writing them.

    `has_led` where a row, of these or before, leads to one before it.
    """

    rows: list[StagedRow]
    write_units: float
    has_led: bool


def checked(work: Work, held: OpenFile, rows: Sequence[FileRow]) -> Checked:
    """What rows come to beside what is stored of them. Raises TablesError."""
    found: list[StagedRow | None] = []
    named: list[_NamedRow] = []
    rules = rules_within(held.rules, work.target)
    for row in rows:
        try:
            with fixed_at(work.moment):
                key, new = _key(work, row, held.rules)
            token = encode_token(key, work.target.description)
            twice = _twice(work, held, token, _place_of(row, held.rules))
        except TablesError as error:
            found.append(_refused(row, "", faults_of(error)))
            continue
        if twice is not None:
            found.append(_refused(row, token, (twice,)))
            continue
        found.append(None)
        named.append(_NamedRow(held_row(row, work.target), key, token, new))
    read = read_all(work.target, [each.key for each in named])
    with fixed_at(work.moment):
        judged = [
            _judged(work, each, item, rules, is_hidden=each.token in read.hidden)
            for each, item in zip(named, read.items, strict=True)
        ]
    asked = asked_of_links(judged, held.earlier)
    writes = [each.write for each in asked if each.write is not None]
    coming = iter(asked)
    told = [row if row is not None else next(coming).row for row in found]
    would_take = foretold([(write.outcome, write.mark) for write in writes], work.target)
    return Checked(told, would_take, held.earlier.has_led)


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


@dataclass(frozen=True, slots=True)
class _NamedRow:
    """A row with the item that it names, and what the alias gives a new item of it."""

    row: FileRow
    key: Item
    token: str
    given: Item


def _judged(
    work: Work, named: _NamedRow, stored: Item | None, rules: Rules, *, is_hidden: bool
) -> CheckedRow:
    row, target = named.row, work.target
    try:
        judged = with_made(judge(row, named.key, stored, rules), named.given)
        if judged.verdict == "new":
            _require_may_be_made(target, row, rules, is_hidden=is_hidden)
        is_write = judged.verdict in ("new", "changed") and judged.after is not None
        write = write_of(work, named.key, stored, judged.after or {}) if is_write else None
    except TablesError as error:
        return CheckedRow(_refused(row, named.token, faults_of(error)))
    faults = [fault.kept for fault in judged.faults]
    place = (row.line, row.number, judged.verdict, named.token)
    if judged.verdict in ("same", "refused"):
        return CheckedRow(StagedRow(*place, faults=faults))
    return CheckedRow(StagedRow(*place, fingerprint(stored), judged.after, faults), write)


def _refused(row: FileRow, token: str, faults: Sequence[Fault]) -> StagedRow:
    kept = [fault.kept for fault in faults]
    return StagedRow(row.line, row.number, "refused", token, faults=kept)


def _place_of(row: FileRow | StagedRow, rules: Rules) -> int:
    """Where people look for a row: its line; in JSON, where rows share lines, its number."""
    return row.line if rules.heads else row.number


def _twice(work: Work, held: OpenFile, token: str, at: int) -> Fault | None:
    """That another row names the same item, where that one is taken."""
    is_sheet = bool(held.rules.heads)
    if not is_last_taken(work.spec):
        first = held.seen.first_line(token, at)
        detail = Sentence("Row {row} of the file names the same item.", row=first)
        if is_sheet:
            detail = Sentence("Line {line} of the file names the same item.", line=first)
        return None if first == at else Fault("", "duplicate_key", detail)
    last = held.seen.last_line(token) or at
    detail = Sentence("Row {row} of the file names the same item, and is taken.", row=last)
    if is_sheet:
        detail = Sentence("Line {line} of the file names the same item, and is taken.", line=last)
    return None if last == at else Fault("", "overruled", detail)


def _size(row: FileRow) -> int:
    return size_at_most(row.item) if row.item is not None else sum(map(len, row.cells))


def _require_may_be_made(target: Target, row: FileRow, rules: Rules, *, is_hidden: bool) -> None:
    """Raise ItemExists where the key is that of an item which the caller doesn't see, ItemNotFound
    where a new row names one that only the server makes.
    """
    if is_hidden:
        raise ItemExists("Another item has this key.")
    is_named = target.description.partition_key.name in named_in(row, rules)
    if makes_key(target) and not target.table.natural_key and is_named:
        raise ItemNotFound("No item has that key, and the server makes keys here.")
