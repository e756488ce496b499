"""Exports: items as JSON lines or CSV, streamed page by page so that memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils import timezone

from tables.admin.item_list.columns import Column
from tables.core.expressions import value_at
from tables.core.values import AttributeValue, Item, content_of, dumps, plain_item, plain_value

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), wide forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant

Chunks = Iterator[bytes]
Pages = Iterable[Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: what follows the dot in the file's name, its media type, its writer."""

    extension: str
    media_type: str
    write: Callable[[Pages, Sequence[Column]], Chunks]


def export(
    pages: Pages, columns: Sequence[Column], format: Format, alias: str
) -> StreamingHttpResponse:
    """A download. A page that fails ends it abruptly, so that nobody takes a part for the whole."""
    day = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        format.write(pages, columns),
        content_type=format.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{alias}-{day}.{format.extension}"',
            "X-Accel-Buffering": "no",
        },
    )


def _json_lines(pages: Pages, _columns: Sequence[Column]) -> Chunks:
    for page in pages:
        yield b"".join(dumps(plain_item(item)) + b"\n" for item in page)


def _typed_lines(pages: Pages, _columns: Sequence[Column]) -> Chunks:
    for page in pages:
        yield b"".join(dumps(item) + b"\n" for item in page)


def _csv_for_excel(pages: Pages, columns: Sequence[Column]) -> Chunks:
    """Excel takes a file for UTF-8 only by its mark, which other readers take for text."""
    yield codecs.BOM_UTF8
    yield from _csv(pages, columns)


def _csv(pages: Pages, columns: Sequence[Column]) -> Chunks:
    yield _csv_lines([[_defused(column.text) for column in columns]])
    for page in pages:
        yield _csv_lines(
            [_csv_cell(value_at(item, column.path)) for column in columns] for item in page
        )


def _csv_lines(rows: Iterable[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode()


def _csv_cell(value: AttributeValue | None) -> str:
    """A value as a spreadsheet may have it: nothing for absent, JSON for what nests."""
    if value is None:
        return ""
    if "N" in value:
        return str(content_of(value))
    content = plain_value(value)
    return _defused(content if isinstance(content, str) else dumps(content).decode())


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


CSV = Format("csv", "text/csv; charset=utf-8", _csv)
CSV_FOR_EXCEL = Format("csv", "text/csv; charset=utf-8", _csv_for_excel)
JSON_LINES = Format("jsonl", "application/jsonl", _json_lines)
TYPED_LINES = Format("dynamodb.jsonl", "application/jsonl", _typed_lines)
