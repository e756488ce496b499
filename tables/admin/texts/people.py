"""People in staff's words."""

from __future__ import annotations


def name_words(identity: str) -> str:
    """A name as people say it: `admin, ada` is Ada Admin; what is no such name stays as it is."""
    last, comma, first = identity.partition(", ")
    if not comma or "," in first:
        return identity
    said = f"{first} {last}"
    return said.title() if said == said.lower() else said
