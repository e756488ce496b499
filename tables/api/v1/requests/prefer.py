"""The Prefer header: what a write's answer carries, and whether it may come later (RFC 7240)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rest_framework.request import Request

Return = Literal["minimal", "representation"]

# The longest that an answer waits for its job: a thread waits with it.
MOST_SECONDS = 10
# What stands between commas, where a comma in quotes is none.
_PREFERENCE = re.compile(r'(?:[^",]|"(?:\\.|[^"\\])*"?)+')
# preference [ = word ], then parameters that no preference of ours has.
_RETURN = re.compile(
    r'\s*return\s*=\s*(?P<quote>"?)(?P<value>minimal|representation)(?P=quote)\s*(?:;.*)?',
    re.IGNORECASE | re.DOTALL,
)
_RESPOND_ASYNC = re.compile(r"\s*respond-async\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_WAIT = re.compile(
    r'\s*wait\s*=\s*(?P<quote>"?)(?P<value>[0-9]{1,9})(?P=quote)\s*(?:;.*)?',
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Deferral:
    """That the answer may come later: as a job, but not before `wait` seconds have passed."""

    wait: int

    @property
    def applied(self) -> str:
        """What `Preference-Applied` says of it."""
        return f"respond-async, {self.kept}" if self.wait else "respond-async"

    @property
    def kept(self) -> str:
        """The same of an answer that came at once."""
        return f"wait={self.wait}"


def preferred_return(request: Request) -> Return | None:
    """What the client prefers a write to return; the first of contradicting preferences."""
    match = _first(_RETURN, request)
    if match is None:
        return None
    return "minimal" if match["value"].lower() == "minimal" else "representation"


def preferred_deferral(request: Request) -> Deferral | None:
    """Whether the client would rather be answered later than wait; None where it did not say so."""
    if _first(_RESPOND_ASYNC, request) is None:
        return None
    wait = _first(_WAIT, request)
    return Deferral(min(int(wait["value"]), MOST_SECONDS) if wait else 0)


def _first(preference: re.Pattern[str], request: Request) -> re.Match[str] | None:
    preferences = _PREFERENCE.findall(request.headers.get("Prefer", ""))
    return next(filter(None, map(preference.fullmatch, preferences)), None)
