"""The keys that a file has named so far, and where: in memory while they are few, then on disk."""

from __future__ import annotations

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

# Some 3 MB of memory; on disk a key takes ten times as long, which is a quarter of its row's time.
MOST_IN_MEMORY = 20_000
_REPLACE = "INSERT OR REPLACE INTO seen VALUES (?, ?)"
_INSERT = "INSERT OR IGNORE INTO seen VALUES (?, ?)"


class KeysSeen:
    """Where each key stood first, or last.

    On disk it is a temporary file, which goes with the process.
    """

    def __init__(self, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._most = most_in_memory
        self._lines: dict[bytes, int] = {}
        self._disk: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def first_line(self, key: str, line: int) -> int:
        """The line on which this key stood first: `line` itself where it is new."""
        digest = _digest(key)
        if self._disk is not None:
            return _first_on(self._disk, digest, line)
        first = self._lines.setdefault(digest, line)
        if len(self._lines) >= self._most:
            self._go_to_disk()
        return first

    def note_last(self, key: str, line: int) -> None:
        """Say that a key stands on a line, after all lines before."""
        digest = _digest(key)
        if self._disk is not None:
            self._disk.execute(_REPLACE, (digest, line))
            return
        self._lines[digest] = line
        if len(self._lines) >= self._most:
            self._go_to_disk()

    def last_line(self, key: str) -> int | None:
        """The line that was noted last of a key; None where none was."""
        digest = _digest(key)
        return self._lines.get(digest) if self._disk is None else _line_on(self._disk, digest)

    def close(self) -> None:
        """Let go of what was seen."""
        self._lines.clear()
        if self._disk is not None:
            self._disk.close()

    def _go_to_disk(self) -> None:
        # A database without a name is a file that SQLite removes when it is closed.
        self._disk = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._disk.execute("PRAGMA journal_mode = OFF")
        self._disk.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._disk.execute("BEGIN")
        self._disk.executemany(_INSERT, self._lines.items())
        self._lines.clear()


def _first_on(disk: sqlite3.Connection, digest: bytes, line: int) -> int:
    if disk.execute(_INSERT, (digest, line)).rowcount:
        return line
    return _line_on(disk, digest) or 0


def _line_on(disk: sqlite3.Connection, digest: bytes) -> int | None:
    found = disk.execute("SELECT line FROM seen WHERE key = ?", (digest,)).fetchone()
    return None if found is None else int(found[0])


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
