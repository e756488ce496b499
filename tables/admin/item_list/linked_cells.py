"""Cells whose value is the key of another item: they lead there, and nothing is asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tables.admin.item_list.address import Address
from tables.admin.values.cells import Cells
from tables.core.expressions import Path
from tables.core.keys import encode_token
from tables.core.links import Link
from tables.core.sight import Seen
from tables.core.values import Item
from tables.items.links import link_targets
from tables.items.target import Target

# Most links of one cell: more of a set are on the item's own page.
_MOST = 4


@dataclass(frozen=True, slots=True)
class LinkedCells:
    """The links of a table by the path whose column they are shown in, each with its target."""

    by_path: Mapping[Path, tuple[Link, Target]]

    def html(self, path: Path, items: Sequence[Seen], cells: Cells) -> dict[int, str]:
        """By position the cells of a column that lead somewhere."""
        if path not in self.by_path:
            return {}
        link, to = self.by_path[path]
        written = {n: _cell(link, to, item, cells) for n, item in enumerate(items)}
        return {place: html for place, html in written.items() if html}


NO_LINKS = LinkedCells({})


def linked_cells(target: Target) -> LinkedCells:
    """The links of a table that its caller may follow."""
    if not target.table.links:
        return NO_LINKS
    places = link_targets(target)
    shown = [link for link in reversed(target.table.links) if link.to in places]
    # An element's own path is no column: `lines[].product` is seen on the item's page.
    by_path = {
        link.steps[0]: (link, places[link.to]) for link in shown if link.steps[1:] in ((), ((),))
    }
    return LinkedCells(by_path)


def item_href(to: Target, key: Item) -> str:
    """Where the page of another item is, escaped."""
    return escape(f"{Address(to.table.alias).path}{encode_token(key, to.description)}/change/")


def _cell(link: Link, to: Target, item: Seen, cells: Cells) -> str:
    made = [(value, link.key_of(value, item, to.description)) for value in link.values(item)]
    if not any(key for _value, key in made) or len(made) > _MOST:
        return ""
    texts = cells.plain_many([value for value, _key in made])
    parts = [
        text if key is None else f'<a class="to" href="{item_href(to, key)}">{text}</a>'
        for text, (_value, key) in zip(texts, made, strict=True)
    ]
    if not link.is_of_each:
        return parts[0]
    return f'<ul class="chips"><li>{"</li><li>".join(parts)}</li></ul>'
