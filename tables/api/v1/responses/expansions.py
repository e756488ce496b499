"""Where the values of items lead, as v1 tells it: Link headers, and linked items beside a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from rest_framework.request import Request

from tables.api.v1.responses.items import Representation
from tables.api.v1.responses.links import item_link
from tables.api.v1.responses.pages import page_document
from tables.core.errors import InvalidRequest
from tables.core.expressions import Path
from tables.core.links import Link
from tables.core.queries import MAX_LIMIT, CollectionQuery
from tables.core.registry import Table
from tables.core.sight import Seen
from tables.items.links import Pointer, link_targets, links_named, look_up, pointers_of
from tables.items.lists import CollectionPage
from tables.items.target import Target
from tables.items.told import told_by

# Most links of one item that its answer names.
MAX_HEADERS = 20


@dataclass(frozen=True, slots=True)
class Expansion:
    """The links of a page that are looked up, and where each leads."""

    links: Sequence[Link]
    places: Mapping[str, Target]

    def reading(self, query: CollectionQuery, table: Table) -> CollectionQuery:
        """The query, reading also what the links are made of, and what tells that keys hold it."""
        if not query.fields:
            return query
        needed = [path for link in self.links for path in link.paths()]
        telling = [(by,) for path in needed for by in sorted(told_by(str(path[0]), table))]
        return replace(query, fields=_covering([*query.fields, *needed, *telling]))

    def document(
        self,
        found: CollectionPage,
        target: Target,
        representation: Representation,
        following: str | None,
    ) -> dict[str, Any]:
        """The members of a page, with the items that are linked to and there, by alias and key.

        A hundred keys take a call. Raises InvalidRequest for more than a thousand, TablesError.
        """
        pointers = {
            pointer.name: pointer
            for item in found.page.items
            for pointer in pointers_of(item, target, self.places, self.links)
        }
        if len(pointers) > MAX_LIMIT:
            raise InvalidRequest(
                f"expand leads to {len(pointers)} items; a page takes {MAX_LIMIT}: set limit."
            )
        read = look_up(pointers.values())
        linked: dict[str, Any] = {link.to: {} for link in self.links}
        for (alias, token), item in read.items.items():
            linked[alias][token] = representation.spell(item)
        shown = [representation.kept(item) for item in found.page.items]
        page = replace(found.page, items=shown, capacity=found.page.capacity + read.capacity)
        found = replace(found, page=page)
        document = page_document(found, target.sight, representation, following)
        return {**document, "linked": linked}


def expansion_of(names: Sequence[str], target: Target) -> Expansion | None:
    """What `expand` asks for. Raises InvalidExpression for what is no link of this caller's."""
    if not names:
        return None
    links = links_named(names, target)
    return Expansion(links, link_targets(target))


def related_links(request: Request, item: Seen, target: Target) -> list[str]:
    """The Link headers of an item, at most twenty (RFC 8288); nothing is read for them."""
    if not target.table.links:
        return []
    pointers = pointers_of(item, target, link_targets(target))
    links = (_link(request, pointer) for pointer in pointers)
    return list(dict.fromkeys(links))[:MAX_HEADERS]


def _link(request: Request, pointer: Pointer) -> str:
    url = item_link(request, pointer.to.table, pointer.to.description, pointer.key)
    return f'<{url}>; rel="related"; {_title(pointer.link.name)}'


def _title(name: str) -> str:
    """A title as a header takes it: in ASCII, or as RFC 8187 spells what is not."""
    is_plain = name.isascii() and name.isprintable() and not {'"', "\\"} & {*name}
    return f'title="{name}"' if is_plain else f"title*=UTF-8''{quote(name, safe='')}"


def _covering(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The fewest paths that hold all of these; what stands in each other's way is read whole."""
    tops: dict[str | int, list[Path]] = {}
    for path in dict.fromkeys(paths):
        tops.setdefault(path[0], []).append(path)
    return tuple(
        path for top, below in tops.items() for path in (below if len(below) == 1 else [(top,)])
    )
