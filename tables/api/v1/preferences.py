"""The Prefer header: whether a write's answer carries the item (RFC 7240)."""

from __future__ import annotations

import re
from typing import Literal

from rest_framework.request import Request

Return = Literal["minimal", "representation"]

# preference [ = word ], then parameters that no preference of ours has.
_RETURN = re.compile(
    r'(?:^|,)\s*return\s*=\s*"?(minimal|representation)"?\s*(?=[;,]|$)', re.IGNORECASE
)


def preferred_return(request: Request) -> Return | None:
    """What the client prefers a write to return; the first of contradicting preferences."""
    match = _RETURN.search(request.headers.get("Prefer", ""))
    if match is None:
        return None
    return "minimal" if match[1].lower() == "minimal" else "representation"
