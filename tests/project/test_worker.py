"""The worker: no client is waited for by a thread, whatever it does or leaves undone."""

import contextlib
import logging
import os
import select
import selectors
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse

import pytest
from gunicorn.config import Config

from project import client_socket, worker
from project.client_socket import KEPT, ClientSocket
from project.worker import BufferingWorker, Connection
from tests.project.test_server import ROOT, free_port, wait_until_it_listens

# More than a worker has threads.
CROWD = 40
BUNDLE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
ASK = b"OPTIONS /endpoint HTTP/1.1\r\nHost: localhost\r\n\r\n"


# ------------------------------------------------------------------ a running server


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A gunicorn with one worker, whose DynamoDB takes connections and says nothing."""
    found = free_port()
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent, log.open("wb") as output:
        environment = {
            **os.environ,
            "BIND": f"127.0.0.1:{found}",
            "WEB_CONCURRENCY": "1",
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_it_listens(process, found, log)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture
def send(port):
    """A new connection, over which these bytes were sent."""
    with contextlib.ExitStack() as stack:

        def send(data):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            client.sendall(data)
            return client

        yield send


def status(client):
    return client.recv(15)


@pytest.mark.parametrize(
    "data",
    [
        b"OPTIONS /endpoint HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /endpoint HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        b"POST /endpoint HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
        b"GET /healthz HTTP/1.0\r\n\r\n",
        f"GET {BUNDLE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"",
        ASK,
        ASK + ASK[:20],
    ],
    ids=[
        "half a head",
        "a slow body",
        "slow chunks",
        "no hanging up",
        "no reading",
        "silence",
        "silence after an answer",
        "half a head after an answer",
    ],
)
def test_31_a_crowd_that_takes_its_time_keeps_nobody_waiting(send, data):
    crowd = [send(data) for _ in range(CROWD)]
    assert status(send(ASK)) == b"HTTP/1.1 200 OK"
    assert status(send(b"GET /healthz HTTP/1.1\r\n\r\n")) == b"HTTP/1.1 200 OK"
    assert len(crowd) == CROWD


def test_31_a_crowd_that_takes_no_file_keeps_nobody_waiting(port, send):
    with contextlib.ExitStack() as stack:
        for _ in range(CROWD):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            # Once, the buffers of the system would hold it.
            client.sendall(f"GET {BUNDLE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 4)
            assert status(client) == b"HTTP/1.1 200 OK"
        assert status(send(ASK)) == b"HTTP/1.1 200 OK"


def test_31_we_are_alive_while_every_thread_waits_for_dynamodb(send):
    waiting = [send(b"GET /readyz HTTP/1.1\r\n\r\n") for _ in range(CROWD)]
    assert status(send(b"GET /healthz HTTP/1.1\r\n\r\n")) == b"HTTP/1.1 200 OK"
    for client in waiting:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_a_long_answer_is_whole_for_a_client_that_starts_late(send):
    client = send(f"GET {BUNDLE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert status(send(ASK)) == b"HTTP/1.1 200 OK"
    with client.makefile("rb") as answer:
        head, _, body = answer.read().partition(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    assert len(body) > 1_000_000


def test_requests_that_come_in_one_piece_are_answered_one_by_one(send):
    answers = b""
    client = send(ASK * 2 + ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    while data := client.recv(65536):
        answers += data
    assert answers.count(b"HTTP/1.1 200 OK") == 3


def test_a_body_that_waits_to_be_asked_for_is_asked_for(send):
    head = b"PUT /healthz HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    client = send(head)
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"{}")
    assert client.recv(100).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 413 Content Too Large"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, b"HTTP/1.1 431 Request Header Fields Too"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
    ],
)
def test_what_can_not_be_served_is_refused_in_words(send, data, told):
    assert send(data).recv(1000).startswith(told)


# ------------------------------------------------------------------ the loop alone


@pytest.fixture
def loop():
    """A worker that has not been started, with a poller."""
    made = BufferingWorker(1, os.getpid(), [], None, 30, Config(), logging.getLogger("worker"))
    made.poller = selectors.DefaultSelector()
    yield made
    made.murder_keepalived(force=True)
    made.poller.close()
    made.tmp.close()


@pytest.fixture
def connect(loop):
    """A client of this worker: its end."""
    with contextlib.ExitStack() as stack:

        def connect(data=b""):
            ours, theirs = socket.socketpair()
            stack.enter_context(theirs)
            theirs.setblocking(False)
            loop.nr_conns += 1
            loop._await_request(Connection(loop.cfg, ClientSocket(ours), "", ""))
            if data:
                theirs.sendall(data)
                loop.wait_for_and_dispatch_events(0)
            return theirs

        yield connect


@pytest.fixture
def later(loop, monkeypatch):
    """Let seconds pass."""
    now = worker.time.monotonic()

    class Clock:
        def monotonic(self):
            return now

    monkeypatch.setattr(worker, "time", Clock())

    def pass_(seconds):
        nonlocal now
        now += seconds
        loop.murder_keepalived()

    return pass_


def is_open(client):
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


def test_half_a_head_has_ten_seconds_however_it_trickles(loop, connect, later):
    client = connect(b"GET / HTT")
    later(9)
    client.sendall(b"P")
    loop.wait_for_and_dispatch_events(0)
    assert is_open(client)
    later(2)
    assert not is_open(client)
    assert loop.nr_conns == 0


def test_a_body_has_a_minute(loop, connect, later):
    client = connect(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
    later(59)
    assert is_open(client)
    later(2)
    assert not is_open(client)


def test_an_idle_connection_stays_as_long_as_gunicorn_keeps_it(loop, connect, later):
    client = connect()
    later(loop.cfg.keepalive - 1)
    assert is_open(client)
    later(2)
    assert not is_open(client)


def test_where_all_hold_too_much_those_that_waited_longest_go(loop, connect, later, monkeypatch):
    monkeypatch.setattr(worker, "MAX_HELD", 500_000)
    part = b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n" + b"x" * 150_000
    small = connect(b"GET / HTT")
    clients = []
    for _ in range(4):
        clients.append(connect())
        clients[-1].setblocking(True)
        for at in range(0, len(part), 60_000):
            clients[-1].sendall(part[at : at + 60_000])
            loop.wait_for_and_dispatch_events(0)
        clients[-1].setblocking(False)
        later(1)
    assert [is_open(client) for client in clients] == [False, True, True, True]
    assert is_open(small)


# ------------------------------------------------------------------ a thread that stays


LARGE = bytes(KEPT // 2)  # more than a socket takes at once
HELLO = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def threads(loop, monkeypatch):
    """Let the loop have threads, which stay with a client, if they may, until the test is over."""
    monkeypatch.setattr(worker, "STAY_SECONDS", 60.0)
    monkeypatch.setattr(loop.log, "access", lambda *_: None, raising=False)
    loop.cfg.set("threads", 4)
    loop.wsgi = app
    loop.method_queue.init()
    loop.tpool, loop._health = (ThreadPoolExecutor(1) for _ in range(2))
    with contextlib.ExitStack() as clients:
        yield clients
    loop.tpool.shutdown()
    loop._health.shutdown()
    loop.method_queue.run_callbacks(None)
    loop.method_queue.close()


@pytest.fixture
def staying(threads, connect):
    """A client that has an answer, and that the thread stays with."""
    client = threads.enter_context(connect(HELLO))
    client.settimeout(10)
    assert body_of_answer(client) == b"hello"
    return client


def app(environ, start_response):
    body = LARGE if environ["PATH_INFO"] == "/large" else environ["wsgi.input"].read() or b"hello"
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else body
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def body_of_answer(client):
    answer = HTTPResponse(client)
    answer.begin()
    return answer.read()


def left(loop):
    """Whether the thread gives the connection back to the loop, which goes on with it."""
    is_left = select.select([loop.method_queue.fileno()], [], [], 10)[0]
    loop.method_queue.run_callbacks(None)
    return bool(is_left)


def test_a_thread_stays_with_a_client_that_goes_on(staying):
    for _ in range(3):
        staying.sendall(HELLO)
        assert body_of_answer(staying) == b"hello"


def test_a_thread_takes_a_request_with_its_body(staying):
    staying.sendall(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")
    assert body_of_answer(staying) == b"body"


def test_head_and_body_leave_in_one_piece(staying):
    staying.sendall(HELLO)
    assert staying.recv(1000).endswith(b"\r\n\r\nhello")


def test_a_head_without_a_body_leaves(staying):
    staying.sendall(HELLO.replace(b"GET", b"HEAD", 1))
    assert staying.recv(1000).endswith(b"Content-Length: 0\r\n\r\n")


def test_nobody_stays_for_long(loop, staying, monkeypatch):
    monkeypatch.setattr(worker, "STAY_SECONDS", 0.0)
    staying.sendall(HELLO)
    assert body_of_answer(staying) == b"hello"
    assert left(loop)
    staying.sendall(HELLO)
    loop.wait_for_and_dispatch_events(10)
    assert body_of_answer(staying) == b"hello"


def test_31_nobody_stays_where_half_of_the_threads_have_work(loop, threads, connect):
    loop.nr_conns += 2
    client = connect(HELLO)
    assert left(loop)
    client.settimeout(10)
    assert body_of_answer(client) == b"hello"
    loop.nr_conns -= 2
    assert loop.nr_conns == len(loop._waiting) == 1


def test_31_what_is_not_whole_is_waited_for_by_the_loop(loop, staying, later):
    staying.sendall(HELLO[:20])
    assert left(loop)
    later(9)
    assert loop.nr_conns == len(loop._waiting) == 1
    later(2)
    assert staying.recv(1) == b""
    assert loop.nr_conns == 0


def test_31_the_rest_of_a_request_that_was_not_whole_is_taken_by_the_loop(loop, staying):
    staying.sendall(HELLO[:20])
    assert left(loop)
    staying.sendall(HELLO[20:])
    loop.wait_for_and_dispatch_events(10)
    assert body_of_answer(staying) == b"hello"


def test_31_nobody_stays_with_a_client_that_does_not_read(loop, threads, connect):
    connect(HELLO.replace(b"/", b"/large", 1))
    assert left(loop)
    (waiting,) = loop._waiting
    assert 0 < waiting.held < len(LARGE)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GET /healthz HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 413 Content Too"),
        (
            b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 100 Continue",
        ),
    ],
    ids=["health", "a large body", "a body to ask for"],
)
def test_what_is_not_for_this_thread_is_the_loops(loop, staying, data, told):
    staying.sendall(data)
    assert left(loop)
    assert staying.recv(1000).startswith(told)


def test_31_the_thread_for_health_stays_with_nobody(loop, staying):
    staying.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
    assert left(loop)
    assert body_of_answer(staying) == b"hello"
    assert left(loop)
    assert loop.nr_conns == len(loop._waiting) == 1


def test_a_client_that_hangs_up_is_seen_by_the_loop(loop, staying):
    staying.close()
    assert left(loop)
    loop.wait_for_and_dispatch_events(10)
    assert loop.nr_conns == 0


# ------------------------------------------------------------------ the socket


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ClientSocket(ours) as ours, theirs:
        yield ours, theirs


def test_what_a_client_does_not_take_is_kept_for_it_in_order(pair):
    ours, theirs = pair
    answer = bytes(range(256)) * 4096
    ours.sendall(answer)
    ours.sendall(b"end")
    assert ours.kept
    taken = bytearray()
    while len(taken) < len(answer) + 3:
        taken += theirs.recv(65536)
        ours.flush()
    assert taken == answer + b"end"
    assert ours.flush()


def test_a_file_is_sent_from_where_it_is_asked_for(pair, tmp_path):
    ours, theirs = pair
    (tmp_path / "file").write_bytes(b"0123456789")
    with (tmp_path / "file").open("rb") as file:
        assert ours.sendfile(file, offset=2, count=3) == 3
        assert ours.sendfile(file, offset=8) == 2
    assert theirs.recv(100) == b"23489"


def test_a_client_that_takes_nothing_of_a_stream_is_hung_up_on(pair, monkeypatch):
    monkeypatch.setattr(client_socket, "PATIENCE_SECONDS", 0.05)
    ours, _ = pair
    ours.sendall(bytes(KEPT))
    with pytest.raises(TimeoutError):
        ours.sendall(bytes(KEPT))
    assert len(ours.kept) <= KEPT * 2


def test_no_thread_waits_for_a_byte(pair):
    ours, theirs = pair
    theirs.sendall(b"more")
    assert ours.recv(100) == b""
    assert ours.receive(100) == b"more"
    with pytest.raises(BlockingIOError):
        ours.receive(100)
