"""Request bodies: read whole, whatever their framing or encoding, and parsed strictly."""

from __future__ import annotations

import zlib
from typing import Any

from django.http import HttpRequest
from gunicorn.http.errors import ParseException
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from tables.core import strict_json
from tables.core.errors import InvalidRequest, TooLarge

# An item of 400 KB whose characters are all escaped (`\u0001`) takes 2.4 MB of JSON.
MAX_BODY_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
# zlib's way of saying: a gzip header and trailer, the largest window (RFC 1952).
_GZIP = 31


def read_body(request: HttpRequest | Request, *, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body with its framing and Content-Encoding undone, at most `limit` bytes of it.

    Raises TooLarge before more is read than that, InvalidRequest for a body that breaks off or
    can't be inflated, UnsupportedMediaType for an encoding other than gzip.
    """
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise UnsupportedMediaType(encoding, "This Content-Encoding is not read; gzip is.")
    data = _read(request, limit)
    return _inflate(data, limit) if encoding in ("gzip", "x-gzip") else data


def parse_json(data: bytes) -> Any:
    """A body as strictly parsed JSON, numbers as Decimal.

    Raises InvalidRequest for an empty body and for what `strict_json.parse` refuses.
    """
    if not data.strip():
        raise InvalidRequest("The body is empty; JSON is needed here.")
    return strict_json.parse(data)


def parse_object(data: bytes) -> dict[str, Any]:
    """A body as a strictly parsed JSON object. Raises InvalidRequest."""
    value = parse_json(data)
    if not isinstance(value, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return value


def media_type(request: HttpRequest | Request) -> str:
    """The body's media type in lower case, without parameters; empty when there is none."""
    declared: str = request.META.get("CONTENT_TYPE", "")
    return declared.partition(";")[0].strip().lower()


def is_multipart(request: HttpRequest | Request) -> bool:
    """Whether the body says that it has parts, as a form with files does."""
    return media_type(request).startswith("multipart/")


def _read(request: HttpRequest | Request, limit: int) -> bytes:
    length = _content_length(request, limit)
    if length is None:
        if not request.META.get("wsgi.input_terminated"):
            # Nothing says where the body ends, so reading on would wait for the next request.
            return b""
        return _read_stream(request.META["wsgi.input"], limit)
    if hasattr(request, "_body"):
        # The CSRF check has read a form already.
        return request.body
    data = _read_stream(request, min(length, limit))
    if len(data) < length:
        raise InvalidRequest("The body is shorter than its Content-Length.")
    return data


def _content_length(request: HttpRequest | Request, limit: int) -> int | None:
    """The announced length in bytes; None for a chunked body. Raises TooLarge over the limit."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return None
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise InvalidRequest("The Content-Length is not a number.")
    if len(text) > 18 or int(text) > limit:
        raise _too_large(limit)
    return int(text)


def _read_stream(stream: Any, limit: int) -> bytes:
    data = bytearray()
    try:
        while chunk := stream.read(min(_CHUNK_BYTES, limit + 1 - len(data))):
            data += chunk
            if len(data) > limit:
                raise _too_large(limit)
    except (OSError, ParseException) as error:
        raise InvalidRequest("The body breaks off, or its chunks can't be read.") from error
    return bytes(data)


def _inflate(data: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(wbits=_GZIP)
    try:
        inflated = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise InvalidRequest("The body is not gzip, as its Content-Encoding says.") from error
    if len(inflated) > limit:
        raise _too_large(limit)
    if not inflater.eof or inflater.unused_data:
        # A second member would be legal, but a million empty ones are an attack.
        raise InvalidRequest("The gzip body breaks off, or something follows it.")
    return inflated


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is over {limit} bytes, the most that is read here.")
