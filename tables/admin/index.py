"""The first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def index_context(request: HttpRequest) -> dict[str, Any]:
    """What the index shows."""
    return {}
