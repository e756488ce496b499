"""Which format a file is of, by its first bytes; what there is to choose where they don't tell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Literal, NoReturn

from tables.core import strict_json
from tables.core.errors import InvalidRequest, Sentence, TooLarge
from tables.core.file_text import (
    ENCODINGS,
    GZIP_START,
    MARKS,
    UTF_8,
    BadByte,
    as_utf8,
    encoding_named,
    first_bad_byte,
    inflated,
    looks_wide,
    marked_encoding,
    samples,
)
from tables.core.json_elements import Elements
from tables.core.strict_json import MAX_DEPTH
from tables.core.values import TYPES, member_error

Container = Literal["sheet", "workbook", "lines", "array"]
Shape = Literal["cells", "plain", "typed", "export", "put"]
SAMPLE_BYTES = 64 * 1024
DELIMITERS = (",", ";", "\t", "|")
# Typed JSON within an object or two.
TYPED_DEPTH = 2 * MAX_DEPTH + 6
_LOOKED_AT = 100
_AROUND = 1024


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file holds items: what separates them, and how one is written."""

    label: Sentence
    container: Container
    shape: Shape


FORMATS: Mapping[str, FileFormat] = {
    "csv": FileFormat(Sentence("CSV or TSV"), "sheet", "cells"),
    "xlsx": FileFormat(Sentence("Excel workbook (XLSX)"), "workbook", "cells"),
    "json_lines": FileFormat(Sentence("JSON lines"), "lines", "plain"),
    "typed_lines": FileFormat(Sentence("typed JSON lines"), "lines", "typed"),
    "export_lines": FileFormat(Sentence("JSON lines of an export to S3"), "lines", "export"),
    "json_array": FileFormat(Sentence("JSON array"), "array", "plain"),
    "typed_array": FileFormat(Sentence("JSON array of typed items"), "array", "typed"),
    "scan": FileFormat(Sentence("output of aws dynamodb scan or query"), "array", "typed"),
    "put_requests": FileFormat(Sentence("PutRequests of batch-write-item"), "array", "put"),
}
# What is known by its first bytes and not read, and what to do about it.
_REFUSED: tuple[tuple[bytes, Sentence], ...] = (
    (b"\xe0\x01\x00\xea", Sentence("Amazon Ion is not read. Export as DynamoDB JSON instead.")),
    (b"$ion", Sentence("Amazon Ion is not read. Export as DynamoDB JSON instead.")),
    (b"PAR1", Sentence("Parquet is not read. Save the table as CSV or JSON lines.")),
    (
        b"\xd0\xcf\x11\xe0",
        Sentence("The old XLS format is not read. Save the sheet as XLSX or CSV."),
    ),
    (b"%PDF", Sentence("This is a PDF, not a table of items.")),
    (b"\x89PNG", Sentence("This is an image, not a table of items.")),
    (b"\xff\xd8\xff", Sentence("This is an image, not a table of items.")),
    (b"GIF8", Sentence("This is an image, not a table of items.")),
)
_ZIP_START = b"PK\x03\x04"
# The first line by which Excel says what cuts the others.
_SEPARATOR = re.compile(r'(?i:"?sep=(?P<mark>.)"?)')
_SPACE = rb"[ \t\r\n]*"
_SCALAR = rb'(?:"[^"\\]*"|[\w.+-]+)'
_ARRAYS = {
    "scan": re.compile(
        rb'\{(?:%b"\w+"%b:%b%b%b,)*%b"Items"%b:%b\['
        % (_SPACE, _SPACE, _SPACE, _SCALAR, *(_SPACE,) * 4)
    ),
    "put_requests": re.compile(
        rb'\{%b"[^"]+"%b:%b(?=\[%b\{%b"(?:Put|Delete)Request")\[' % ((_SPACE,) * 5)
    ),
    "json_array": re.compile(rb"\["),
}


@dataclass(frozen=True, slots=True)
class FileReading:
    """How a file is read. What is empty has to be chosen first: nothing is guessed.

    `start` is the byte of the text after which the elements of a JSON array stand; in a sheet it is
    not 0 where a line before the heads says what cuts the others.
    """

    format: str
    is_compressed: bool = False
    encoding: str = UTF_8
    delimiter: str = ""
    start: int = 0

    @property
    def is_decided(self) -> bool:
        """Whether the file can be read by it."""
        return bool(self.encoding and (self.delimiter or self.format != "csv"))


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look at a file tells: how it would be read, and what there is to choose from.

    `heads` are the first line's cells by delimiter; `lines` are samples by encoding, where the file
    is no UTF-8 from `bad` on.
    """

    reading: FileReading
    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bad: BadByte | None = None
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)


def look_at(stream: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Look:
    """What a file is; of a CSV file 64 MB are read, for its encoding.

    `encoding` and `delimiter` are those that somebody has chosen. Raises InvalidRequest for what
    is no such file, and is known by its name where it can be; TooLarge.
    """
    if encoding:
        encoding = encoding_named(encoding) or _unknown(encoding, "encoding", ENCODINGS.values())
    if delimiter and delimiter not in DELIMITERS:
        _unknown(delimiter, "delimiter", map(repr, DELIMITERS))
    start = _start(stream)
    _require_readable(start)
    if start.startswith(_ZIP_START):
        return Look(FileReading("xlsx"))
    is_compressed = start.startswith(GZIP_START)
    if is_compressed:
        stream = inflated(stream)
        start = _start(stream)
        _require_readable(start)
    if not start.strip():
        raise InvalidRequest("The file is empty.")
    as_json = _json_reading(start)
    if as_json is not None:
        return Look(replace(as_json, is_compressed=is_compressed))
    return _sheet_look(stream, start, FileReading("csv", is_compressed, encoding, delimiter))


def text_of(stream: BinaryIO, reading: FileReading) -> BinaryIO:
    """The text of a file in UTF-8, at its start: unpacked and decoded as `reading` says."""
    unpacked = inflated(stream) if reading.is_compressed else stream
    return as_utf8(unpacked, reading.encoding)


def _start(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(SAMPLE_BYTES)


def _unknown(chosen: str, what: str, known: Iterable[str]) -> NoReturn:
    raise member_error(
        f"/{what}",
        "{name} is no {what} that is read; those are {known}.",
        name=repr(chosen[:40]),
        what=what,
        known=", ".join(known),
    )


def _require_readable(start: bytes) -> None:
    for magic, words in _REFUSED:
        if start.startswith(magic):
            raise InvalidRequest(words)


def _json_reading(start: bytes) -> FileReading | None:
    """How JSON is read; None where the file is none."""
    text = start.removeprefix(next(iter(MARKS)))
    skipped = len(start) - len(text.lstrip())
    text = text.lstrip()
    if text[:1] == b"[":
        return FileReading(
            "typed_array" if _is_typed(_elements(text[1:])) else "json_array", start=skipped + 1
        )
    if text[:1] != b"{":
        return None
    for name, pattern in _ARRAYS.items():
        if found := pattern.match(text):
            return FileReading(name, start=skipped + found.end())
    return FileReading(_lines_format(text.splitlines()))


def _lines_format(lines: Sequence[bytes]) -> str:
    values = [value for line in lines[:_LOOKED_AT] if (value := _parsed(line)) is not None]
    within = [value["Item"] for value in values if _is_exported(value)]
    if 2 * len(within) > len(values) and _is_typed(within):
        return "export_lines"
    return "typed_lines" if _is_typed(values) else "json_lines"


def _is_exported(value: Any) -> bool:
    return value.keys() == {"Item"} and isinstance(value["Item"], dict)


def _elements(text: bytes) -> list[Any]:
    """What can be parsed of the first elements of an array."""
    found = []
    with suppress(InvalidRequest, TooLarge):
        for element in Elements(io.BytesIO(text), 1):
            found.append(_parsed(element.text))
            if len(found) == _LOOKED_AT:
                break
    return [value for value in found if value is not None]


def _parsed(text: bytes) -> Any:
    """An object; None for what can't be parsed, as the last, torn line of a sample."""
    try:
        value = strict_json.parse(text, max_depth=TYPED_DEPTH)
    except InvalidRequest:
        return None
    return value if isinstance(value, dict) else None


def _is_typed(values: Sequence[Any]) -> bool:
    """Whether most of the items are typed JSON: a bad one among them makes no other format."""
    return 2 * sum(map(_is_typed_item, values)) > len(values)


def _is_typed_item(value: Any) -> bool:
    """Whether it is built as typed JSON is: what a type can't hold is a fault of its own."""
    built = [each for each in value.values() if isinstance(each, dict) and len(each) == 1]
    return bool(value) and len(built) == len(value) and all(TYPES.keys() >= v.keys() for v in built)


def _sheet_look(stream: BinaryIO, start: bytes, reading: FileReading) -> Look:
    encoding = reading.encoding or marked_encoding(start) or ""
    bad = None
    if not encoding and not looks_wide(start):
        stream.seek(0)
        bad = first_bad_byte(stream)
        encoding = "" if bad else UTF_8
    if not encoding:
        _require_text(start, bad)
        return Look(replace(reading, encoding=""), bad=bad, lines=samples(_around(stream, bad)))
    text = as_utf8(stream, encoding)
    head = _first_line(text)
    if said := _SEPARATOR.fullmatch(head):
        if said["mark"] not in DELIMITERS:
            _unknown(said["mark"], "delimiter", map(repr, DELIMITERS))
        mark = reading.delimiter or said["mark"]
        reading = replace(reading, delimiter=mark, start=len(head))
        head = _first_line(text)
    heads = {mark: cells for mark in DELIMITERS if len(cells := _cells(head, mark)) > 1}
    decided = reading.delimiter or _only_delimiter(heads)
    shown = heads or {DELIMITERS[0]: _cells(head, DELIMITERS[0])}
    return Look(replace(reading, encoding=encoding, delimiter=decided), shown)


def _require_text(start: bytes, bad: BadByte | None) -> None:
    """Raise InvalidRequest for bytes that are text in none of the encodings that are offered."""
    if bad is not None and b"\0" in start:
        raise InvalidRequest("This is no text, and no other file of items that is read.")


def _around(stream: BinaryIO, bad: BadByte | None) -> bytes:
    """Whole lines about the first bad byte, for samples."""
    stream.seek(max(0, (bad.offset if bad else 0) - _AROUND))
    sample = stream.read(_AROUND + SAMPLE_BYTES)
    return sample[: sample.rfind(b"\n") + 1] or sample


def _first_line(text: BinaryIO) -> str:
    """The heads' line, or lines where a head has some of its own."""
    line = text.readline(SAMPLE_BYTES)
    if not line.endswith(b"\n") and b"\r" in line:
        raise InvalidRequest("The lines end in CR alone. Save the file with LF or CR LF.")
    while line.count(b'"') % 2 and len(line) < SAMPLE_BYTES and (more := text.readline(1024)):
        line += more
    try:
        return line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InvalidRequest("The file is not in the encoding that was chosen.") from error


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        lines = io.StringIO(line, newline="")
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _only_delimiter(heads: Mapping[str, Sequence[str]]) -> str:
    """The delimiter, where the first line has but one; a sheet of one column needs none."""
    if not heads:
        return DELIMITERS[0]
    return next(iter(heads)) if len(heads) == 1 else ""
