"""A request as it arrives: whether the bytes so far are the whole of it, head and body."""

import re
import tempfile
from typing import IO

# A token of 8 KB, an address of 8 KB and the cookies, several times over.
MAX_HEAD = 64 * 1024  # bytes
# The app reads 4 MB and refuses more in its doors' words; what is far over ends here.
MAX_BODY = 8 * 1024 * 1024  # bytes
# A file for an import; it waits on the disk for the rest of it.
MAX_UPLOAD = 1024 * 1024 * 1024  # bytes
_IN_MEMORY = 1024 * 1024  # bytes of an upload
_UPLOAD = re.compile(rb"POST (?:/api/v1/tables/[^/ ?]+/jobs|/admin/tables/[^/ ?]+/import)/?[ ?]")
_END_OF_HEAD = b"\r\n\r\n"
_MAX_CHUNK_LINE = 4096  # bytes

_LENGTH = re.compile(rb"\r\nContent-Length[ \t]*:[ \t]*([0-9]{1,19})[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\nTransfer-Encoding[ \t]*:[^\r\n]*chunked", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nExpect[ \t]*:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_HEALTH = re.compile(rb"(?:GET|HEAD) /healthz/?[ ?]")


class TooMuch(Exception):
    """More than a request may have. `status` and `reason` are what the client is told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Arrival:
    """The bytes of one request. It finds where they end; whether they mean anything is not asked.

    Whatever can't be read counts as whole: gunicorn refuses it, in words, without waiting for more.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.has_head = False
        self.expects_continue = False
        self.spool: IO[bytes] | None = None  # what came before `data`, of an upload
        self._spooled = 0
        self._most = MAX_BODY
        self._looked_at = 0  # everything before it has been searched
        self._is_chunked = False
        self._end: int | None = None  # of a body whose length was announced

    def add(self, data: bytes) -> bool:
        """Take more bytes; whether the request is whole now. Raises TooMuch."""
        self.data += data
        if not self.has_head and not self._read_head():
            return False
        is_whole = self._has_last_chunk() if self._is_chunked else self._has_end()
        if self.is_upload and len(self.data) > _IN_MEMORY:
            self._spool_all()
        return is_whole

    @property
    def size(self) -> int:
        """How many bytes have come."""
        return self._spooled + len(self.data)

    @property
    def on_disk(self) -> int:
        """How many of them wait on the disk."""
        return self._spooled

    @property
    def is_upload(self) -> bool:
        """Whether it may be larger than what is kept in memory."""
        return self._most > MAX_BODY

    def whole_spool(self) -> IO[bytes] | None:
        """The file with all of an upload, from its first byte; None of what is in memory."""
        if self.spool is not None:
            self.spool.write(self.data)
            self.spool.seek(0)
        return self.spool

    def close(self) -> None:
        """Give up what waits on the disk."""
        if self.spool is not None:
            self.spool.close()

    @property
    def is_for_health(self) -> bool:
        """Whether this asks if the process is alive."""
        return _HEALTH.match(self.data) is not None

    def _read_head(self) -> bool:
        end = self.data.find(_END_OF_HEAD, max(0, self._looked_at - len(_END_OF_HEAD)))
        self._looked_at = len(self.data)
        if max(end, 0 if end >= 0 else len(self.data)) > MAX_HEAD:
            raise TooMuch(431, "Request Header Fields Too Large")
        if end < 0:
            return False
        head = bytes(self.data[: end + 2])
        self.has_head = True
        if _UPLOAD.match(head):
            self._most = MAX_UPLOAD
        self.expects_continue = _EXPECT.search(head) is not None
        if self.expects_continue:
            # Answered here, where the body is waited for; gunicorn would answer once more.
            head = _EXPECT.sub(b"", head)
            self.data[: end + 2] = head
        self._find_body(head, len(head) + 2)
        return True

    def _find_body(self, head: bytes, begin: int) -> None:
        if _CHUNKED.search(head):
            self._is_chunked, self._looked_at = True, begin
            return
        lengths = [int(digits) for digits in _LENGTH.findall(head)]
        if lengths:
            if max(lengths) > self._most:
                raise TooMuch(413, "Content Too Large")
            self._end = begin + max(lengths)

    def _spool_all(self) -> None:
        """Let what is in memory wait on the disk, but for a size of a chunk that has begun."""
        if self.spool is None:
            self.spool = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        begun = self._looked_at - self._spooled if self._is_chunked else len(self.data)
        ready = min(len(self.data), begun)
        self.spool.write(memoryview(self.data)[:ready])
        self._spooled += ready
        del self.data[:ready]

    def _has_end(self) -> bool:
        return self._end is None or self.size >= self._end

    def _has_last_chunk(self) -> bool:
        """Step from chunk to chunk. `_looked_at` is where the next size stands, or will."""
        while self._looked_at < self.size:
            begin = self._looked_at - self._spooled
            line_end = self.data.find(b"\r\n", begin, begin + _MAX_CHUNK_LINE)
            if line_end < 0:
                return len(self.data) - begin > _MAX_CHUNK_LINE
            size = self.data[begin:line_end].partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                return True
            if length <= 0:
                return self._has_trailers(line_end)
            self._looked_at = self._spooled + line_end + 2 + length + 2
            if self._looked_at > MAX_HEAD + self._most:
                raise TooMuch(413, "Content Too Large")
        return False

    def _has_trailers(self, line_end: int) -> bool:
        """Whether the empty line after the last chunk, and what may stand before it, is here."""
        if len(self.data) - line_end > MAX_HEAD:
            raise TooMuch(431, "Request Header Fields Too Large")
        return self.data.find(_END_OF_HEAD, line_end) >= 0
