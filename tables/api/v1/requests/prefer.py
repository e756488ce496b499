"""The Prefer header: whether a write's answer carries the item (RFC 7240)."""

from __future__ import annotations

import re
from typing import Literal

from rest_framework.request import Request

Return = Literal["minimal", "representation"]

# What stands between commas, where a comma in quotes is none.
_PREFERENCE = re.compile(r'(?:[^",]|"(?:\\.|[^"\\])*"?)+')
# preference [ = word ], then parameters that no preference of ours has.
_RETURN = re.compile(
    r'\s*return\s*=\s*(?P<quote>"?)(?P<value>minimal|representation)(?P=quote)\s*(?:;.*)?',
    re.IGNORECASE | re.DOTALL,
)


def preferred_return(request: Request) -> Return | None:
    """What the client prefers a write to return; the first of contradicting preferences."""
    preferences = _PREFERENCE.findall(request.headers.get("Prefer", ""))
    match = next(filter(None, map(_RETURN.fullmatch, preferences)), None)
    if match is None:
        return None
    return "minimal" if match["value"].lower() == "minimal" else "representation"
