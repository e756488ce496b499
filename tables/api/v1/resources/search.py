"""Searching a table with the scan language, in a body instead of a URL."""

from __future__ import annotations

import functools
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from tables.access.limits.streams import stream_to
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
from tables.api.v1.resources.waiting import has_ended, keyed_order
from tables.api.v1.responses.browsable import BrowsableRenderer
from tables.api.v1.responses.jobs import job_document, job_headers
from tables.api.v1.responses.links import link
from tables.api.v1.responses.pages import links_to_items, one_document, page_document, read_page
from tables.core.adminapi_scan import parse_attributes, parse_scan
from tables.core.errors import InvalidExpression, InvalidRequest, Problem
from tables.core.queries import CollectionQuery, parse_query
from tables.core.values import join_pointer
from tables.jobs.finding import progress
from tables.jobs.kinds.exports import output
from tables.jobs.kinds.which import plan_of
from tables.jobs.orders import How, start
from tables.records.idempotency.keeping import REPLAYED_HEADER
from tables.records.jobs.models import Job

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

    def search(self, request: Request, alias: str) -> HttpResponseBase:
        """One page; `next` is where to POST the same body for the next one."""
        require_known_parameters(request, _URL_PARAMETERS)
        members = _read_members(request, self.body)
        query = _read_query(request, members)
        deferral = preferred_deferral(request) if _is_about_all(query) else None
        if deferral is not None and not deferral.wait:
            return self._later(members, deferral)
        found = read_page(request, self.target, query)
        if deferral is not None and found.next_cursor:
            return self._later(members, deferral)
        following = next_url(request, found.next_cursor) if found.next_cursor else None
        representation = replace(self.representation(), fields=query.fields)
        if self.is_page:
            self.shown.links = links_to_items(request, self.target, found)
        document = page_document(found, self.target.sight, representation, following)
        headers = {"Preference-Applied": deferral.kept} if deferral is not None else {}
        return self.present({**document, "cursor": found.next_cursor}, headers)

    @functools.cached_property
    def body(self) -> bytes:
        """The request's body, read once. Raises TooLarge, InvalidRequest."""
        return read_body(self.request)

    def _later(self, members: dict[str, Any], deferral: Deferral) -> HttpResponseBase:
        """The whole result: as a job's file, or itself where that is there within the wait."""
        request, target = self.request, self.target
        kind = "typed_lines" if self.representation().is_typed else "json_lines"
        keyed = keyed_order(request, target.caller, self.body)
        how = How(by_token=request.auth is not None, keyed=keyed)
        given = {"filter": members["scan"], "format": kind}
        job, is_new = start(target.caller, "export", target.table.alias, given, how)
        headers = {"Preference-Applied": deferral.applied}
        if not is_new:
            headers[REPLAYED_HEADER] = "true"
        if has_ended(job, target.caller, deferral.wait):
            job.refresh_from_db()
            if not self.is_page:
                return self._whole(job, headers)
        headers |= {**job_headers(job), "Location": link(request, "v1-job", id=job.pk)}
        answer = self.present(job_document(request, job, target.caller), headers)
        answer.status_code = 202
        return answer

    def _whole(self, job: Job, headers: dict[str, str]) -> StreamingHttpResponse:
        """All that a job has found, as one page that is sent while it is read."""
        far, plan = progress(job), plan_of(job.spec, self.target)
        rest = {
            "count": far.counts["done"],
            "scanned_count": far.counts["scanned"],
            "consumed_capacity": far.read_units,
            "plan": {"operation": plan.operation, "index": plan.index},
            "next": None,
            "cursor": None,
        }
        made = output(job, is_unpacked=True)
        chunks = stream_to(self.target.caller, one_document(made.blocks, rest))
        kind = self.request.accepted_renderer.media_type
        return StreamingHttpResponse(chunks, content_type=kind, headers=headers)


def _is_about_all(query: CollectionQuery) -> bool:
    """Whether a whole result can stand for what is asked: no later page, no order, whole items."""
    return not (query.cursor or query.fields or query.index or query.order)


def _read_members(request: Request, data: bytes) -> dict[str, Any]:
    """What the body asks for, its names known. Raises InvalidRequest."""
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
