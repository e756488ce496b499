"""Reports of jobs as files: a line for each item, streamed as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from tables.api.v1.requests.negotiation import PlainRenderer
from tables.core.sheet_cells import defused, shown_cell
from tables.core.sheets import csv_lines
from tables.core.values import dumps, plain_item
from tables.jobs.finding import ReportRow

_ROWS_AT_ONCE = 500
# Code or outcome -> why an item was left, where a row has no words of its own.
LEFT_WORDS: Mapping[str, str] = {
    "changed_since_check": "Somebody changed the item since it was checked; it was left as it is.",
    "gone_since_check": "The item was deleted since it was checked.",
    "item_not_found": "The item was deleted meanwhile.",
    "changed": "Somebody changed the item meanwhile; it was left as it is.",
    "unsure": "It is not known whether this was done: read the item.",
}
_HEADS = ("outcome", "code", "detail", "line", "version", "changed_by", "changed_at", "token")


class JsonLinesRenderer(PlainRenderer):
    """A report as JSON lines; what refuses it is JSON."""

    media_type = "application/jsonl"
    format = "jsonl"


class CsvRenderer(PlainRenderer):
    """A report as CSV, for spreadsheets; what refuses it is JSON."""

    media_type = "text/csv"
    format = "csv"


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format of reports: its media type, and its writer, which is told the key attributes."""

    media_type: str
    write: Callable[[Iterable[ReportRow], Sequence[str]], Iterator[bytes]]


def _json_lines(rows: Iterable[ReportRow], _names: Sequence[str]) -> Iterator[bytes]:
    return (b"".join(dumps(_document(row)) + b"\n" for row in few) for few in _by_few(rows))


def _csv(rows: Iterable[ReportRow], names: Sequence[str]) -> Iterator[bytes]:
    head = csv_lines([[*_HEADS, *map(defused, names)]])
    return chain((head,), (csv_lines(_cells(row, names) for row in few) for few in _by_few(rows)))


REPORT_FORMATS: Mapping[str, ReportFormat] = {
    "jsonl": ReportFormat("application/jsonl", _json_lines),
    "csv": ReportFormat("text/csv; charset=utf-8", _csv),
}


def _document(row: ReportRow) -> dict[str, object]:
    return {
        "key": plain_item(row.key) if row.key else None,
        "token": row.token or None,
        "outcome": row.outcome,
        "code": row.code or None,
        "detail": _words(row) or None,
        "line": row.line or None,
        "version": row.version or None,
        "changed_by": row.changed.by if row.changed else None,
        "changed_at": _moment(row) or None,
    }


def _cells(row: ReportRow, names: Sequence[str]) -> list[str]:
    by = row.changed.by if row.changed else ""
    place = (row.line or "", row.version or "")
    told = (row.outcome, row.code, _words(row), *place, by, _moment(row), row.token)
    key = [row.key.get(name) if row.key else None for name in names]
    return [*(defused(str(cell)) for cell in told), *map(shown_cell, key)]


def _words(row: ReportRow) -> str:
    if row.detail or row.outcome not in LEFT_WORDS:  # a row of a check that is done: `changed`
        return row.detail
    return LEFT_WORDS.get(row.code, LEFT_WORDS[row.outcome])


def _moment(row: ReportRow) -> str:
    return row.changed.at.isoformat(timespec="milliseconds") if row.changed else ""


def _by_few(rows: Iterable[ReportRow]) -> Iterator[list[ReportRow]]:
    """So many rows as one part of an answer has; nothing else is held."""
    source = iter(rows)
    while few := list(islice(source, _ROWS_AT_ONCE)):
        yield few
