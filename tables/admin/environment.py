"""What every page says of the site: its badge, which tells production from a playground, and
whether it is read-only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

# Words in an environment's name -> the badge's colour class; the first that matches.
_COLOURS = (
    (re.compile(r"pre-?prod|non-?prod|stag|uat|accept", re.IGNORECASE), "amber"),
    (re.compile(r"prod|live", re.IGNORECASE), "red"),
    (re.compile(r"dev|local|demo|test|sandbox", re.IGNORECASE), "green"),
)


@dataclass(frozen=True, slots=True)
class Badge:
    """An environment's name and the class of its colour."""

    name: str
    colour: str


def environment(_request: HttpRequest) -> dict[str, Any]:
    """A context processor, because pages for strangers and for failures have no site around."""
    return {
        "environment": environment_badge(settings.ENVIRONMENT_NAME),
        "read_only": settings.READ_ONLY,
    }


def environment_badge(name: str) -> Badge | None:
    """The badge of ENVIRONMENT_NAME, or None where it is empty."""
    if not name:
        return None
    return Badge(name, next((c for pattern, c in _COLOURS if pattern.search(name)), "blue"))
