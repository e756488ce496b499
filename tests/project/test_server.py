"""The server as it is configured: what gunicorn lets through to the doors."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running gunicorn: its process, its port and its log."""
    port = free_port()
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    environment = {
        **os.environ,
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_it_listens(process, port, log)
        yield process, port, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.fixture
def get(server):
    """Ask the server; the answer's status, headers and body."""

    def ask(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server[1], timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    return ask


def test_a_server_that_listens_answers(get):
    status, headers, body = get("/healthz")
    assert (status, headers["Content-Length"], body) == (200, "3", b"ok\n")


def test_a_token_of_8_kb_and_the_address_of_a_long_key_come_through(get):
    assert get("/healthz", Authorization="Bearer " + "a" * 8192)[0] == 200
    assert get("/healthz?key=" + "a" * 8192)[0] == 200


def test_a_header_that_no_client_needs_is_refused(get):
    assert get("/healthz", Authorization="Bearer " + "a" * 40_000)[0] == 431


def test_a_forwarded_header_is_not_believed_without_a_trusted_proxy(get):
    status, headers, _ = get("/", **{"X-Forwarded-Proto": "https"})
    assert status == 302
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(("size", "told"), [(64 * 1024 - 1, "keep-alive"), (64 * 1024, "close")])
def test_a_long_body_that_may_stay_unread_ends_the_connection_in_words(server, size, told):
    connection = http.client.HTTPConnection("127.0.0.1", server[1], timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/healthz", body=b"x" * size)
        answer = connection.getresponse()
        assert answer.headers["Connection"] == told
        answer.read()
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200


def test_a_body_of_unknown_length_ends_the_connection_in_words(server):
    connection = http.client.HTTPConnection("127.0.0.1", server[1], timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/healthz", body=iter([b"x"]), encode_chunked=True)
        assert connection.getresponse().headers["Connection"] == "close"


def test_a_reload_replaces_the_workers_and_no_request_fails(server, get):
    process, _, log = server
    ended = log.read_text().count("Worker exiting")
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + READY_SECONDS
    while log.read_text().count("Worker exiting") == ended:
        assert time.monotonic() < deadline, "The old worker is still there."
        assert get("/healthz")[0] == 200
    assert get("/healthz")[0] == 200


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_listens(process, port, log):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"gunicorn does not listen:\n{log.read_text()}")
