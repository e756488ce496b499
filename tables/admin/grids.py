"""Small tables of items: lists of what belongs to an item, and the kinds of a collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from tables.admin.item_list.address import Address
from tables.admin.item_list.changelist import Heading
from tables.admin.item_list.columns import Column
from tables.admin.item_list.linked_cells import linked_cells
from tables.admin.item_list.table_body import write_grid
from tables.core.values import Item
from tables.items.target import Target
from tables.items.told import told_all


@dataclass(frozen=True, slots=True)
class SmallGrid:
    """The rows of items and the heads of their columns, the keys' first.

    Where it is `of_one_partition`, only the sort key is shown.
    """

    keys: Sequence[Heading]
    headings: Sequence[Heading]
    rows: SafeString
    of_one_partition: bool = False


def small_grid(
    items: Sequence[Item], columns: Sequence[Column], to: Target, *, of_one_partition: bool
) -> SmallGrid:
    """A table of items as their caller sees them, with links and without boxes."""
    grid = write_grid(
        [to.sight.see(item) for item in told_all(items, to.table)],
        columns,
        to.description,
        list_url=Address(to.table.alias).path,
        can_select=False,
        links=linked_cells(to),
    )
    heads = [
        Heading(
            column.text,
            is_numeric=column in grid.numeric,
            label=to.table.labels.get(column.text, ""),
        )
        for column in columns
    ]
    keys, others = (
        [head for column, head in zip(columns, heads, strict=True) if column.is_key is wanted]
        for wanted in (True, False)
    )
    return SmallGrid(keys, others, grid.rows, of_one_partition and len(keys) > 1)
