"""The table of items: every row of a page, written in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tables.admin.cells import Cells
from tables.admin.columns import Column
from tables.admin.summaries import key_text
from tables.core.descriptions import TableDescription
from tables.core.expressions import value_at
from tables.core.keys import encode_token
from tables.core.values import AttributeValue, Item

_ABSENT = '<td class="absent">–</td>'


def grid_rows(
    items: Sequence[Item],
    columns: Sequence[Column],
    description: TableDescription,
    *,
    list_url: str,
    can_select: bool,
) -> SafeString:
    """The rows of a table body: key attributes as links to the item, then the other columns.

    A column that mixes types shows the type of each value.
    """
    cells = Cells(description.ttl_attribute)
    tokens = [encode_token(item, description) for item in items]
    parts = [_boxes(items, tokens, description)] if can_select else []
    for column in columns:
        values = _values(items, column)
        if column.is_key:
            is_first = column is columns[0]
            parts.append(_links(values, tokens, cells, list_url, is_first=is_first))
        else:
            parts.append(_column(values, column, cells))
    rows = ("".join(row) for row in zip(*parts, strict=True))
    return mark_safe(  # noqa: S308 - every text in it was escaped where it was written
        "".join(f"<tr>{row}</tr>" for row in rows)
    )


def _values(items: Sequence[Item], column: Column) -> list[AttributeValue | None]:
    if len(column.path) == 1:
        name = str(column.path[0])
        return [item.get(name) for item in items]
    return [value_at(item, column.path) for item in items]


def _boxes(
    items: Sequence[Item], tokens: Sequence[str], description: TableDescription
) -> list[str]:
    """The boxes that admin's own script and actions know by name and class."""
    select = escape(_("Select %(key)s"))
    return [
        '<td class="action-checkbox"><input type="checkbox" name="_selected_action" '
        f'class="action-select" value="{token}" '
        f'aria-label="{select % {"key": escape(key_text(item, description))}}"></td>'
        for item, token in zip(items, tokens, strict=True)
    ]


def _links(
    values: Sequence[AttributeValue | None],
    tokens: Sequence[str],
    cells: Cells,
    list_url: str,
    *,
    is_first: bool,
) -> list[str]:
    opening, closing = ('<th scope="row">', "</th>") if is_first else ("<td>", "</td>")
    return [
        f'{opening}<a href="{list_url}{token}/change/">{cells.plain(value)}</a>{closing}'
        if value
        else _ABSENT
        for value, token in zip(values, tokens, strict=True)
    ]


def _column(values: Sequence[AttributeValue | None], column: Column, cells: Cells) -> list[str]:
    tags = {tag for value in values if value for tag in value if tag != "NULL"}
    name = str(column.path[0]) if len(column.path) == 1 else ""
    opening = '<td class="numeric">' if tags == {"N"} else "<td>"
    mixed = len(tags) > 1
    return [
        f"{opening}{cells.value(value, name=name, with_type=mixed)}</td>" if value else _ABSENT
        for value in values
    ]
