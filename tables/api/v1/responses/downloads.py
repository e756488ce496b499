"""Answers that are files, sent as they are made."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from tables.access.callers import Caller
from tables.access.limits.streams import stream_to


def download(
    caller: Caller, chunks: Iterator[bytes], media_type: str, name: str
) -> StreamingHttpResponse:
    """A file of these chunks. Raises DRF's Throttled where too many long answers are sent."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Accel-Buffering": "no",
    }
    return StreamingHttpResponse(
        stream_to(caller, chunks), content_type=media_type, headers=headers
    )
