"""Bodies: every framing is read, every limit holds before anything is parsed."""

import gzip
import io
import zlib

import pytest
from django.test import RequestFactory
from gunicorn.http.errors import InvalidChunkSize
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from tables.api import bodies
from tables.core.errors import InvalidRequest, TooLarge

JSON = "application/json"


def request_with(body=b"{}", content_type=JSON, **headers):
    return RequestFactory().generic("POST", "/endpoint", body, content_type, headers=headers)


def chunked(stream):
    """A request as gunicorn hands over a chunked one: no length, and a stream that ends."""
    request = RequestFactory().post("/endpoint", headers={"Transfer-Encoding": "chunked"})
    request.META |= {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return request


def test_a_body_with_a_length_is_read():
    assert bodies.read_body(request_with(b'{"a":1}')) == b'{"a":1}'


def test_a_chunked_body_is_read_and_never_taken_for_empty():
    assert bodies.read_body(chunked(io.BytesIO(b'{"a":1}'))) == b'{"a":1}'


def test_drf_requests_are_read_the_same_way():
    assert bodies.read_body(Request(chunked(io.BytesIO(b"[]")))) == b"[]"


def test_without_length_and_end_there_is_no_body():
    request = chunked(io.BytesIO(b"belongs to the next request"))
    request.META["wsgi.input_terminated"] = False
    assert bodies.read_body(request) == b""


def test_a_form_that_the_csrf_check_has_read_is_read_again():
    request = request_with(b"a=1", "application/x-www-form-urlencoded")
    assert request.POST["a"] == "1"
    assert bodies.read_body(request) == b"a=1"


def test_an_announced_length_over_the_limit_is_refused_unread():
    request = request_with(b"x" * 11)
    with pytest.raises(TooLarge, match="over 10 bytes"):
        bodies.read_body(request, limit=10)
    assert request._stream.read() == b"x" * 11


def test_a_chunked_body_is_refused_as_soon_as_it_is_over_the_limit():
    stream = io.BytesIO(b"x" * 1_000_000)
    with pytest.raises(TooLarge):
        bodies.read_body(chunked(stream), limit=10)
    assert stream.tell() == 11


def test_a_body_of_exactly_the_limit_is_read():
    assert bodies.read_body(chunked(io.BytesIO(b"x" * 10)), limit=10) == b"x" * 10
    assert bodies.read_body(request_with(b"x" * 10), limit=10) == b"x" * 10


@pytest.mark.parametrize("length", ["-1", "1e3", "²", "abc"])
def test_a_length_that_is_no_number_is_refused(length):
    request = request_with()
    request.META["CONTENT_LENGTH"] = length
    with pytest.raises(InvalidRequest, match="Content-Length"):
        bodies.read_body(request)


def test_an_absurd_length_is_refused_without_converting_it():
    request = request_with()
    request.META["CONTENT_LENGTH"] = "9" * 5000
    with pytest.raises(TooLarge):
        bodies.read_body(request)


def test_a_body_shorter_than_announced_is_refused():
    request = request_with(b"{}")
    request.META["CONTENT_LENGTH"] = "3"
    request._stream = io.BytesIO(b"{}")
    request._read_started = False
    with pytest.raises(InvalidRequest, match="shorter"):
        bodies.read_body(request)


class Broken:
    def __init__(self, error):
        self.error = error

    def read(self, size):
        raise self.error


@pytest.mark.parametrize("error", [OSError("gone"), InvalidChunkSize(b"zz")])
def test_a_body_that_breaks_off_is_refused(error):
    with pytest.raises(InvalidRequest, match="breaks off"):
        bodies.read_body(chunked(Broken(error)))


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_gzip_is_inflated(encoding):
    request = request_with(gzip.compress(b'{"a":1}'), **{"Content-Encoding": encoding})
    assert bodies.parse_json(bodies.read_body(request)) == {"a": 1}


def test_a_chunked_gzip_body_is_inflated():
    request = chunked(io.BytesIO(gzip.compress(b"[1]")))
    request.META["HTTP_CONTENT_ENCODING"] = "gzip"
    assert bodies.parse_json(bodies.read_body(request)) == [1]


def test_a_gzip_bomb_is_refused_at_the_limit():
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < bodies.MAX_BODY_BYTES
    with pytest.raises(TooLarge):
        bodies.read_body(request_with(bomb, **{"Content-Encoding": "gzip"}))


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}',
        gzip.compress(b"{}")[:-1],
        gzip.compress(b"{}") + b"x",
        gzip.compress(b"") * 1000,
        zlib.compress(b"{}"),
        b"",
    ],
)
def test_what_is_not_one_whole_gzip_member_is_refused(data):
    with pytest.raises(InvalidRequest, match="gzip"):
        bodies.read_body(request_with(data, **{"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip"])
def test_other_encodings_are_unsupported(encoding):
    with pytest.raises(UnsupportedMediaType, match="gzip is"):
        bodies.read_body(request_with(**{"Content-Encoding": encoding}))


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_not_json(body):
    with pytest.raises(InvalidRequest, match="empty"):
        bodies.parse_json(body)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1"])
def test_only_an_object_is_an_object(body):
    with pytest.raises(InvalidRequest, match="must be a JSON object"):
        bodies.parse_object(body)


def test_json_is_utf_8_whatever_the_charset_says():
    body = '{"a":"é"}'.encode("latin-1")
    with pytest.raises(InvalidRequest, match="UTF-8"):
        bodies.parse_json(
            bodies.read_body(request_with(body, "application/json; charset=iso-8859-1"))
        )


@pytest.mark.parametrize(
    ("content_type", "has_parts"),
    [
        ("application/x-www-form-urlencoded", False),
        ("Multipart/Form-Data; boundary=x", True),
        ("multipart/mixed", True),
        ("text/plain", False),
        ("application/json; charset=utf-8", False),
        ("", False),
    ],
)
def test_parts_are_told_by_their_media_type(content_type, has_parts):
    assert bodies.is_multipart(request_with(content_type=content_type)) is has_parts
