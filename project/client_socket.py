"""A client's socket, for threads that wait for no client."""

import select
import socket
import sys
import time
from typing import IO

# What a thread leaves here for a client that takes its time: a page of any kind, but no export.
KEPT = 2 * 1024 * 1024  # bytes
# Whoever is sent more takes half of that in this time, or is hung up on: 17 KB a second.
PATIENCE_SECONDS = 60.0
_AT_ONCE = 256 * 1024  # bytes


class ClientSocket(socket.socket):
    """Writes go out as far as the client takes them; the rest is kept, and sent by `flush`."""

    def __init__(self, accepted: socket.socket) -> None:
        """Take the place of a socket that was accepted."""
        family, kind, protocol = accepted.family, accepted.type, accepted.proto
        super().__init__(family, kind, protocol, fileno=accepted.detach())
        self.kept = bytearray()
        self.ahead: IO[bytes] | None = None  # a request that waited on the disk
        self.holds_head = False  # until the first of the body comes, which goes out with it

    def receive(self, size: int) -> bytes:
        """What has arrived. Raises BlockingIOError where nothing has."""
        return super().recv(size, socket.MSG_DONTWAIT)

    def receive_within(self, size: int, seconds: float) -> bytes:
        """What arrives in that time; nothing where nothing does, or nothing will any more."""
        poll = select.poll()
        poll.register(self, select.POLLIN)
        try:
            return self.receive(size) if poll.poll(seconds * 1000) else b""
        except OSError:
            return b""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:  # noqa: ARG002 - socket's
        """What waited on the disk, then nothing: a thread takes a request that is whole."""
        return self.ahead.read(bufsize) if self.ahead is not None else b""

    def forget_ahead(self) -> None:
        """Give up what waited on the disk."""
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None

    def sendall(self, data: bytes, flags: int = 0, /) -> None:  # type: ignore[override]  # noqa: ARG002
        """Send, or keep. Waits only for room. Raises TimeoutError, and OSError as sockets do."""
        if self.holds_head:
            self.holds_head = False
            self.kept += data
        elif self.kept:
            self.kept += data
            self.flush()
        else:
            self.kept += memoryview(data)[self._send(data) :]
        if len(self.kept) > KEPT:
            self._wait_for_room(time.monotonic() + PATIENCE_SECONDS)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:  # type: ignore[override]
        """Send or keep a file, as `sendall` does: the kernel's way would wait for the client."""
        file.seek(offset)
        left = count if count is not None else sys.maxsize
        while left and (data := file.read(min(left, _AT_ONCE))):
            self.sendall(data)
            left -= len(data)
        return file.tell() - offset

    def setblocking(self, flag: bool, /) -> None:
        """Nothing: what is called here waits as long as it says itself."""

    def settimeout(self, value: float | None, /) -> None:
        """Nothing, as above."""

    def flush(self) -> bool:
        """Send what the client takes now of what is kept; whether that is all. Raises OSError."""
        sent = self._send(self.kept)
        del self.kept[:sent]
        return not self.kept

    def _send(self, data: bytes | bytearray) -> int:
        sent = 0
        with memoryview(data) as rest:
            while sent < len(rest):
                try:
                    sent += self.send(rest[sent : sent + _AT_ONCE], socket.MSG_DONTWAIT)
                except BlockingIOError:
                    break
        return sent

    def _wait_for_room(self, until: float) -> None:
        poll = select.poll()
        poll.register(self, select.POLLOUT)
        while not self.flush() and len(self.kept) > KEPT // 2:
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise TimeoutError("The client takes its answer too slowly.")
