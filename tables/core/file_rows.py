"""The rows of a file in any format, one at a time: cells or an item, or why there is neither."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from tables.core import strict_json
from tables.core.errors import InvalidRequest, InvalidValue, Sentence, TablesError
from tables.core.file_formats import FORMATS, TYPED_DEPTH, FileReading, Shape, text_of
from tables.core.file_text import MAX_LINE, Lines
from tables.core.json_elements import Elements
from tables.core.typed_json import typed_item
from tables.core.values import Item, wire_item
from tables.core.workbooks import workbook_rows

# For the whole process: the largest item has cells of some 400 KB, and JSON escapes of it more.
csv.field_size_limit(MAX_LINE)
_LINE = Sentence("The line")
# What the parser of CSV begins its reason with -> the reason in our words.
_NO_CSV: Mapping[str, Sentence] = {
    "unexpected end of data": Sentence(
        "The line can't be read as CSV: a quote opens a cell, and none closes it."
    ),
    "field larger": Sentence("The line can't be read as CSV: a cell of it is too long."),
    "new-line character": Sentence(
        "The line can't be read as CSV: a CR stands in a cell without quotes around it."
    ),
    "": Sentence(
        "The line can't be read as CSV: a cell has no closing quote, or a quote in it is not "
        "written twice."
    ),
}
# What stands before the elements of an array, as far as it matters to what stands behind them.
_OPENINGS: Mapping[str, bytes] = {
    "json_array": b"[",
    "typed_array": b"[",
    "scan": b'{"Items":[',
    "put_requests": b'{"":[',
}
# `aws dynamodb scan` ends with counts and a key; as much again is no end of an array.
_MOST_BEHIND = 64 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows: bytes of text before, lines before, and rows before (heads don't count).

    In a workbook `offset` says nothing.
    """

    offset: int = 0
    line: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row: `cells` of a sheet, or an `item`, or the `error` that there is instead.

    `line` is the physical line that it begins at and `number` that of the row, both from 1: in a
    sheet the first row after the heads is number 1. `unsure` are cells, by position, that a
    workbook does not hold as they were meant, and why. `after` is the place behind the row.
    """

    line: int
    number: int
    after: Place
    cells: Sequence[str] = ()
    item: Item | None = None
    is_typed: bool = False
    error: TablesError | None = None
    unsure: Mapping[int, Sentence] | None = None


def head_of(stream: BinaryIO, reading: FileReading) -> Sequence[str]:
    """The texts of a sheet's first line. Raises InvalidRequest, TooLarge."""
    first = next(_all_cells(stream, reading, Place()), None)
    if first is None:
        raise InvalidRequest("The file is empty.")
    if first.error is not None:
        raise first.error
    return first.cells


def rows_of(
    stream: BinaryIO, reading: FileReading, place: Place | None = None
) -> Iterator[FileRow]:
    """The rows of a file from its start, or from a place that an earlier row gave.

    Raises InvalidRequest, TooLarge where the file can't be read any further: no row follows.
    """
    container = FORMATS[reading.format].container
    start = place or Place()
    if container in ("sheet", "workbook"):
        found = _all_cells(stream, reading, start)
        return found if start.row or start.line else itertools.islice(found, 1, None)
    shape = FORMATS[reading.format].shape
    return (_json_row(text, shape) for text in _texts_of_json(stream, reading, start))


def places_of(stream: BinaryIO, reading: FileReading) -> Iterator[Place]:
    """The place behind each row of a file; what is no more than counted is not read.

    Raises as `rows_of` does.
    """
    if FORMATS[reading.format].container in ("sheet", "workbook"):
        return (row.after for row in rows_of(stream, reading))
    return (text.after for text in _texts_of_json(stream, reading, Place()))


def _all_cells(stream: BinaryIO, reading: FileReading, place: Place) -> Iterator[FileRow]:
    """Rows of cells; that of the heads has the number 0."""
    if FORMATS[reading.format].container == "workbook":
        return _workbook(stream, place)
    return _sheet(stream, reading, place)


def _workbook(stream: BinaryIO, place: Place) -> Iterator[FileRow]:
    first = place.row + bool(place.line)
    filled = (row for row in workbook_rows(stream) if any(row[1]) or row[2])
    for number, (line, cells, unsure) in enumerate(filled):
        if number >= first:
            yield FileRow(line, number, Place(0, line, number), cells, unsure=unsure)


def _sheet(stream: BinaryIO, reading: FileReading, place: Place) -> Iterator[FileRow]:
    lines = _lines(stream, reading, place)
    reader = csv.reader(map(bytes.decode, lines), delimiter=reading.delimiter, strict=True)
    number = place.row + bool(place.line)
    if reading.start and not place.line:
        next(lines, None)  # it says what cuts the others
    while True:
        lines.begin()
        line = lines.number + 1
        error: TablesError | None = None
        cells: Sequence[str] = ()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as reason:
            # A quote too many would swallow what follows: only its own line is lost.
            lines.go_back()
            error = _unreadable(reason)
        except UnicodeDecodeError as reason:
            error = _undecodable(reason)
        except TablesError as reason:
            error = reason
        if not cells and error is None:
            continue
        yield FileRow(line, number, Place(lines.offset, lines.number, number), cells, error=error)
        number += 1


def _unreadable(reason: csv.Error) -> InvalidRequest:
    words = next(_NO_CSV[key] for key in _NO_CSV if str(reason).startswith(key))
    return InvalidRequest(words)


def _undecodable(reason: UnicodeDecodeError) -> InvalidRequest:
    return InvalidRequest(
        "{what} is not UTF-8: byte {position} can't be read.", what=_LINE, position=reason.start
    )


def _lines(stream: BinaryIO, reading: FileReading, place: Place) -> Lines:
    text = text_of(stream, reading)
    if place.offset:
        text.seek(place.offset)
    return Lines(text, place.line)


class _RowText(NamedTuple):
    """The text of one row of JSON, or the error that there is instead."""

    text: bytes
    line: int
    number: int
    after: Place
    error: TablesError | None = None


def _texts_of_json(stream: BinaryIO, reading: FileReading, place: Place) -> Iterator[_RowText]:
    is_lines = FORMATS[reading.format].container == "lines"
    return (_lines_of_json if is_lines else _elements_of_json)(stream, reading, place)


def _lines_of_json(stream: BinaryIO, reading: FileReading, place: Place) -> Iterator[_RowText]:
    lines = _lines(stream, reading, place)
    number = place.row
    while True:
        lines.begin()
        line = lines.number + 1
        try:
            text = next(lines)
        except StopIteration:
            return
        except TablesError as error:
            number += 1
            yield _RowText(b"", line, number, Place(lines.offset, lines.number, number), error)
            continue
        if text.strip():
            number += 1
            yield _RowText(text.strip(), line, number, Place(lines.offset, line, number))


def _elements_of_json(stream: BinaryIO, reading: FileReading, place: Place) -> Iterator[_RowText]:
    text = text_of(stream, reading)
    line = place.line + 1
    if not place.offset:
        marked = text.tell()
        line = text.read(reading.start - marked).count(b"\n") + 1
    text.seek(place.offset or reading.start)
    elements = Elements(text, line)
    for number, element in enumerate(elements, place.row + 1):
        after = Place(element.end, element.end_line - 1, number)
        yield _RowText(element.text, element.line, number, after)
    _require_end(reading.format, elements.rest + text.read(_MOST_BEHIND))


def _require_end(name: str, rest: bytes) -> None:
    """Raise InvalidRequest where more follows an array than the members of an object around it."""
    try:
        around = strict_json.parse(_OPENINGS[name] + b"]" + rest)
    except TablesError:
        raise InvalidRequest(
            "More follows the array that was read. Import each array's file alone."
        ) from None
    if name == "put_requests" and len(around) > 1:
        raise InvalidRequest(
            "The requests of another table follow: import each table's file alone."
        )


def is_one_page(stream: BinaryIO, reading: FileReading, end: Place) -> bool:
    """Whether a file is the output of a scan, or a query, that tells where its next page begins.

    `end` is the place behind its last row.
    """
    if reading.format != "scan":
        return False
    text = text_of(stream, reading)
    text.seek(end.offset or reading.start)
    try:
        around = strict_json.parse(_OPENINGS["scan"] + text.read(_MOST_BEHIND))
    except TablesError:
        return False  # it was not read to its end, and that is told
    # The AWS CLI, told to stop early, keeps the place in a token of its own.
    return bool(around.get("LastEvaluatedKey") or around.get("NextToken"))


def _json_row(row: _RowText, shape: Shape) -> FileRow:
    place = (row.line, row.number, row.after)
    if row.error is not None:
        return FileRow(*place, error=row.error)
    try:
        value = strict_json.parse(row.text, max_depth=TYPED_DEPTH, what=_LINE)
        return FileRow(*place, item=_SHAPES[shape](value), is_typed=shape != "plain")
    except TablesError as error:
        return FileRow(*place, error=error)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidValue("An item is a JSON object.")
    return value


def _within(*names: str) -> Callable[[Any], Item]:
    """The typed item that stands behind these names, one within the other, and nothing else."""

    def read(value: Any) -> Item:
        for name in names:
            if not isinstance(value, dict) or value.keys() != {name}:
                raise InvalidValue("This is no object of {name} alone.", name=repr(name))
            value = value[name]
        return typed_item(_object(value))

    return read


_SHAPES: Mapping[Shape, Callable[[Any], Item]] = {
    "plain": lambda value: wire_item(_object(value)),
    "typed": lambda value: typed_item(_object(value)),
    "export": _within("Item"),
    "put": _within("PutRequest", "Item"),
}
