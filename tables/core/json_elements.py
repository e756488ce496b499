"""The elements of a JSON array, cut out of its text one by one, so that one bad one stops none.

A parser of the whole array would give no lines, stop at the first mistake, and take the last of
two members of one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tables.core.errors import InvalidRequest, TooLarge
from tables.core.file_text import MAX_LINE

_BLOCK = 64 * 1024
# A string, whole; a bracket or comma; the quote of a string whose end is not there yet.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},"]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Element:
    """The text of one element, the line it begins at; what follows it begins at `end`.

    `end_line` is the line of that byte.
    """

    text: bytes
    line: int
    end: int
    end_line: int


class Elements:
    """The elements from the stream's place on, which is within an array, at this line.

    Raises TooLarge for an element of more than `MAX_LINE` bytes, InvalidRequest where the text
    ends within the array: nothing comes after either. `rest` is then what follows the array.
    """

    def __init__(self, stream: BinaryIO, line: int) -> None:
        self._stream = stream
        self._buffer = b""
        self._offset = stream.tell()
        self._line = line
        self.rest = b""

    def __iter__(self) -> Iterator[Element]:
        depth = scanned = 0
        while self._fill():
            start = 0
            for token in _TOKEN.finditer(self._buffer, scanned):
                mark = token[0]
                if mark == b'"':
                    scanned = token.start()
                    break
                if mark in b"[{":
                    depth += 1
                elif depth and mark in b"]}":
                    depth -= 1
                elif not depth and mark in b",]}":
                    yield from self._cut(start, token.start(), mark == b",")
                    start = token.end()
                    if mark != b",":
                        self.rest = self._buffer[start:]
                        return
            else:
                scanned = len(self._buffer)
            self._buffer = self._buffer[start:]
            scanned -= start
        raise InvalidRequest("The text ends before its array does.")

    def _fill(self) -> bool:
        """Read on; False at the end."""
        if len(self._buffer) > MAX_LINE:
            raise TooLarge("An element is longer than {most} bytes.", most=MAX_LINE)
        block = self._stream.read(_BLOCK)
        self._buffer += block
        return bool(block)

    def _cut(self, start: int, end: int, goes_on: bool) -> Iterator[Element]:
        text = self._buffer[start:end]
        line = self._line + text[: len(text) - len(text.lstrip())].count(b"\n")
        self._line += text.count(b"\n")
        # The bracket behind the last one is read again, by who goes on there.
        self._offset += len(text) + goes_on
        if text.strip():
            yield Element(text.strip(), line, self._offset, self._line)
