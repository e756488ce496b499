"""Write units of one item (AWS: "DynamoDB on-demand capacity mode", "Using Global Secondary
Indexes"), computed from its states on both sides of the write.
"""

from __future__ import annotations

import math

from tables.core.descriptions import Index, TableDescription
from tables.core.sizes import item_size, size_at_most
from tables.core.values import Item

_UNIT_BYTES = 1024


def write_units(
    before: Item | None, after: Item | None, description: TableDescription, *, doubled: bool
) -> float:
    """Units of a put, an update or a delete, with its indexes; `doubled` in a transaction."""
    own = _units(before, after)
    indexes = sum(_index_units(before, after, index) for index in description.indexes)
    return own * (2 if doubled else 1) + indexes


def units(size: int) -> int:
    """Whole units of so many bytes; even nothing takes one."""
    return max(math.ceil(size / _UNIT_BYTES), 1)


def _index_units(before: Item | None, after: Item | None, index: Index) -> int:
    """An entry that comes, goes or changes takes its units; one whose key changes does both."""
    old, new = _projected(before, index), _projected(after, index)
    if old == new:
        return 0
    if old is None or new is None:
        return _units(old, new)
    moves = any(old[key.name] != new[key.name] for key in index.key_attributes)
    return _units(old) + _units(new) if moves else _units(old, new)


def _projected(item: Item | None, index: Index) -> Item | None:
    """The item's entry in an index, None where it has none."""
    if item is None or any(key.name not in item for key in index.key_attributes):
        return None
    if index.projected is None:
        return item
    return {name: value for name, value in item.items() if name in index.projected}


def _units(*items: Item | None) -> int:
    """Units of the largest of these items."""
    there = [item for item in items if item is not None]
    if all(size_at_most(item) <= _UNIT_BYTES for item in there):
        return 1
    return units(max(map(item_size, there)))
