"""Files for imports: the body itself, or a part of a form; streamed, and never held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters
from gunicorn.http.errors import ParseException
from rest_framework.request import Request

from tables.access.callers import Caller
from tables.api.bodies import is_multipart
from tables.api.v1.requests.parameters import query_pairs
from tables.core.errors import InvalidRequest, Problem
from tables.jobs.files import keep_upload

# What a query string or a form says beside the file; `taken` and its like may stand there often.
LISTED = ("taken", "cleared", "left_out", "kinds")
MEMBERS = (
    *("name", "mode", "encoding", "delimiter", "format", "duplicates", "reason", "pace"),
    *LISTED,
)
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """An upload that is kept: its id, a digest of it and of what was said, and what was said."""

    upload: str
    digest: bytes
    members: dict[str, Any] = field(default_factory=dict)


def keep_file(request: Request, caller: Caller) -> KeptUpload:
    """Keep the file of a request. Raises InvalidRequest, TooLarge."""
    if not is_multipart(request):
        members = _members(query_pairs(request))
        _, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE") or "")
        return _kept(caller, _body_blocks(request), _encoded(members, parameters.get("charset")))
    try:
        form, files = request._request.POST, request._request.FILES
    except (MultiPartParserError, SuspiciousOperation, OSError, ParseException) as error:
        raise InvalidRequest("The multipart body can't be read.") from error
    file = files.get("file")
    if not isinstance(file, UploadedFile) or sum(map(len, dict(files.lists()).values())) > 1:
        raise _wrong("/file", 'The form needs one file, called "file": each is a job of its own.')
    pairs = [(name, text) for name, texts in form.lists() for text in texts]
    told = [pair for pair in pairs if pair != ("kind", "import")]
    members = {"name": file.name or "", **_members(told)}
    return _kept(caller, file.chunks(_BLOCK), _encoded(members, file.charset))


def _kept(caller: Caller, blocks: Iterator[bytes], members: dict[str, Any]) -> KeptUpload:
    digest = hashlib.sha256(repr(sorted(members.items())).encode())

    def counted() -> Iterator[bytes]:
        for block in blocks:
            digest.update(block)
            yield block

    return KeptUpload(keep_upload(caller, counted()), digest.digest(), members)


def _members(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, text in pairs:
        if name not in MEMBERS:
            raise _wrong("", f"{name[:100]!r} means nothing here; known are {_KNOWN}.")
        if name in LISTED:
            members.setdefault(name, []).append(text)
        elif name in members:
            raise _wrong(f"/{name}", f"{name!r} is said twice.")
        else:
            members[name] = text
    return {**members, "kinds": _by_head(members["kinds"])} if "kinds" in members else members


def _by_head(told: list[str]) -> dict[str, str]:
    """The types of columns, each said as `head:TYPE`. Raises InvalidRequest."""
    kinds: dict[str, str] = {}
    for text in told:
        head, colon, kind = text.rpartition(":")
        if not colon or head in kinds:
            raise _wrong(
                "/kinds", "'kinds' is a head and its type, such as total:N, once for each."
            )
        kinds[head] = kind
    return kinds


def _wrong(pointer: str, words: str) -> InvalidRequest:
    """The error for one thing wrong with what is said of a file: where, and what."""
    return InvalidRequest(words, problems=[Problem(pointer, words)])


def _encoded(members: dict[str, Any], charset: str | None) -> dict[str, Any]:
    """The same, with the encoding that the media type declares. UTF-8 is what is expected."""
    if not charset or charset.lower() == "utf-8":
        return members
    return {"encoding": charset, **members}


_KNOWN = ", ".join(MEMBERS)


def _body_blocks(request: Request) -> Iterator[bytes]:
    """The body as it comes. Raises InvalidRequest for one that breaks off."""
    length = _length(request)
    stream: Any = request.META["wsgi.input"]
    got = 0
    try:
        while block := stream.read(_BLOCK if length is None else min(_BLOCK, length - got)):
            got += len(block)
            yield block
    except (OSError, ParseException) as error:
        raise InvalidRequest("The body breaks off, or its chunks can't be read.") from error
    if length is not None and got < length:
        raise InvalidRequest("The body is shorter than its Content-Length.")


def _length(request: Request) -> int | None:
    """How long the body says it is; None for chunks."""
    if "HTTP_TRANSFER_ENCODING" in request.META and request.META.get("wsgi.input_terminated"):
        return None
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidRequest("The Content-Length is not a number.")
    return int(text)
