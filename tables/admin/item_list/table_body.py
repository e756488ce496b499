"""The table of items: every row of a page, written in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from types import MappingProxyType

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tables.admin.item_list.columns import Column
from tables.admin.item_list.linked_cells import NO_LINKS, LinkedCells
from tables.admin.values.cells import Cells, escape_all
from tables.admin.values.one_line import key_texts
from tables.core.descriptions import TableDescription
from tables.core.expressions import children_of
from tables.core.keys import encode_tokens
from tables.core.sight import Seen
from tables.core.values import AttributeValue, Item
from tables.items.completion import State

_ABSENT = '<td class="absent">–</td>'
_ABSENT_NUMBER = '<td class="absent numeric">–</td>'


# Characters of a page's longest partition key, or of its name -> the class that gives all of them
# that width.
_KEY_WIDTHS = ((8, "k1-4"), (17, "k1-8"), (26, "k1-12"))
_WIDEST_KEY = "k1-16"


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table body, which columns hold nothing but numbers, and the class that says
    how wide the first of two keys is.
    """

    rows: SafeString
    numeric: frozenset[Column]
    key_width: str = ""


def write_grid(
    items: Sequence[Seen],
    columns: Sequence[Column],
    description: TableDescription,
    *,
    list_url: str,
    can_select: bool,
    states: Mapping[int, State] = MappingProxyType({}),
    held: frozenset[str] | None = None,
    links: LinkedCells = NO_LINKS,
) -> Grid:
    """The whole key in one cell and one link to the item, then the other columns.

    `states` are those of a page that was completed, and `held` what its index has: of an item that
    is gone nothing else was read, which is not to say that it was absent. A column that mixes types
    shows the type of each value, and one of `links` leads to other items.
    """
    cells = Cells(description.ttl_attribute)
    tokens = encode_tokens(items, description)
    parts = [_boxes(items, tokens, description)] if can_select else []
    keys = [cells.plain_many([item[name] for item in items]) for name in description.key_names]
    parts.append(_with_states(_links(keys, tokens, list_url), states))
    numeric = set()
    gone = {place for place, state in states.items() if state == "gone"}
    for column in columns:
        if column.is_key:
            continue
        values = _values(items, column)
        tags = set(chain.from_iterable(filter(None, values))) - {"NULL"}
        if tags == {"N"}:
            numeric.add(column)
        unread = gone if held is not None and column.path[0] not in held else set()
        linked = links.html(column.path, items, cells)
        parts.append(_column(values, column, cells, tags, unread, linked))
    lines = "</tr><tr>".join(map("".join, zip(*parts, strict=True)))
    html = f"<tr>{lines}</tr>" if items else ""
    width = _key_width(description.key_names, keys)
    return Grid(mark_safe(html), frozenset(numeric), width)  # noqa: S308 - escaped where it was written


def _values(items: Sequence[Item], column: Column) -> list[AttributeValue | None]:
    name, *further = column.path
    values = [item.get(str(name)) for item in items]
    for segment in further:
        values = children_of(values, segment)
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
    keys = escape_all(key_texts(items, description))
    return [
        f'{opening}{token}" aria-label="{before}{key}{after}"></td>'
        for key, token in zip(keys, tokens, strict=True)
    ]


def _links(keys: Sequence[Sequence[str]], tokens: Sequence[str], list_url: str) -> list[str]:
    opening = f'<th scope="row" class="key"><a href="{list_url}'
    if len(keys) == 1:
        return [
            f'{opening}{token}/change/"><span class="k2">{key}</span></a></th>'
            for key, token in zip(*keys, tokens, strict=True)
        ]
    return [
        f'{opening}{token}/change/"><span class="k1">{first}</span> '
        f'<span class="k2">{second}</span></a></th>'
        for first, second, token in zip(*keys, tokens, strict=True)
    ]


def _with_states(links: list[str], states: Mapping[int, State]) -> list[str]:
    """The links with a word on what became of an item since the index took it."""
    words = {"gone": _("deleted since"), "changed": _("no longer matches")}
    marked = list(links)
    for place, state in states.items():
        mark = f' <span class="tag row-state">{escape(words[state])}</span></th>'
        marked[place] = f"{links[place].removesuffix('</th>')}{mark}"
    return marked


def _key_width(names: Sequence[str], keys: Sequence[Sequence[str]]) -> str:
    if len(keys) == 1:
        return ""
    longest = max(map(len, (names[0], *keys[0])))
    return next((name for most, name in _KEY_WIDTHS if longest <= most), _WIDEST_KEY)


def _column(
    values: Sequence[AttributeValue | None],
    column: Column,
    cells: Cells,
    tags: set[str],
    unread: set[int],
    linked: Mapping[int, str],
) -> list[str]:
    is_numeric = tags == {"N"}
    opening, absent = ('<td class="numeric">', _ABSENT_NUMBER) if is_numeric else ("<td>", _ABSENT)
    name = str(column.path[0]) if len(column.path) == 1 else ""
    present = list(filter(None, values))
    written = [f"{opening}{html}</td>" for html in cells.many(present, tags, name=name)]
    if len(present) != len(values):
        remaining = iter(written)
        not_read = f'<td class="unread">{escape(_("not read"))}</td>'
        written = [
            next(remaining) if value else (not_read if place in unread else absent)
            for place, value in enumerate(values)
        ]
    for place, html in linked.items():
        written[place] = f"{opening}{html}</td>"
    return written
