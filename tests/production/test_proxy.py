"""The shipped proxy alone, before an app that misbehaves."""

import contextlib
import socket
import threading

import pytest
import requests

from tests.production import programs
from tests.production.certificates import write_certificates
from tests.production.conftest import shipped_servers

BROKEN_OFF = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n"


@pytest.fixture
def ask(tmp_path):
    """Ask through the proxy an app that gives each caller these bytes and hangs up."""
    write_certificates(tmp_path)
    https, http = programs.free_port(), programs.free_port()
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:
        servers = shipped_servers(tmp_path, https, http, listener.getsockname()[1])
        stack.enter_context(programs.nginx(tmp_path, servers, [https, http]))

        def ask(answer, method="GET", *, origin=f"https://localhost:{https}", **headers):
            heard = []
            thread = threading.Thread(target=_serve_one, args=(listener, answer, heard))
            thread.start()
            with requests.Session() as session:
                session.trust_env = False
                session.verify = str(tmp_path / "ca.pem")
                try:
                    url = f"{origin}/endpoint"
                    return session.request(method, url, headers=headers, timeout=30), heard
                finally:
                    thread.join()

        ask.plain_origin = f"http://localhost:{http}"
        yield ask


def _serve_one(listener, answer, heard):
    connection, _ = listener.accept()
    with connection:
        heard.append(connection.recv(65536).decode())
        connection.sendall(answer)


def test_a_list_that_breaks_off_never_looks_whole(ask):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(BROKEN_OFF)


def test_a_list_that_ends_is_whole(ask):
    answer, _ = ask(BROKEN_OFF + b"2\r\n3]\r\n0\r\n\r\n")
    assert answer.json() == [1, 2, 3]


def test_a_lost_answer_is_the_clients_to_judge(ask):
    answer, heard = ask(b"", "PUT")
    assert answer.status_code == 502
    assert len(heard) == 1


def test_forwarded_headers_are_the_proxys_own(ask):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    _, (request,) = ask(b"HTTP/1.1 204 No Content\r\n\r\n", **forged)
    lines = request.splitlines()
    assert "X-Forwarded-Proto: https" in lines
    assert "X-Forwarded-For: 127.0.0.1" in lines
    assert "Connection: close" in lines
    assert "203.0.113.9" not in request


def test_a_door_over_plain_http_is_the_apps_to_refuse(ask):
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"
    answer, (request,) = ask(refused, "POST", origin=ask.plain_origin)
    assert (answer.status_code, answer.text) == (403, "{}")
    assert request.startswith("POST /endpoint HTTP/1.1")
    assert "X-Forwarded-Proto: http" in request.splitlines()
