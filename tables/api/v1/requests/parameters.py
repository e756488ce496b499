"""The query string of a request: its pairs, and which names a resource knows."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from rest_framework.request import Request

from tables.addresses import absolute_url
from tables.core.errors import InvalidRequest, Problem
from tables.core.expressions import Path, require_no_overlap
from tables.core.queries import parse_query

MAX_PARAMETERS = 1000
# What a request on one item may say of its answer.
ITEM_PARAMETERS = frozenset({"fields", "format"})


def query_pairs(request: Request) -> list[tuple[str, str]]:
    """Decoded names and values in order. Raises InvalidRequest for what is not UTF-8."""
    try:
        return parse_qsl(
            request.META.get("QUERY_STRING", ""),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError as error:
        raise InvalidRequest(
            f"The query string is not UTF-8, or has over {MAX_PARAMETERS} parameters."
        ) from error


def require_known_parameters(request: Request, known: frozenset[str] = ITEM_PARAMETERS) -> None:
    """Raise InvalidRequest for a parameter that a write would ignore."""
    unknown = [name for name, _ in query_pairs(request) if name not in known]
    if unknown:
        detail = (
            f"The query parameter {unknown[0][:100]!r} means nothing here; "
            f"known are {', '.join(sorted(known)) or 'none'}."
        )
        # Clients of natural keys look for errors here too (Ed-Fi); no pointer leads into a URL.
        raise InvalidRequest(detail, problems=[Problem("", detail)])


def item_fields(request: Request) -> tuple[Path, ...]:
    """The paths that an item's URL asks for; empty for all. Raises InvalidExpression."""
    pairs = [pair for pair in query_pairs(request) if pair[0] in ITEM_PARAMETERS]
    fields = parse_query(pairs, types={}).fields if pairs else ()
    require_no_overlap(fields)
    return fields


def next_url(request: Request, cursor: str) -> str:
    """This URL, absolute, with the cursor of the next page."""
    pairs = [pair for pair in query_pairs(request) if pair[0] != "cursor"]
    return absolute_url(request, f"{request.path}?{urlencode([*pairs, ('cursor', cursor)])}")
