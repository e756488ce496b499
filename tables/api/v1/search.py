"""Searching a table with the scan language, in a body instead of a URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from tables.api.bodies import read_body
from tables.api.v1.browsable import BrowsableRenderer
from tables.api.v1.drafts import read_document, require_media_type, require_object
from tables.api.v1.media_types import PLAIN
from tables.api.v1.negotiation import PlainRenderer, TypedRenderer
from tables.api.v1.pages import links_to_items, page_document, read_page
from tables.api.v1.queries import next_url, query_pairs, require_known_parameters
from tables.api.v1.views import V1View
from tables.core.errors import InvalidExpression, InvalidRequest, Problem
from tables.core.queries import CollectionQuery, parse_query
from tables.core.scans import parse_attributes, parse_scan
from tables.core.values import join_pointer

# Members that say the same as a collection's query parameters.
_PARAMETERS = ("cursor", "limit", "index", "order", "plan")
_MEMBERS = ("scan", "fields", *_PARAMETERS)
_URL_PARAMETERS = frozenset({"cursor", "format"})


class Search(V1View):
    """Items that match a filter in the scan language: `{"scan": {…}, "limit": 100}`."""

    renderer_classes = [PlainRenderer, TypedRenderer, BrowsableRenderer]
    rights: ClassVar = {"POST": ("view",)}
    accepted: ClassVar = {"POST": (PLAIN,)}
    starts: ClassVar = {"POST": {"scan": {}, "limit": 100}}

    def search(self, request: Request, alias: str) -> HttpResponse:
        """One page; `next` is where to POST the same body for the next one."""
        require_known_parameters(request, _URL_PARAMETERS)
        query = _read_query(request)
        found = read_page(request, self.target, query)
        following = next_url(request, found.next_cursor) if found.next_cursor else None
        representation = replace(self.representation(), fields=query.fields)
        if self.is_page:
            self.shown.links = links_to_items(request, self.target, found)
        document = page_document(found, representation, following)
        return self.present({**document, "cursor": found.next_cursor})


def _read_query(request: Request) -> CollectionQuery:
    require_media_type(request, (PLAIN,))
    # The scan language wraps arrays and conditions around the values of an item.
    members = require_object(read_document(read_body(request), around=4))
    unknown = [name for name in members if name not in _MEMBERS]
    if unknown:
        detail = f"{unknown[0][:100]!r} means nothing here; known are {', '.join(_MEMBERS)}."
        raise InvalidRequest(detail, problems=[Problem(join_pointer("", unknown[0]), detail)])
    if "scan" not in members:
        detail = '"scan" is needed; {} means everything.'
        raise InvalidRequest(detail, problems=[Problem("/scan", detail)])
    return replace(
        parse_query(_parameters(request, members), types={}),
        filter=parse_scan(members["scan"]),
        fields=parse_attributes(members.get("fields"), "fields"),
    )


def _parameters(request: Request, members: dict[str, Any]) -> list[tuple[str, str]]:
    """The members that a query string could say, with the cursor of the URL where it has one."""
    texts = [("cursor", text) for name, text in query_pairs(request) if name == "cursor"]
    for name in _PARAMETERS[1:] if texts else _PARAMETERS:
        value = members.get(name)
        if value is None:
            continue
        if isinstance(value, bool | list | dict):
            raise InvalidExpression(f'"{name}" takes a number or a string.')
        texts.append((name, str(value)))
    return texts
