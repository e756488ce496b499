"""What a file's bytes are as text: encodings that are told, offered, never guessed."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from tables.core.errors import InvalidRequest, TooLarge

UTF_8 = "utf-8"
# Python's name -> what people call it; the order is that of the offers.
ENCODINGS = {
    UTF_8: "UTF-8",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "latin-1": "Latin-1",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
GZIP_START = b"\x1f\x8b"
MAX_INFLATED = 4 * 1024**3
MAX_LOOKED_AT = 64 * 1024**2
# JSON in which every character is escaped takes six for one of the 400 KB, typed JSON more.
MAX_LINE = 8 * 1024**2
_BLOCK = 1024**2
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class BadByte:
    """The first byte that an encoding does not know; `offset` from 0, line and column from 1."""

    offset: int
    line: int
    column: int
    byte: int


def encoding_named(text: str) -> str | None:
    """The encoding that goes by this name, which may be another spelling of it."""
    try:
        wanted = codecs.lookup(text).name
    except (LookupError, ValueError):
        return None
    return next((name for name in ENCODINGS if codecs.lookup(name).name == wanted), None)


def marked_encoding(start: bytes) -> str | None:
    """The encoding that a byte order mark at the start of a file tells, if there is one."""
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), None)


def first_bad_byte(stream: BinaryIO, encoding: str = UTF_8) -> BadByte | None:
    """Where a stream stops being text of this encoding; None where it never does, or not among its
    first `MAX_LOOKED_AT` bytes: somebody waits, and whoever reads the rows looks at the others.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    # `width` counts the characters before this block that stand on its first line.
    offset, line, width = 0, 1, 0
    while offset < MAX_LOOKED_AT:
        block = stream.read(_BLOCK)
        pending = decoder.getstate()[0]
        try:
            decoded = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            start = (pending + block)[: error.start].decode(encoding, "replace")
            before = offset - len(pending) + error.start
            column = len(start.rpartition("\n")[2]) + (0 if "\n" in start else width) + 1
            return BadByte(before, line + start.count("\n"), column, error.object[error.start])
        if not block:
            return None
        offset += len(block)
        line += decoded.count("\n")
        width = len(decoded.rpartition("\n")[2]) + (0 if "\n" in decoded else width)
    return None


def samples(sample: bytes, *, lines: int = 5) -> Mapping[str, list[str]]:
    """The first lines with anything but ASCII in them, in each encoding that can read them."""
    found = {}
    for encoding in ENCODINGS:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        if encoding.startswith("utf-16") != looks_wide(sample):
            continue
        telling = [line for line in text.splitlines() if not line.isascii()] or text.splitlines()
        found[encoding] = [_around(line) for line in telling[:lines]]
    return found


def _around(line: str) -> str:
    """As much of a line as is shown, with the first character that tells encodings apart in it."""
    at = next((place for place, character in enumerate(line) if not character.isascii()), 0)
    start = max(at - _SHOWN // 2, 0) if len(line) > _SHOWN else 0
    return f"{'…' if start else ''}{line[start : start + _SHOWN]}"


def looks_wide(sample: bytes) -> bool:
    """Whether so many bytes are zero that characters must be of two: text has hardly any."""
    return sample[:1000].count(0) * 4 > len(sample[:1000])


class _Raw(io.RawIOBase):
    """Bytes that are made of others while they are read; going back means beginning anew."""

    def __init__(self, blocks: Callable[[], Iterator[bytes]]) -> None:
        self._blocks = blocks
        self._begin()

    def _begin(self) -> None:
        self._coming = self._blocks()
        self._left = b""
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._at
        if offset < self._at:
            self._begin()
        room = bytearray(64 * 1024)
        while self._at < offset and self.readinto(memoryview(room)[: offset - self._at]):
            pass
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # of what readers give
        while not self._left:
            block = next(self._coming, None)
            if block is None:
                return 0
            self._left = block
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)


def inflated(stream: BinaryIO, *, limit: int = MAX_INFLATED) -> BinaryIO:
    """What a gzip stream holds, as a stream that never reads more than `limit` bytes.

    FileReading raises TooLarge beyond them, InvalidRequest where the stream is no gzip or cut off.
    """

    def blocks() -> Iterator[bytes]:
        stream.seek(0)
        total = 0
        with gzip.GzipFile(fileobj=stream) as unpacked:
            while block := _inflated_block(unpacked):
                total += len(block)
                if total > limit:
                    raise TooLarge("The file unpacks to more than {most} bytes.", most=limit)
                yield block

    return io.BufferedReader(_Raw(blocks), 64 * 1024)


def _inflated_block(unpacked: gzip.GzipFile) -> bytes:
    try:
        return unpacked.read(64 * 1024)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidRequest("The gzip file is damaged or cut off.") from error


def as_utf8(stream: BinaryIO, encoding: str) -> BinaryIO:
    """A stream's text in UTF-8, without a byte order mark.

    FileReading raises InvalidRequest at a byte that the encoding does not know. UTF-8 itself is not
    looked at: what reads it does that.
    """
    if encoding == UTF_8:
        stream.seek(0)
        skipped = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
        stream.seek(skipped)
        return stream

    def blocks() -> Iterator[bytes]:
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        while block := stream.read(64 * 1024):
            yield _decoded(decoder, block).encode()
        yield _decoded(decoder, b"", final=True).encode()

    return io.BufferedReader(_Raw(_unmarked(blocks)), 64 * 1024)


def _unmarked(blocks: Callable[[], Iterator[bytes]]) -> Callable[[], Iterator[bytes]]:
    def without_mark() -> Iterator[bytes]:
        coming = (block for block in blocks() if block)
        yield next(coming, b"").removeprefix(codecs.BOM_UTF8)
        yield from coming

    return without_mark


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        raise InvalidRequest("The file is not in the encoding that was chosen.") from error


class Lines:
    """The lines of a UTF-8 stream as bytes, one at a time, with where each began.

    `number` is that of the last line read, `offset` where the next begins. A line of more than
    `MAX_LINE` bytes raises TooLarge, and the line after it comes next.
    """

    def __init__(self, stream: BinaryIO, number: int = 0) -> None:
        self._stream = stream
        self._again: list[bytes] = []
        self._taken: list[bytes] = []
        self.number = number
        self.offset = stream.tell()

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> bytes:
        line = self._again.pop() if self._again else self._stream.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.offset += len(line)
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            self._pass_over()
            raise TooLarge("A line is longer than {most} bytes.", most=MAX_LINE)
        self._taken.append(line)
        return line

    def begin(self) -> None:
        """A row begins at the next line."""
        self._taken.clear()

    def go_back(self) -> None:
        """Give every line of this row but its first once more: the row could not be read."""
        again = self._taken[1:]
        self.number -= len(again)
        self.offset -= sum(map(len, again))
        self._again.extend(reversed(again))

    def _pass_over(self) -> None:
        while rest := self._stream.readline(_BLOCK):
            self.offset += len(rest)
            if rest.endswith(b"\n"):
                return
