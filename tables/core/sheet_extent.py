"""How far the cells of a workbook's sheets reach, told by their tags before anything opens them.

Whoever reads a sheet makes room for all that lies between its first cell and its last one: two
cells in its corners would take more memory than there is.
"""

from __future__ import annotations

import re

from tables.core.errors import InvalidRequest, TooLarge

# So much room may any sheet take, and one with many cells so many times as they are.
MAX_SPARSE = 2_000_000
_TIMES_ITS_CELLS = 4
# Far more than any tag of a cell takes.
_LONGEST_TAG = 4096
_SHEET = b"sheetData"
# Tags of rows and cells, whatever their namespace is called here (ECMA-376, 18.3.1.73 and .4).
_OPENING = re.compile(rb"<(?:[\w.-]{1,100}:)?(?:c|row)[\s/>]")
_TAG = re.compile(rb"<(?:[\w.-]{1,100}:)?(?:c|row)((?:[\s/][^<>]*)?)>")
_PLACED = re.compile(rb"\sr\s{0,9}=")
_PLACE = re.compile(rb"\sr\s{0,9}=\s{0,9}[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"']")
_CLOSED = re.compile(rb"^[^\"'\n]*(?:(?:\"[^\"\n]*\"|'[^'\n]*')[^\"'\n]*)*$", re.MULTILINE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


class Extent:
    """The extent of one member of a workbook, block by block; one that is no sheet has none."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = self._is_sheet = False
        self._rows: set[int] = set()
        self._columns: set[bytes] = set()
        self._placed = self._unplaced = 0

    def add(self, block: bytes) -> None:
        """Take more of it. Raises TooLarge for cells too far apart, InvalidRequest where that can't
        be told.
        """
        text = self._rest + block
        if not self._begun and text.startswith(_WIDE):
            raise _untold()
        self._begun = True
        self._is_sheet = self._is_sheet or _SHEET in text
        if not self._is_sheet:
            self._rest = text[-len(_SHEET) :]
            return
        start = text.rfind(b"<")
        end = start if start > text.rfind(b">") else len(text)
        self._rest = text[end:]
        self._look_at(text[:end])
        if len(self._rest) > _LONGEST_TAG:
            if _OPENING.match(self._rest):
                raise _untold()
            self._rest = b""

    def _look_at(self, text: bytes) -> None:
        tags = _TAG.findall(text.replace(b"\n", b" "))
        said = b"\n".join(tags)
        places = _PLACE.findall(said)
        is_told = len(_OPENING.findall(text)) == len(tags)
        is_told &= len(_PLACED.findall(said)) == len(places)
        if not is_told or len(_CLOSED.findall(said)) < len(tags):
            raise _untold()
        self._placed += len(places)
        self._unplaced += len(tags) - len(places)
        self._rows.update(int(row) for row in {row for _letters, row in places})
        self._columns.update({letters for letters, _row in places if letters})
        self._require_room()

    def _require_room(self) -> None:
        columns = [column_number(letters) for letters in self._columns]
        height, width = (
            # A tag that names no place stands in the next one.
            max(found, default=0) - min(found, default=1) + 1 + self._unplaced
            for found in (self._rows, columns)
        )
        cells = self._placed + self._unplaced
        if height * width > max(MAX_SPARSE, _TIMES_ITS_CELLS * cells):
            raise TooLarge("The cells of the sheet lie too far apart; save it as CSV.")


def column_number(letters: bytes) -> int:
    """The number of a column, from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _untold() -> InvalidRequest:
    return InvalidRequest("The sheet is written in a way that is not read; save it as CSV.")
