"""Merge patches: what a partial item leaves and what it replaces (RFC 7396)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.core.typed_json import typed_value
from tables.core.values import (
    AttributeValue,
    Item,
    fit_to_stored,
    join_pointer,
    require_names,
    wire_value,
)


def merge_patch(item: Item, patch: Mapping[str, Any]) -> Item:
    """The item after a merge patch in plain JSON: null removes, an object goes into the map.

    What the patch does not name keeps its exact stored value. Raises InvalidValue with a pointer.
    """
    require_names(patch)
    return _merged(item, patch, "", 1)


def typed_patch(item: Item, patch: Mapping[str, Any]) -> Item:
    """The item after a patch in typed JSON: null removes an attribute, a typed value sets it whole.

    Raises InvalidValue with a pointer.
    """
    require_names(patch)
    patched = dict(item)
    for name, value in patch.items():
        if value is None:
            patched.pop(name, None)
        else:
            patched[name] = typed_value(value, join_pointer("", name))
    return patched


def _merged(stored: Item, patch: Mapping[str, Any], pointer: str, depth: int) -> Item:
    merged = dict(stored)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _patched(value, stored.get(name), join_pointer(pointer, name), depth)
    return merged


def _patched(value: Any, stored: AttributeValue | None, pointer: str, depth: int) -> AttributeValue:
    if isinstance(value, dict):
        # Also where nothing is stored: nulls inside a new object are removals of nothing.
        inside = stored["M"] if stored is not None and "M" in stored else {}
        return {"M": _merged(inside, value, pointer, depth + 1)}
    new = wire_value(value, pointer=pointer, depth=depth)
    return new if stored is None else fit_to_stored(new, stored)
