"""The browsable API: the same answers as a page, for a person who is signed in."""

from __future__ import annotations

from rest_framework.renderers import BrowsableAPIRenderer


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's page in our dress."""
