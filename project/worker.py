"""gunicorn's thread worker, where a thread works and waits for no client.

Requests are collected before a thread takes them and answers are delivered after it has left them,
both by the loop that accepts connections, as a buffering proxy would. While half of the threads are
free, one that has answered stays for the next request, whole as well, of a client that sends it at
once. A thread of its own says that the process is alive.
"""

import errno
import math
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from project.arrivals import Arrival, TooMuch
from project.client_socket import ClientSocket

# From the first byte of a request until its head is here, and then until its body is.
HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0
# Until a client has taken what is left of an answer, and until it has hung up after that.
FLUSH_SECONDS = 60.0
LINGER_SECONDS = 2.0
# How long a thread stays with a client that has its answer: what goes through the loop to a thread
# and back costs a sixth of an item.
STAY_SECONDS = 0.02
# Each so many bytes an upload has as long again: 17 KB a second, as an answer has.
UPLOAD_STEP = 1024 * 1024  # bytes
# What uploads of this process may fill of its disk; whoever comes then comes again later.
MAX_ON_DISK = 4 * 1024 * 1024 * 1024  # bytes
# What all connections may hold here together; beyond it, those that waited longest go.
MAX_HELD = 64 * 1024 * 1024  # bytes
_NO_CROWD = 64 * 1024  # bytes of one connection that are never too many
_AT_ONCE = 64 * 1024  # bytes
_SECOND = 1.0
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_GONE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)

Step = Callable[["Connection"], None]


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection, and what the loop waits for on it until `ends_at`."""

    sock: ClientSocket

    def __init__(self, cfg: Config, sock: ClientSocket, client: object, server: object) -> None:
        super().__init__(cfg, sock, client, server)
        self.arrival = Arrival()
        self.stays = True
        self.ends_at = math.inf
        self.counted = 0  # bytes of an upload for which it had its time
        self.data_ready = True  # no thread waits for the first byte

    @property
    def held(self) -> int:
        """Bytes that are kept for it."""
        return len(self.arrival.data) + len(self.sock.kept)


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A connection is waited for (in `_waiting`) or worked on by a thread; nowhere else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: set[Connection] = set()
        self._next_look = 0.0

    @classmethod
    def check_config(cls, cfg: Config, log: Logger) -> None:
        """TLS is the proxy's: a handshake would be waited for by a thread."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ValueError("This worker speaks plain HTTP. Let a proxy or balancer do TLS.")

    def init_process(self) -> None:
        self._health = ThreadPoolExecutor(1, "health")
        super().init_process()

    # ------------------------------------------------------------ a request arrives

    def accept(self, listener: Any) -> None:
        """Take a connection; where there is no room, the one that has waited longest goes."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno not in _GONE:
                raise
            return
        self.nr_conns += 1
        sock = ClientSocket(accepted)
        if self.nr_conns >= self.worker_connections:
            self._end_first(self._waiting)
        self._await_request(Connection(self.cfg, sock, address, listener.getsockname()))

    def _await_request(self, connection: Connection) -> None:
        connection.arrival, connection.counted = Arrival(), 0
        seconds = self.cfg.keepalive if self.alive else LINGER_SECONDS
        self._wait(connection, selectors.EVENT_READ, self._receive, seconds)
        ahead = connection.parser.unreader.take_buffered() if connection.initialized else b""
        if ahead:
            self._take(connection, ahead)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.sock.receive(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(connection, data)
        else:
            self._end(connection)

    def _take(self, connection: Connection, data: bytes) -> None:
        arrival = connection.arrival
        is_new, had_head = not arrival.data, arrival.has_head
        try:
            is_whole = arrival.add(data)
        except TooMuch as refusal:
            self._refuse(connection, refusal)
            return
        if is_whole:
            self._stop_waiting(connection)
            self._work_on(connection)
            return
        if is_new:
            connection.ends_at = time.monotonic() + HEAD_SECONDS
        if arrival.has_head and not had_head:
            connection.ends_at = time.monotonic() + BODY_SECONDS
            if arrival.expects_continue:
                self._ask_for_body(connection)
                return
        if arrival.is_upload:
            self._allow_upload(connection)
        self._require_room(connection)

    def _allow_upload(self, connection: Connection) -> None:
        """More time for what comes steadily, and an end where the disk would be filled."""
        if connection.arrival.size - connection.counted >= UPLOAD_STEP:
            connection.counted = connection.arrival.size
            connection.ends_at = time.monotonic() + BODY_SECONDS
        if sum(other.arrival.on_disk for other in self._waiting) > MAX_ON_DISK:
            self._refuse(connection, TooMuch(503, "Service Unavailable"))

    def _ask_for_body(self, connection: Connection) -> None:
        connection.sock.kept += _CONTINUE
        try:
            connection.sock.flush()
        except OSError:
            self._end(connection)

    def _refuse(self, connection: Connection, refusal: TooMuch) -> None:
        """Say so in plain words: no door has been reached."""
        words = f"{refusal.reason}\n"
        head = f"HTTP/1.1 {refusal.status} {refusal.reason}\r\nConnection: close\r\n"
        fields = f"Content-Type: text/plain\r\nContent-Length: {len(words)}\r\n\r\n"
        self._stop_waiting(connection)
        connection.arrival.close()
        connection.arrival = Arrival()
        connection.stays = False
        connection.sock.kept += (head + fields + words).encode()
        self._deliver(connection)

    # ------------------------------------------------------------ a thread works

    def _work_on(self, connection: Connection) -> None:
        is_for_health = connection.arrival.is_for_health
        connection.init()
        connection.sock.ahead = connection.arrival.whole_spool()
        if connection.sock.ahead is None:
            connection.parser.unreader.unread(bytes(connection.arrival.data))
        connection.arrival = Arrival()
        if is_for_health:
            work = self._health.submit(self.handle, connection)
        else:
            work = self.tpool.submit(self._serve, connection)
        work.add_done_callback(partial(self.method_queue.defer, self.finish_request, connection))

    def _serve(self, connection: Connection) -> bool:
        """Answer a request and those that follow at once; whether the connection stays."""
        connection.sock.holds_head = True
        stays: bool = self.handle(connection)
        while stays and self._has_next(connection):
            connection.sock.holds_head = True
            stays = self.handle(connection)
        return stays

    def _has_next(self, connection: Connection) -> bool:
        """Whether the next request is here, whole; the loop takes whatever else has come."""
        sock, unreader = connection.sock, connection.parser.unreader
        if not sock.flush() or self._is_crowded():
            return False
        data = unreader.take_buffered() or sock.receive_within(_AT_ONCE, STAY_SECONDS)
        arrival = Arrival()
        try:
            is_for_thread = arrival.add(data) and not arrival.is_for_health
        except TooMuch:
            is_for_thread = False
        unreader.unread(bytes(arrival.data) if is_for_thread else data)
        return is_for_thread

    def _is_crowded(self) -> bool:
        """Whether more than half of the threads have something to do."""
        busy: int = self.nr_conns - len(self._waiting)
        half: int = self.cfg.threads // 2
        return busy > half

    def finish_request(self, connection: Connection, work: Future[bool]) -> None:
        """Go on with a connection that a thread has left."""
        connection.sock.forget_ahead()
        connection.stays = not work.cancelled() and not work.exception() and bool(work.result())
        self._deliver(connection)

    # ------------------------------------------------------------ the answer leaves

    def _deliver(self, connection: Connection) -> None:
        try:
            is_delivered = connection.sock.flush()
        except OSError:
            self._end(connection)
            return
        if is_delivered:
            self._stop_waiting(connection)
            self._go_on(connection)
        elif connection not in self._waiting:
            self._wait(connection, selectors.EVENT_WRITE, self._deliver, FLUSH_SECONDS)
            self._require_room(connection)

    def _go_on(self, connection: Connection) -> None:
        """Wait for the next request, or until the client has hung up.

        To close while bytes of it are on their way would take the end of the answer back.
        """
        if connection.stays:
            self._await_request(connection)
            return
        try:
            connection.sock.shutdown(1)  # no more to write
        except OSError:
            self._end(connection)
        else:
            self._wait(connection, selectors.EVENT_READ, self._read_away, LINGER_SECONDS)

    def _read_away(self, connection: Connection) -> None:
        try:
            is_over = not connection.sock.receive(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._end(connection)

    # ------------------------------------------------------------ waiting and its end

    def _wait(self, connection: Connection, event: int, step: Step, seconds: float) -> None:
        connection.ends_at = time.monotonic() + seconds
        self.poller.register(connection.sock, event, lambda _sock: step(connection))
        self._waiting.add(connection)

    def _stop_waiting(self, connection: Connection) -> None:
        if connection in self._waiting:
            self._waiting.remove(connection)
            self.poller.unregister(connection.sock)

    def _end(self, connection: Connection) -> None:
        self._stop_waiting(connection)
        self.nr_conns -= 1
        connection.arrival.close()
        connection.sock.forget_ahead()
        connection.sock.kept.clear()
        connection.close()

    def _require_room(self, connection: Connection) -> None:
        if connection.held <= _NO_CROWD:
            return
        while sum(other.held for other in self._waiting) > MAX_HELD:
            self._end_first({other for other in self._waiting if other.held > _NO_CROWD})

    def _end_first(self, connections: set[Connection]) -> None:
        if connections:
            self._end(min(connections, key=lambda connection: connection.ends_at))

    def murder_keepalived(self, force: bool = False) -> None:
        """Each turn of gunicorn's loop: end what was waited for long enough, or everything."""
        now = time.monotonic()
        if now < self._next_look and not force:
            return
        self._next_look = now + _SECOND
        for connection in [each for each in self._waiting if force or each.ends_at <= now]:
            self._end(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops waits as long for a request as gunicorn's own."""
        for connection in self._waiting:
            if not connection.arrival.data and not connection.sock.kept:
                connection.ends_at = min(connection.ends_at, deadline)
