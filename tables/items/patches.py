"""Patches as parsed documents say them, made into what they do to an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.core.json_patch import json_patch, parse_patch
from tables.core.merge_patch import merge_patch, typed_patch
from tables.items.drafts import Patch


def json_change(document: Any) -> Patch:
    """The change of a JSON patch. Raises InvalidRequest."""
    operations = parse_patch(document)
    return Patch(lambda stored: json_patch(stored, operations), is_local=False)


def merge_change(members: Mapping[str, Any], *, is_typed: bool) -> Patch:
    """The change of a merge patch, plain or typed."""
    patch = typed_patch if is_typed else merge_patch
    return Patch(lambda stored: patch(stored, members), is_local=True)
