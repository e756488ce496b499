"""The first sheet of an Excel workbook as rows of text, and the cells that can't be trusted."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from tables.core.errors import InvalidRequest, Sentence, TooLarge
from tables.core.numbers import EXACT
from tables.core.sheet_extent import Extent, column_number

MAX_WORKBOOK = 50 * 1024**2
MAX_INFLATED_WORKBOOK = 200 * 1024**2
# IEEE 754 holds any decimal number of so many digits; spreadsheets write no more themselves.
_SAFE_DIGITS = 15
_BLOCK = 256 * 1024
_OTHERS = frozenset({"content.xml", "xl/workbook.bin"})
# Far more than the two tags of a cell with a formula take.
_TAGS = 4096
_NO_VALUE = Sentence("This is a formula without a value: open and save the file in a spreadsheet.")
_LONG = Sentence(
    "A spreadsheet holds 15 digits of a number, and this one has more: write it as text."
)
# A cell with a formula, and its position; formulas come before values (ECMA-376, 18.3.1.4).
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>\s*<(?:\w+:)?f[\s/>]'
)


def require_workbook_fits(stream: BinaryIO) -> None:
    """Raise TooLarge, InvalidRequest unless this is a workbook that may be opened.

    What it unpacks to is read from its directory, before anything is unpacked.
    """
    if stream.seek(0, 2) > MAX_WORKBOOK:
        raise TooLarge("A workbook has at most {most} MB; save it as CSV.", most=MAX_WORKBOOK >> 20)
    try:
        archive = zipfile.ZipFile(stream)
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InvalidRequest("The workbook is damaged or cut off.") from error
    names = {member.filename.lower() for member in members}
    # Other office files would be read by other rules.
    if "xl/workbook.xml" not in names or not names.isdisjoint(_OTHERS):
        raise InvalidRequest("This is a ZIP archive, no Excel workbook. Unpack it first.")
    if sum(member.file_size for member in members) > MAX_INFLATED_WORKBOOK:
        raise TooLarge(
            "The workbook unpacks to more than {most} MB; save it as CSV.",
            most=MAX_INFLATED_WORKBOOK >> 20,
        )
    # A directory that lies about a size does not fit what is read by it.
    try:
        for member in members:
            _require_room(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise InvalidRequest("The workbook is damaged or cut off.") from error


def _require_room(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raise TooLarge, InvalidRequest for a sheet that takes more room than its cells do."""
    extent = Extent()
    with archive.open(member) as file:
        while block := file.read(_BLOCK):
            extent.add(block)


def workbook_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str], Mapping[int, Sentence]]]:
    """The rows of the first sheet: the number of the row there, its cells, and those in doubt.

    Raises TooLarge, InvalidRequest.
    """
    require_workbook_fits(stream)
    sheet = _sheet(stream)
    left = [""] * (sheet.start or (0, 0))[1]
    formulas = _Ahead(_formulas(stream))
    for line, row in enumerate(sheet.iter_rows(), 1):
        yield line, *_row([*left, *row], formulas.of(line))


def _sheet(stream: BinaryIO) -> CalamineSheet:
    stream.seek(0)
    try:
        with CalamineWorkbook.from_filelike(stream) as workbook:
            return workbook.get_sheet_by_index(0)
    except CalamineError as error:
        raise InvalidRequest("The workbook can't be read: {reason}.", reason=str(error)) from error


class _Ahead:
    """Positions in the order of rows, given row by row."""

    def __init__(self, positions: Iterator[tuple[int, int]]) -> None:
        self._positions = positions
        self._next = next(positions, None)

    def of(self, row: int) -> set[int]:
        """The columns, from 0, of this row; of those before it no one asks any more."""
        columns = set()
        while self._next is not None and self._next[0] <= row:
            if self._next[0] == row:
                columns.add(self._next[1])
            self._next = next(self._positions, None)
        return columns


def _row(values: Sequence[Any], formulas: set[int]) -> tuple[list[str], Mapping[int, Sentence]]:
    width = max(formulas, default=-1) + 1
    cells = [_text(value) for value in (*values, *[""] * (width - len(values)))]
    unsure = {i: _LONG for i, value in enumerate(values) if _is_long(value)}
    unsure |= {i: _NO_VALUE for i, cell in enumerate(cells) if not cell and i in formulas}
    return cells, unsure


def _text(value: Any) -> str:
    """A cell's value as people would write it in CSV."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    number = Decimal(repr(value))
    return format(number.to_integral_value() if value.is_integer() else number, "f")


def _is_long(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, float | int):
        return False
    return len(EXACT.normalize(Decimal(repr(value))).as_tuple().digits) > _SAFE_DIGITS


def _formulas(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Row, from 1, and column, from 0, of each formula of the first sheet, in its order."""
    archive = zipfile.ZipFile(stream)
    with archive.open(_first_sheet(archive)) as sheet:
        text = b""
        while block := sheet.read(_BLOCK):
            text += block
            end = 0
            for found in _FORMULA.finditer(text):
                end = found.end()
                yield int(found[2]), column_number(found[1])
            # A cell that the block tore apart is looked at again with the next one.
            text = text[max(end, len(text) - _TAGS) :]


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the member that holds the sheet which stands first."""
    sheets = _tags(archive.read("xl/workbook.xml"), b"sheet")
    relations = _tags(archive.read("xl/_rels/workbook.xml.rels"), b"Relationship")
    targets = {tag.get("Id"): tag.get("Target", "") for tag in relations}
    first = next(iter(sheets), {})
    target = next((targets[name] for name in first.values() if name in targets), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _tags(xml: bytes, name: bytes) -> list[dict[str, str]]:
    """The attributes of each tag of this name, by their own names: no parser that follows XML."""
    tags = re.findall(rb"<(?:\w+:)?%b\s([^<>]*)>" % name, xml)
    pairs = [re.findall(rb'(?<![\w:])([\w:]+)="([^"<>]*)"', tag) for tag in tags]
    return [{key.decode(): value.decode() for key, value in found} for found in pairs]
