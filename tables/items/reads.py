"""Single items as a caller has them: what their sight leaves out is as absent."""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.expressions import Path
from tables.core.values import Item
from tables.dynamodb.reads import get_item
from tables.items.target import Target


def stored(target: Target, key: Item, *, consistent: bool = True) -> Item | None:
    """The item of a key, None where the caller has none. Raises TablesError."""
    return target.sight.kept(get_item(target.name, key, consistent=consistent).item)


def judged_fields(names: Sequence[str], target: Target) -> tuple[Path, ...]:
    """The projection to these attributes that also tells whether an item is the caller's to see;
    empty for whole items.
    """
    needed = target.sight.rule_names if names else ()
    return tuple((name,) for name in dict.fromkeys((*names, *needed)))
