"""The table of items: every row of a page, written in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tables.admin.item_list.columns import Column
from tables.admin.values.cells import Cells, escape_all
from tables.admin.values.one_line import key_texts
from tables.core.descriptions import TableDescription
from tables.core.expressions import child_of
from tables.core.keys import encode_token
from tables.core.values import AttributeValue, Item

_ABSENT = '<td class="absent">–</td>'
_ABSENT_NUMBER = '<td class="absent numeric">–</td>'


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table body, and which columns hold nothing but numbers."""

    rows: SafeString
    numeric: frozenset[Column]


def write_grid(
    items: Sequence[Item],
    columns: Sequence[Column],
    description: TableDescription,
    *,
    list_url: str,
    can_select: bool,
) -> Grid:
    """Key attributes as links to the item, then the other columns.

    A column that mixes types shows the type of each value.
    """
    cells = Cells(description.ttl_attribute)
    tokens = [encode_token(item, description) for item in items]
    parts = [_boxes(items, tokens, description)] if can_select else []
    numeric = set()
    for column in columns:
        values = _values(items, column)
        if column.is_key:
            is_first = column is columns[0]
            parts.append(_links(values, tokens, cells, list_url, is_first=is_first))
            continue
        tags = {tag for value in values if value for tag in value if tag != "NULL"}
        if tags == {"N"}:
            numeric.add(column)
        parts.append(_column(values, column, cells, tags))
    lines = "</tr><tr>".join(map("".join, zip(*parts, strict=True)))
    html = f"<tr>{lines}</tr>" if items else ""
    return Grid(mark_safe(html), frozenset(numeric))  # noqa: S308 - escaped where it was written


def _values(items: Sequence[Item], column: Column) -> list[AttributeValue | None]:
    name, *further = column.path
    values = [item.get(str(name)) for item in items]
    for segment in further:
        values = [value and child_of(value, segment) for value in values]
    return values


def _boxes(
    items: Sequence[Item], tokens: Sequence[str], description: TableDescription
) -> list[str]:
    """The boxes that admin's own script and actions know by name and class."""
    before, after = escape(_("Select %(key)s") % {"key": "\0"}).split("\0")
    opening = (
        '<td class="action-checkbox"><input type="checkbox" name="_selected_action" '
        'class="action-select" value="'
    )
    keys = escape_all(list(key_texts(items, description)))
    return [
        f'{opening}{token}" aria-label="{before}{key}{after}"></td>'
        for key, token in zip(keys, tokens, strict=True)
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
    texts = iter(cells.plain_many([value for value in values if value]))
    return [
        f'{opening}<a href="{list_url}{token}/change/">{next(texts)}</a>{closing}'
        if value
        else _ABSENT
        for value, token in zip(values, tokens, strict=True)
    ]


def _column(
    values: Sequence[AttributeValue | None], column: Column, cells: Cells, tags: set[str]
) -> list[str]:
    is_numeric = tags == {"N"}
    opening, absent = ('<td class="numeric">', _ABSENT_NUMBER) if is_numeric else ("<td>", _ABSENT)
    name = str(column.path[0]) if len(column.path) == 1 else ""
    present = [value for value in values if value]
    written = [f"{opening}{html}</td>" for html in cells.many(present, tags, name=name)]
    if len(present) == len(values):
        return written
    remaining = iter(written)
    return [next(remaining) if value else absent for value in values]
