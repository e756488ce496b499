"""Searching a table with the scan language, in a body instead of a URL."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from tables.api.bodies import read_body
from tables.api.v1.media_types import PLAIN
from tables.api.v1.requests.bodies import (
    at_pointer,
    read_document,
    require_media_type,
    require_object,
)
from tables.api.v1.requests.negotiation import PlainRenderer, TypedRenderer
from tables.api.v1.requests.parameters import next_url, query_pairs, require_known_parameters
from tables.api.v1.requests.prefer import Deferral, preferred_deferral
from tables.api.v1.resources.resource import V1View
from tables.api.v1.resources.waiting import has_ended
from tables.api.v1.responses.browsable import BrowsableRenderer
from tables.api.v1.responses.jobs import job_document, job_headers
from tables.api.v1.responses.links import link
from tables.api.v1.responses.pages import links_to_items, page_document, read_page
from tables.core.adminapi_scan import parse_attributes, parse_scan
from tables.core.errors import InvalidExpression, InvalidRequest, Problem
from tables.core.queries import CollectionQuery, parse_query
from tables.core.values import join_pointer
from tables.jobs.orders import How, start

# Members that say the same as a collection's query parameters.
_PARAMETERS = ("cursor", "limit", "index", "order", "plan")
_MEMBERS = ("scan", "fields", *_PARAMETERS)
_URL_PARAMETERS = frozenset({"cursor", "format"})


class Search(V1View):
    """Items that match a filter in the scan language, POSTed as {"scan": {…}, "limit": 100}."""

    renderer_classes = [PlainRenderer, TypedRenderer, BrowsableRenderer]
    rights: ClassVar = {"POST": ("view",)}
    accepted: ClassVar = {"POST": (PLAIN,)}
    starts: ClassVar = {"POST": {"scan": {}, "limit": 100}}

    def search(self, request: Request, alias: str) -> HttpResponse:
        """One page; `next` is where to POST the same body for the next one."""
        require_known_parameters(request, _URL_PARAMETERS)
        members = _read_members(request)
        query, deferral = _read_query(request, members), preferred_deferral(request)
        if deferral is not None and not deferral.wait:
            return self._later(members, deferral)
        found = read_page(request, self.target, query)
        if deferral is not None and found.next_cursor and query.cursor is None:
            return self._later(members, deferral)
        following = next_url(request, found.next_cursor) if found.next_cursor else None
        representation = replace(self.representation(), fields=query.fields)
        if self.is_page:
            self.shown.links = links_to_items(request, self.target, found)
        document = page_document(found, self.target.sight, representation, following)
        return self.present({**document, "cursor": found.next_cursor})

    def _later(self, members: dict[str, Any], deferral: Deferral) -> HttpResponse:
        """The whole result as a job's file, which may be there once the wait is over."""
        request, target = self.request, self.target
        kind = "typed_lines" if self.representation().is_typed else "json_lines"
        how = How(by_token=request.auth is not None)
        given = {"filter": members["scan"], "format": kind}
        job, _is_new = start(target.caller, "export", target.table.alias, given, how)
        if has_ended(job, target.caller, deferral.wait):
            job.refresh_from_db()
        headers = {
            **job_headers(job),
            "Location": link(request, "v1-job", id=job.pk),
            "Preference-Applied": deferral.applied,
        }
        answer = self.present(job_document(request, job, target.caller), headers)
        answer.status_code = 202
        return answer


def _read_members(request: Request) -> dict[str, Any]:
    """What the body asks for, its names known. Raises InvalidRequest."""
    data = read_body(request)
    require_media_type(request, (PLAIN,), data)
    # The scan language wraps arrays and conditions around the values of an item.
    members = require_object(read_document(data, around=4))
    unknown = [name for name in members if name not in _MEMBERS]
    if unknown:
        detail = f"{unknown[0][:100]!r} means nothing here; known are {', '.join(_MEMBERS)}."
        raise InvalidRequest(detail, problems=[Problem(join_pointer("", unknown[0]), detail)])
    if "scan" not in members:
        detail = '"scan" is needed; {} means everything.'
        raise InvalidRequest(detail, problems=[Problem("/scan", detail)])
    return members


def _read_query(request: Request, members: dict[str, Any]) -> CollectionQuery:
    with at_pointer("/scan"):
        wanted = parse_scan(members["scan"])
    with at_pointer("/fields"):
        fields = parse_attributes(members.get("fields"), "fields")
    parameters = _parameters(members) | _cursor_of_url(request)
    return replace(parse_query([*parameters.items()], types={}), filter=wanted, fields=fields)


def _parameters(members: dict[str, Any]) -> dict[str, str]:
    """The members that a query string could say, each checked."""
    texts = {}
    for name in _PARAMETERS:
        value = members.get(name)
        if value is None:
            continue
        with at_pointer(f"/{name}"):
            texts[name] = _text(name, value)
            parse_query([(name, texts[name])], types={})
    return texts


def _text(name: str, value: Any) -> str:
    """A member as a query string would say it. Raises InvalidExpression for another type."""
    if name == "limit" and isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if name == "limit" or not isinstance(value, str):
        kind = "number" if name == "limit" else "string"
        raise InvalidExpression(f'"{name}" takes a {kind}.')
    return value


def _cursor_of_url(request: Request) -> dict[str, str]:
    """The cursor of the URL, which `next` names; it goes before that of the body."""
    return {name: text for name, text in query_pairs(request) if name == "cursor" and text}
