"""HTML form bodies as items: every field a string, every file binary."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote_to_bytes

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters

from tables.core import strict_json
from tables.core.errors import InvalidRequest, Problem
from tables.core.values import AttributeValue, Item, join_pointer, require_names


def read_form(data: bytes) -> Item:
    """The item of an application/x-www-form-urlencoded body. Raises InvalidRequest."""
    _require_no_json(data)
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        )
    except ValueError as error:
        raise InvalidRequest("The form can't be read as URL-encoded UTF-8.") from error
    return _item((name, {"S": text}) for name, text in pairs)


def read_multipart(data: bytes, content_type: str) -> Item:
    """The item of a multipart/form-data body. Raises InvalidRequest."""
    _require_end(data, content_type)
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(data))}
    handlers = [MemoryFileUploadHandler(), TemporaryFileUploadHandler()]
    try:
        # Django replaces bytes that are not text; latin-1 keeps them all for a strict reading.
        parser = MultiPartParser(meta, io.BytesIO(data), handlers, "latin-1")
        fields, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise InvalidRequest("The multipart body can't be read.") from error
    texts = [(name, {"S": _utf8(text)}) for name, entries in fields.lists() for text in entries]
    binaries = [(name, _binary(file)) for name, entries in files.lists() for file in entries]
    return _item((_utf8(name), value) for name, value in [*texts, *binaries])


def _require_no_json(data: bytes) -> None:
    """Raise InvalidRequest for JSON that some client calls a form, as `curl -d` does by itself.

    Read as a form it would be one attribute, whose name is that JSON.
    """
    if _is_json(data):
        detail = "The body is JSON, sent as a form. Send it with Content-Type: application/json."
        raise InvalidRequest(detail, problems=[Problem("", detail)])


def _is_json(data: bytes) -> bool:
    """Whether a form was never one, or has JSON for its only name and nothing for its value."""
    if data.lstrip()[:1] in (b"{", b"["):  # what writes forms encodes these (WHATWG URL, 5.2)
        return True
    try:
        name = strict_json.parse(unquote_to_bytes(data.removesuffix(b"=").replace(b"+", b" ")))
    except InvalidRequest:
        return False
    return isinstance(name, dict | list) or not data.endswith(b"=")


def _require_end(data: bytes, content_type: str) -> None:
    """Raise InvalidRequest for a body that breaks off: Django takes the fields it has got."""
    boundary = parse_header_parameters(content_type)[1].get("boundary", "")
    if f"--{boundary}--".encode() not in data:
        raise InvalidRequest("The multipart body has no closing boundary.")


def _item(pairs: Iterable[tuple[str, AttributeValue]]) -> Item:
    item: Item = {}
    for name, value in pairs:
        if name in item:
            detail = f"The field {name[:100]!r} stands twice in the form."
            raise InvalidRequest(detail, problems=[Problem(join_pointer("", name), detail)])
        item[name] = value
    require_names(item)
    return item


def _utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeError as error:
        raise InvalidRequest("A field of the form is not UTF-8.") from error


def _binary(file: UploadedFile) -> AttributeValue:
    with file:
        return {"B": base64.b64encode(file.read()).decode()}
