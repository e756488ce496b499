"""Rows of a wide item on pages of their own: `?from=100` begins with the hundred-and-first."""

from __future__ import annotations

from django.http import HttpRequest

from tables.admin.item_form.in_full import MOST_SHOWN

# No item has more attributes than that many bytes.
_MOST_DIGITS = 6


def start_of(request: HttpRequest) -> int:
    """How many rows stand on the pages before this one."""
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def further_url(request: HttpRequest, start: int) -> str:
    """The same page with the rows that follow those which begin at `start`."""
    query = request.GET.copy()
    query["from"] = str(start + MOST_SHOWN)
    return f"?{query.urlencode()}"
