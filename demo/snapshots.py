"""Keep the embedded engine's state in one file that SIGKILL can neither lose nor tear."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import pickle
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

PAUSE = 1.0  # seconds between two snapshots, at least
LOCK_WAIT = 30.0  # seconds; the child of a killed engine finishes well within

# What comes of bytes that are no state: pickle and the stores look at them without asking.
_UNREADABLE = (
    *(pickle.PickleError, EOFError, ImportError, AttributeError, LookupError),
    *(TypeError, ValueError, OverflowError, MemoryError),
)
# The limit of a process may be a billion, and closing them one by one takes minutes.
MAX_DESCRIPTORS = min(os.sysconf("SC_OPEN_MAX"), 65_536)


class Store(Protocol):
    """One emulated service's module, as far as its state goes."""

    def get_state(self) -> dict[str, Any]: ...
    def load_persisted_state(self, data: dict[str, Any]) -> None: ...


class SnapshotError(Exception):
    """The state can't be read, or another engine is using it. Worded for the terminal."""


class Snapshots:
    """The file, and whether something has changed since it was written.

    The format is pickle: ministack's own JSON takes an attribute named `__bytes__` for a marker of
    its own and could never load that item again.
    """

    def __init__(self, folder: Path, stores: Mapping[str, Store]) -> None:
        self.path = folder / "state.pickle"
        self.stores = stores
        self.changed = False
        self._writing: asyncio.Task[None] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _lock(folder / "lock")

    def load(self) -> None:
        """Hand the stores what was written last. Raises SnapshotError for a file it can't read."""
        if not self.path.exists():
            return
        try:
            states = pickle.loads(self.path.read_bytes())  # noqa: S301 - `write` wrote it, mode 600
            for name, state in states.items():
                self.stores[name].load_persisted_state(state)
        except _UNREADABLE as error:
            raise SnapshotError(
                f"The demo's data in {self.path} can't be read ({type(error).__name__}):"
                " delete that file to start afresh."
            ) from error

    def write(self) -> None:
        """Replace the file with the present state, at once or not at all."""
        self.changed = False
        states = {name: store.get_state() for name, store in self.stores.items()}
        unfinished = self.path.with_suffix(".unfinished")
        with open(unfinished, "wb", opener=_private) as file:
            pickle.dump(states, file, protocol=pickle.HIGHEST_PROTOCOL)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    async def keep(self) -> None:
        """Write whenever something has changed, from a forked child: no request waits for it."""
        while True:
            await asyncio.sleep(PAUSE)
            if self.changed:
                self.changed = False
                self._writing = asyncio.create_task(self._finish(self._in_a_child()))
                await asyncio.shield(self._writing)

    async def close(self) -> None:
        """Wait for a child that is writing, then write what it does not know."""
        if self._writing:
            await self._writing
        if self.changed:
            self.write()

    def _in_a_child(self) -> int:
        """Write from a fork of this process, which sees memory as it is now; return its pid."""
        pid = os.fork()
        if pid:
            return pid
        failed = 1
        try:
            # Sockets must close with the engine, not with its last child; the lock must not.
            os.closerange(3, self._lock)
            os.closerange(self._lock + 1, MAX_DESCRIPTORS)
            gc.disable()  # nothing here becomes garbage: it halves the time
            self.write()
            failed = 0
        except OSError as error:
            print(f"The demo's data: {error}", file=sys.stderr)
        finally:
            os._exit(failed)

    async def _finish(self, pid: int) -> None:
        _, status = await asyncio.to_thread(os.waitpid, pid, 0)
        if status:
            self.changed = True
            print("The demo's data could not be written; trying again.", file=sys.stderr)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _lock(path: Path) -> int:
    """Hold the folder until this process and its forks have ended. Raises SnapshotError."""
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise SnapshotError(
                    f"Another engine is using {path.parent}: stop it first."
                ) from error
            time.sleep(0.05)
        else:
            return held
