"""Where a request ends, however it arrives."""

import pytest

from project import arrivals
from project.arrivals import MAX_BODY, MAX_HEAD, MAX_UPLOAD, Arrival, TooMuch

HEAD = b"POST /endpoint HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty line first": b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a length": HEAD + b"content-length: 3\r\n\r\nabc",
    "no bytes": HEAD + b"Content-Length: 0\r\n\r\n",
    "chunks": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
    "trailers": HEAD + b"transfer-encoding:chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
    "a blank line within": HEAD + b"Content-Length: 6\r\n\r\n\r\n\r\nab",
    "chunks that look like an end": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
def test_a_request_is_whole_with_its_last_byte(request_, step):
    arrival = Arrival()
    pieces = [request_[at : at + step] for at in range(0, len(request_), step)]
    assert [arrival.add(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert bytes(arrival.data) == request_


UPLOAD = b"POST /api/v1/tables/Cities/jobs HTTP/1.1\r\nHost: a\r\n"
FILE = bytes(range(256)) * 20_000  # 5 MB


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: %d\r\n\r\n" % (2 * len(FILE)) + 2 * FILE,
        b"Transfer-Encoding: chunked\r\n\r\n"
        + 2 * (b"%x\r\n%b\r\n" % (len(FILE), FILE))
        + b"0\r\nX: y\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n"
        + 2 * len(FILE) // 5000 * (b"%x\r\n%b\r\n" % (5000, FILE[:5000]))
        + b"0\r\n\r\n",
    ],
    ids=["a length", "large chunks", "small chunks"],
)
@pytest.mark.parametrize("step", [65536, 99_991])
def test_a_file_for_an_import_waits_on_the_disk(body, step):
    request_ = UPLOAD + body
    arrival, most = Arrival(), 0
    for at in range(0, len(request_), step):
        is_whole = arrival.add(request_[at : at + step])
        assert is_whole is (at + step >= len(request_))
        most = max(most, len(arrival.data))
    assert arrival.size == len(request_) > MAX_BODY
    assert most < 2 * 1024 * 1024
    assert arrival.whole_spool().read() == request_
    arrival.close()


@pytest.mark.parametrize(
    "line",
    [
        b"PUT /api/v1/tables/Cities/jobs HTTP/1.1",
        b"POST /api/v1/tables/Cities/jobs/x HTTP/1.1",
        b"POST /api/v1/tables/Cities/items HTTP/1.1",
        b"POST /x?/admin/tables/Cities/import HTTP/1.1",
    ],
)
def test_nothing_else_may_be_as_large(line):
    with pytest.raises(TooMuch):
        Arrival().add(line + b"\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1))


def test_a_file_has_its_end_too():
    for far in (
        b"Content-Length: %d\r\n\r\n" % (MAX_UPLOAD + 1),
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
    ):
        with pytest.raises(TooMuch):
            Arrival().add(UPLOAD + far)


@pytest.mark.parametrize(
    "unreadable",
    [
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        CHUNKED + b"no size\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"1" * 5000,
    ],
)
def test_nothing_is_waited_for_that_can_not_be_read(unreadable):
    arrival = Arrival()
    arrival.add(unreadable)
    assert arrival.add(b"") or arrival.add(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD + b"X: " + b"a" * MAX_HEAD, 431),
        (HEAD + b"X: " + b"a" * MAX_HEAD + b"\r\n\r\n", 431),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (HEAD + b"Content-Length: 1\r\nContent-Length: %d\r\n\r\n" % 10**18, 413),
        (CHUNKED + b"FFFFFFFF\r\n", 413),
        (CHUNKED + b"0\r\nX: " + b"a" * MAX_HEAD, 431),
    ],
)
def test_more_than_a_request_may_have_is_refused_before_it_has_arrived(sent, status):
    arrival = Arrival()
    with pytest.raises(TooMuch) as caught:
        arrival.add(sent)
    assert caught.value.status == status


def test_who_asks_to_go_on_is_told_so_once():
    arrival = Arrival()
    assert not arrival.add(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert arrival.expects_continue
    assert arrival.add(b"{}")
    assert b"Expect" not in arrival.data
    assert arrival.data.endswith(b"Content-Length: 2\r\n\r\n{}")


@pytest.mark.parametrize(
    ("line", "is_for_health"),
    [
        (b"GET /healthz HTTP/1.1", True),
        (b"HEAD /healthz/ HTTP/1.0", True),
        (b"GET /healthz?probe=1 HTTP/1.1", True),
        (b"POST /healthz HTTP/1.1", False),
        (b"GET /healthz/../admin/ HTTP/1.1", False),
        (b"GET /healthzz HTTP/1.1", False),
        (b"GET /readyz HTTP/1.1", False),
    ],
)
def test_the_question_whether_we_live_is_known_by_its_first_line(line, is_for_health):
    arrival = Arrival()
    arrival.add(line + b"\r\nHost: a\r\n\r\n")
    assert arrival.is_for_health is is_for_health


def test_a_head_that_comes_byte_by_byte_is_searched_once(monkeypatch):
    """Each byte is looked at by the search for the head's end some four times, not thousands."""
    looked_at = []

    class Counting(bytearray):
        def find(self, sub, start=0, *end):
            looked_at.append(len(self) - start)
            return super().find(sub, start, *end)

    arrival = Arrival()
    arrival.data = Counting()
    for _ in range(2000):
        arrival.add(b"a")
    assert sum(looked_at) <= 2000 * (len(arrivals._END_OF_HEAD) + 1)
