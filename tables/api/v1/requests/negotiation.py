"""Content negotiation: which representation of an answer the client prefers (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from tables.api.bodies import media_type
from tables.api.v1.media_types import FILE_TYPES, PLAIN, TYPED
from tables.core.values import dumps


class PlainRenderer(BaseRenderer):
    """Compact JSON; an answer that is made already goes out as it is."""

    media_type = PLAIN
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return data if isinstance(data, bytes) else dumps(data)


class TypedRenderer(PlainRenderer):
    """Compact JSON whose items are typed, as DynamoDB itself writes them."""

    media_type = TYPED
    format = "dynamodb"


class Negotiation(BaseContentNegotiation):
    """`?format=` decides, else the Accept header with its quality values; the first of equals.

    Of a request whose body is a file `format` is the file's own.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next((p for p in parsers if p.media_type == request.content_type), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Raise NotAcceptable where no renderer gives what is asked for."""
        wanted = request.query_params.get("format")
        if wanted and media_type(request) not in FILE_TYPES:
            chosen = next((r for r in renderers if r.format == wanted), None)
        else:
            offered = tuple(renderer.media_type or "" for renderer in renderers)
            place = _preferred(request.META.get("HTTP_ACCEPT", "*/*"), offered)
            chosen = None if place is None else list(renderers)[place]
        if chosen is None:
            raise NotAcceptable(available_renderers=list(renderers))
        return chosen, chosen.media_type


@lru_cache(maxsize=64)  # clients send the few headers that they send again and again
def _preferred(header: str, offered: Sequence[str]) -> int | None:
    """The place of the media type that the client likes best; None where it takes none."""
    texts = [text for text in header.split(",") if text.strip()]
    # A field without a range prefers nothing to anything.
    ranges = [MediaType(text) for text in texts or ["*/*"]]
    qualities = [_quality(media_type, ranges) for media_type in offered]
    best = max(qualities, default=0.0)
    return qualities.index(best) if best > 0 else None


def _quality(offered: str, ranges: Sequence[MediaType]) -> float:
    """What the most specific range that holds the media type says of it; 0 for none."""
    holding = [accepted for accepted in ranges if accepted.match(offered)]
    if not holding:
        return 0.0
    return max(holding, key=lambda accepted: (accepted.specificity, accepted.quality)).quality
