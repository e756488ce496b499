"""Items over HTTP: the collection of a table, and each item in it."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from tables.api.v1.media_types import ITEM_TYPES, PATCH_TYPES
from tables.api.v1.openapi.examples import example_item
from tables.api.v1.requests.bodies import read_change, read_draft
from tables.api.v1.requests.parameters import (
    ITEM_PARAMETERS,
    next_url,
    query_pairs,
    require_known_parameters,
)
from tables.api.v1.requests.preconditions import read_tags
from tables.api.v1.resources.writing import WritingView
from tables.api.v1.responses.expansions import expansion_of, related_links
from tables.api.v1.responses.pages import links_to_items, page_document, read_page
from tables.core.errors import ItemNotFound, PreconditionFailed
from tables.core.keys import decode_token
from tables.core.operand_types import filter_types
from tables.core.preconditions import matches_state, matches_tag
from tables.core.queries import parse_query
from tables.core.registry import Table
from tables.core.values import Item, plain_item
from tables.items.creates import create
from tables.items.deletes import delete
from tables.items.puts import replace
from tables.items.reads import stored
from tables.items.updates import patch
from tables.items.wanted import Write


class Items(WritingView):
    """The items of a table: filter them by the query string, or add one."""

    rights: ClassVar = {"GET": ("view",), "HEAD": ("view",), "POST": ("add", "change")}
    accepted: ClassVar = {"POST": ITEM_TYPES}

    def actions(self, method: str, table: Table) -> tuple[str, ...]:
        """A POST changes items only where their natural key may name one that is there."""
        may_change = method != "POST" or table.natural_key
        return super().actions(method, table) if may_change else ("add",)

    def list(self, request: Request, alias: str) -> HttpResponse:
        """One page of the items that the query string asks for."""
        table, description = self.target.table, self.target.description
        query = parse_query(
            query_pairs(request),
            types=filter_types(table, description),
            search_fields=table.search_fields,
            search_lowercase=table.search_lowercase,
        )
        expansion = expansion_of(query.expand, self.target)
        reading = expansion.reading(query, table) if expansion else query
        found = read_page(request, self.target, reading)
        following = next_url(request, found.next_cursor) if found.next_cursor else None
        representation = replaced(self.representation(), fields=query.fields)
        if self.is_page:
            self.shown.links = links_to_items(request, self.target, found)
            self.shown.bodies["POST"] = example_item(table, description)
        links = {"Link": f'<{following}>; rel="next"'} if following else {}
        if expansion is None:
            document = page_document(found, self.target.sight, representation, following)
        else:
            document = expansion.document(found, self.target, representation, following)
        return self.present(document, links)

    def create(self, request: Request, alias: str) -> HttpResponse:
        """Add exactly one item; on a natural-key table, or replace the one it names."""

        def wanted() -> Write:
            known = frozenset[str]() if self.target.table.natural_key else ITEM_PARAMETERS
            require_known_parameters(request, known)
            tags = read_tags(request)
            return create(self.target, read_draft(request, self.body), tags)

        return self.write(wanted)


class SingleItem(WritingView):
    """One item, at the URL that its key spells."""

    rights: ClassVar = {
        "GET": ("view",),
        "HEAD": ("view",),
        "PUT": ("change", "add"),
        "PATCH": ("change",),
        "DELETE": ("delete",),
    }
    accepted: ClassVar = {"PUT": ITEM_TYPES, "PATCH": PATCH_TYPES}

    def actions(self, method: str, table: Table) -> tuple[str, ...]:
        """A PUT adds items only where clients choose their keys."""
        may_add = method != "PUT" or (table.client_keys and not table.natural_key)
        return super().actions(method, table) if may_add else ("change",)

    @property
    def key(self) -> Item:
        """The key in the URL. Raises ItemNotFound for a token that is none."""
        return decode_token(self.kwargs["token"], self.target.description)

    def retrieve(self, request: Request, alias: str, token: str) -> HttpResponse:
        """The item, read consistently: a client sees what it has just written."""
        item = stored(self.target, self.key)
        if item is None:
            raise ItemNotFound("No item has that key.")
        representation = self.representation()
        tags = read_tags(request)
        if tags.if_match is not None and not matches_state(tags.if_match, item):
            raise PreconditionFailed("The item is in another state.", current=item)
        seen = self.target.sight.see(item)
        tag = representation.etag(seen)
        if self.is_page:
            # A page holds forms and rights besides the item: no tag of the item fits it.
            self.shown.tag = tag
            self.shown.bodies |= {"PUT": plain_item(seen), "PATCH": {}}
            return self.present(representation.show(seen))
        related = related_links(request, seen, self.target)
        headers = {"ETag": tag, **({"Link": ", ".join(related)} if related else {})}
        if tags.if_none_match is not None and matches_tag(tags.if_none_match, tag):
            return HttpResponse(status=304, headers=headers)
        return self.present(representation.show(seen), headers)

    def replace(self, request: Request, alias: str, token: str) -> HttpResponse:
        """Make this whole item stand at the URL."""

        def wanted() -> Write:
            tags = self.write_tags()
            draft = read_draft(request, self.body).keyed(self.target.description)
            return replace(self.target, self.key, draft, tags)

        return self.write(wanted)

    def change(self, request: Request, alias: str, token: str) -> HttpResponse:
        """Change parts of the item, in one write."""

        def wanted() -> Write:
            tags = self.write_tags()
            return patch(self.target, self.key, read_change(request, self.body), tags)

        return self.write(wanted)

    def destroy(self, request: Request, alias: str, token: str) -> HttpResponse:
        """Delete the item."""

        def wanted() -> Write:
            tags = self.write_tags()
            return delete(self.target, self.key, condition=tags, must_be_there=True)

        return self.write(wanted)
