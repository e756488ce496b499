"""Projections applied here, for answers whose ETag needs the whole item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tables.core.expressions import Path, require_no_overlap
from tables.core.values import AttributeValue, Item

# A segment's subtree; None where the path ends.
_Tree = dict[str | int, Any]


def project(item: Item, fields: Iterable[Path]) -> Item:
    """What ProjectionExpression keeps of an item: the paths in their nesting, lists closed up.

    No fields means the whole item. Raises InvalidExpression where paths overlap.
    """
    paths = list(dict.fromkeys(fields))
    if not paths:
        return item
    require_no_overlap(paths)
    tree: _Tree = {}
    for path in paths:
        node = tree
        for segment in path[:-1]:
            node = node.setdefault(segment, {})
        node[path[-1]] = None
    projected = _project({"M": item}, tree)
    return projected["M"] if projected else {}


def _project(value: AttributeValue, tree: _Tree | None) -> AttributeValue | None:
    """The part of a value, or None where nothing of it was asked for."""
    if tree is None:
        return value
    if "M" in value:
        wanted = [(name, child, tree[name]) for name, child in value["M"].items() if name in tree]
        kept = [(name, _project(child, subtree)) for name, child, subtree in wanted]
        members = {name: child for name, child in kept if child is not None}
        return {"M": members} if members else None
    if "L" in value:
        chosen = [(c, tree[i]) for i, c in enumerate(value["L"]) if i in tree]
        elements = [_project(child, subtree) for child, subtree in chosen]
        elements = [element for element in elements if element is not None]
        return {"L": elements} if elements else None
    return None
