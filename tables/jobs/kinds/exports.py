"""Export: everything that matches, in pieces that a killed worker makes again, for a download."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from tables.core.errors import JobConflict, NotFound, Sentence
from tables.core.expressions import value_at
from tables.core.job_states import ENDED
from tables.core.sheet_cells import defused, shown_cell
from tables.core.sheets import (
    OTHERS,
    Head,
    csv_lines,
    exact_heads,
    exact_row,
    head_line,
    parse_heads,
    undeclared,
)
from tables.core.sight import Seen
from tables.core.sizes import item_size
from tables.core.values import Item, dumps, member_error, plain_item
from tables.items.target import Target
from tables.jobs import files
from tables.jobs.kind import Cursor, JobKind, Piece, Spec, Work
from tables.jobs.kinds import which
from tables.records.jobs.models import Job
from tables.records.jobs.reports import Result, rows_with

# A piece ends with the chunk that takes it over one of these.
_MOST_ITEMS = 2_000
_MOST_BYTES = 4_000_000
# How many items a sheet looks at for its columns; others go into a column of their own.
_LOOKED_AT = 1_000
# An export that ended in one of these has no file, and never will.
_WITHOUT_OUTPUT = ENDED - {"finished"}


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: what people call it, the end of its files' names, its lines and the first one."""

    label: Sentence
    extension: str
    media_type: str
    lines: Callable[[Sequence[Seen], Sequence[Head]], bytes]
    first: Callable[[Sequence[Head]], bytes] | None = None


def _plain_lines(items: Sequence[Seen], _heads: Sequence[Head]) -> bytes:
    return b"".join(dumps(plain_item(item)) + b"\n" for item in items)


def _typed_lines(items: Sequence[Seen], _heads: Sequence[Head]) -> bytes:
    return b"".join(dumps(item) + b"\n" for item in items)


def _import_lines(items: Sequence[Seen], _heads: Sequence[Head]) -> bytes:
    return b"".join(b'{"Item":%b}\n' % dumps(item) for item in items)


def _exact_lines(items: Sequence[Seen], heads: Sequence[Head]) -> bytes:
    return csv_lines(exact_row(item, heads) for item in items)


def _shown_lines(items: Sequence[Seen], heads: Sequence[Head]) -> bytes:
    return csv_lines(_shown_row(item, heads) for item in items)


def _shown_row(item: Item, heads: Sequence[Head]) -> list[str]:
    own = {head.path[0] for head in heads if head.path}
    others = {name: value for name, value in item.items() if name not in own}
    cells = [shown_cell(value_at(item, head.path)) for head in heads if head.path]
    return [*cells, dumps(others).decode() if others else ""]


def _shown_heads(heads: Sequence[Head]) -> bytes:
    names = [defused(undeclared(head.path)) for head in heads if head.path]
    return csv_lines([[*names, OTHERS]])


def _marked(first: Callable[[Sequence[Head]], bytes]) -> Callable[[Sequence[Head]], bytes]:
    """The first line behind the mark of UTF-8: spreadsheets take a file for that by its mark."""
    return lambda heads: codecs.BOM_UTF8 + first(heads)


FORMATS: Mapping[str, ExportFormat] = {
    "json_lines": ExportFormat(
        Sentence("JSON lines"), "jsonl", "application/jsonl", _plain_lines
    ),
    "typed_lines": ExportFormat(
        Sentence("typed JSON lines"), "dynamodb.jsonl", "application/jsonl", _typed_lines
    ),
    "import_lines": ExportFormat(
        Sentence("JSON lines for an import from S3"), "json", "application/jsonl", _import_lines
    ),
    "csv": ExportFormat(
        Sentence("exact CSV, which comes back as it was"), "csv", "text/csv; charset=utf-8",
        _exact_lines, _marked(head_line),
    ),
    "csv_shown": ExportFormat(
        Sentence("CSV for spreadsheets"), "csv", "text/csv; charset=utf-8",
        _shown_lines, _marked(_shown_heads),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """A finished export as a download."""

    name: str
    media_type: str
    blocks: Iterator[bytes]


def output(job: Job, *, is_unpacked: bool = False) -> Output:
    """What an export made: one gzip file, or what it unpacks to. Raises NotFound for a job that
    never has any, JobConflict before the end, and InvalidRequest while it is read where its files
    are gone.
    """
    if job.kind != "export" or job.state in _WITHOUT_OUTPUT:
        raise NotFound("The job has made no file, and will make none.")
    if job.state != "finished":
        raise JobConflict("There is nothing to fetch yet.")
    form = FORMATS[job.spec["format"]]
    names = [row.detail for row in rows_with(job) if row.detail]
    first = [form.first(_heads(job))] if form.first is not None else []
    if is_unpacked:
        blocks = chain(first, map(files.get, names))
        return Output(file_name(job), form.media_type, blocks)
    blocks = chain(map(gzip.compress, first), files.packed_blocks(names))
    return Output(f"{file_name(job)}.gz", "application/gzip", blocks)


def file_name(job: Job) -> str:
    """What the file of an export is called once it is unpacked."""
    return f"{job.alias}-{job.created:%Y-%m-%d}.{FORMATS[job.spec['format']].extension}"


class _Export:
    """The pieces of an export, each a gzip file of whole lines."""

    def piece(self, work: Work, cursor: Cursor, /) -> Piece:
        at, number = cursor or (None, 0)
        items: list[Seen] = []
        scanned = size = 0
        while True:
            chunk = which.read(work, at)
            at = chunk.next
            found = [each.before for each in chunk.candidates if each.before is not None]
            items += [work.target.sight.see(item) for item in found]
            size += sum(map(item_size, found))
            scanned += chunk.scanned
            if at is None or len(items) >= _MOST_ITEMS or size >= _MOST_BYTES:
                break
        rows = [_stored_piece(work, number, items, at)] if items else []
        following = None if at is None else [at, number + 1]
        return Piece(following, scanned, len(items), rows, done=len(items))


def _stored_piece(work: Work, number: int, items: Sequence[Seen], at: Cursor) -> Result:
    """Store a piece; the row of the report that says so.

    A worker that was frozen in it may finish it after another one did, with what it had read: only
    the piece whose row was kept counts, and its name is that of one worker.
    """
    form = FORMATS[work.spec["format"]]
    end = files.digest(at)
    name = f"{files.folder(work.job)}/out/{work.number:03}-{number:06}-{work.fence}-{end}.gz"
    files.put(name, [form.lines(items, _heads(work.job))])
    return Result("", "done", detail=name)


def _heads(job: Job) -> Sequence[Head]:
    return parse_heads(job.estimate["heads"]) if "heads" in job.estimate else ()


def _cut(work: Work) -> Sequence[Cursor]:
    form = FORMATS[work.spec["format"]]
    if form.first is not None:
        heads = exact_heads(_first_items(work), work.target.description)
        work.job.estimate["heads"] = [head.text for head in heads]
    return which.cut(work)


def _first_items(work: Work) -> list[Seen]:
    """The items that a sheet's columns are made for, of the first part alone."""
    alone = replace(work, number=0, total=1)
    items: list[Seen] = []
    at: Any = None
    while len(items) < _LOOKED_AT:
        chunk = which.read(alone, at)
        items += [work.target.sight.see(c.before) for c in chunk.candidates if c.before is not None]
        at = chunk.next
        if at is None:
            break
    return items[:_LOOKED_AT]


def _read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    name = given.get("format", "json_lines")
    if not isinstance(name, str) or name not in FORMATS:
        raise member_error("/format", '"format" is one of {names}.', names=", ".join(FORMATS))
    return {**which.read_which(given, target), "format": name}


def _rights(_spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    return {alias: frozenset({"view", "export"})}


def _finish(work: Work) -> None:
    """Say how long the file is, packed: its pieces may be many, and far away."""
    names = [row.detail for row in rows_with(work.job) if row.detail]
    work.job.estimate["bytes"] = sum(map(files.size_of, names))


EXPORT = JobKind("export", _read_spec, _rights, _cut, write=_Export(), finish=_finish)
