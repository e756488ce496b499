"""What a request's body says an item should be, or how it should change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from tables.api.bodies import media_type
from tables.api.v1.media_types import (
    FORM,
    ITEM_TYPES,
    JSON_PATCH,
    MULTIPART,
    PATCH_TYPES,
    TYPED,
)
from tables.api.v1.requests.forms import read_form, read_multipart
from tables.core import strict_json
from tables.core.errors import InvalidRequest, Problem
from tables.core.typed_json import typed_item
from tables.core.values import wire_item
from tables.items import patches
from tables.items.drafts import Draft, Patch

# Typed JSON takes two objects for each level, and one more around the scalar.
_TYPED_DEPTH = 2 * strict_json.MAX_DEPTH + 2


def read_draft(request: Request, data: bytes) -> Draft:
    """The item of a POST or PUT. Raises UnsupportedMediaType, InvalidRequest, InvalidValue."""
    _require_whole(request)
    kind = require_media_type(request, ITEM_TYPES, data)
    if kind == FORM:
        return Draft(read_form(data))
    if kind == MULTIPART:
        return Draft(read_multipart(data, request.META["CONTENT_TYPE"]))
    return draft_of(read_document(data, is_typed=kind == TYPED), is_typed=kind == TYPED)


def read_change(request: Request, data: bytes) -> Patch:
    """The change of a PATCH. Raises UnsupportedMediaType, InvalidRequest, InvalidValue."""
    kind = require_media_type(request, PATCH_TYPES, data)
    document = read_document(data, is_typed=kind == TYPED)
    if kind == JSON_PATCH:
        return json_change(document)
    return merge_change(document, is_typed=kind == TYPED)


def draft_of(document: Any, *, is_typed: bool) -> Draft:
    """The item that a parsed body is. Raises InvalidRequest unless it is one object."""
    members = require_object(document)
    return Draft(typed_item(members) if is_typed else wire_item(members), is_typed)


def json_change(document: Any) -> Patch:
    """The change of a parsed JSON patch. Raises InvalidRequest."""
    with at_pointer(""):
        return patches.json_change(document)


def merge_change(document: Any, *, is_typed: bool) -> Patch:
    """The change of a parsed merge patch, plain or typed. Raises InvalidRequest."""
    return patches.merge_change(require_object(document), is_typed=is_typed)


def read_document(data: bytes, *, is_typed: bool = False, around: int = 0) -> Any:
    """Parsed JSON, strictly; `around` levels may stand around an item of the usual depth."""
    if not data.strip():
        raise _empty()
    depth = _TYPED_DEPTH if is_typed else strict_json.MAX_DEPTH
    with at_pointer(""):
        return strict_json.parse(data, max_depth=depth + around)


@contextmanager
def at_pointer(pointer: str) -> Iterator[None]:
    """Say where in the body an error lies that does not say so itself."""
    try:
        yield
    except InvalidRequest as error:
        error.problems = error.problems or (Problem(pointer, error.message),)
        raise


def _require_whole(request: Request) -> None:
    """Raise InvalidRequest for a part of a body, which would be taken for the whole item."""
    if "Content-Range" in request.headers:
        raise InvalidRequest("Content-Range is not understood: send the whole item, or a PATCH.")


def require_media_type(request: Request, accepted: tuple[str, ...], data: bytes) -> str:
    """The body's media type. Raises UnsupportedMediaType unless it is one of these, in UTF-8.

    What is not there needs no type: raises InvalidRequest.
    """
    kind = media_type(request)
    if not kind and not data:
        raise _empty()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if kind in accepted and charset in ("utf-8", "utf8", "us-ascii"):
        return kind
    shown = request.META.get("CONTENT_TYPE", "") or "no Content-Type"
    raise UnsupportedMediaType(
        shown, f"A body of {shown[:100]} is not read here; send {', '.join(accepted)} in UTF-8."
    )


def _empty() -> InvalidRequest:
    return InvalidRequest("The body is empty.", problems=[Problem("", "A body is needed.")])


def require_object(document: Any) -> dict[str, Any]:
    """The members of an object. Raises InvalidRequest for anything else."""
    if not isinstance(document, dict):
        detail = "The body must be exactly one object."
        raise InvalidRequest(detail, problems=[Problem("", detail)])
    return document
