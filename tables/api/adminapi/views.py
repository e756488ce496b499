"""The endpoint: which request is which operation, and the envelope of what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from tables.access.authentication import caller_of
from tables.access.limits.rates import ReadThrottle, ScanThrottle, WriteThrottle, concurrent_scan
from tables.access.limits.streams import room_to_stream
from tables.access.log_fields import bind
from tables.addresses import absolute_url
from tables.api.adminapi import cors
from tables.api.adminapi.changes import change, read_all_changes, run_actions, wanted
from tables.api.adminapi.creates import new_item
from tables.api.adminapi.envelopes import DELETED, OPTIONS, found, succeeded, updated
from tables.api.adminapi.errors import respond, word
from tables.api.adminapi.lists import ItemStream, Reading, go_on, one_page
from tables.api.adminapi.parameters import Parameters, item_key, parse_parameters, with_body
from tables.api.adminapi.updates import read_actions
from tables.api.bodies import is_multipart, parse_object, read_body
from tables.api.responses import JSON, answer_response, json_response
from tables.configuration import registry
from tables.core.adminapi_scan import parse_attributes, parse_scan
from tables.core.errors import InvalidRequest, ItemNotFound
from tables.core.expressions import Path
from tables.core.filters import EVERYTHING, Group
from tables.core.plans import choose_plan
from tables.core.preconditions import etag
from tables.core.values import Item, content_of
from tables.items.deletes import delete
from tables.items.puts import put
from tables.items.reads import stored
from tables.items.target import Target, find_target
from tables.items.wanted import Outcome, Told
from tables.items.writes import perform
from tables.records.idempotency.keeping import Keeping, Rebuild
from tables.records.idempotency.kept_answers import Answer
from tables.records.idempotency.keyed_requests import HEADER, keyed_request

# A page of a client's application may ask for three lists at once; two of them are short.
SCAN_PATIENCE = 1.0  # seconds
_PRECONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")


class AdminApiView(APIView):
    """`/endpoint`: get, list, create, scan, update, delete, options."""

    http_method_names = ["get", "head", "post", "put", "delete", "options"]
    renderer_classes = [JSONRenderer]
    parser_classes = []
    schema = None  # the OpenAPI document describes REST v1

    # ------------------------------------------------------------ before and after the handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse other methods and let preflights pass, whoever asks; then authenticate."""
        method = str(request.method)
        if method.lower() not in self.http_method_names:
            served = ", ".join(self.allowed_methods)
            raise exceptions.MethodNotAllowed(method, f"This method is not served; use {served}.")
        if method == "OPTIONS":
            return
        super().initial(request, *args, **kwargs)
        if method not in ("GET", "HEAD"):
            _require_unconditional(request)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answer JSON whatever is asked for: there is nothing to choose from."""
        return JSONRenderer(), JSON

    def get_throttles(self) -> list[BaseThrottle]:
        """The scope that the request counts under."""
        parameters = self.parameters
        if self.request.method in ("PUT", "DELETE"):
            return [WriteThrottle()]
        if self.request.method == "POST":
            return [ScanThrottle() if parameters.action == "scan" else WriteThrottle()]
        return [ReadThrottle() if parameters.id or parameters.paginate else ScanThrottle()]

    def get_exception_handler(self) -> Any:
        return respond

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-cache")
        cors.allow(request, response)
        return response

    @cached_property
    def parameters(self) -> Parameters:
        """The query string. Raises InvalidRequest."""
        return parse_parameters(self.request.META.get("QUERY_STRING", ""))

    # ------------------------------------------------------------ methods

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return json_response(OPTIONS)

    def get(self, request: Request) -> HttpResponseBase:
        return self._get_item() if self.parameters.id else self._list()

    def post(self, request: Request) -> HttpResponseBase:
        return self._scan() if self.parameters.action == "scan" else self._create()

    def put(self, request: Request) -> HttpResponse:
        target = self._target("update", "change")
        key = item_key(self.parameters, target.description)
        body = self._body()
        if self.parameters.atomic:
            return self._update_at_once(target, key, body)
        if HEADER in request.headers:
            raise InvalidRequest(
                "An update in several writes can't be kept under an Idempotency-Key: "
                "make it one write with atomic=true."
            )
        actions, ignored = read_actions(parse_object(body))
        results = run_actions(actions, key, target)
        done = all(result["success"] for result in results)
        status = 200 if done else settings.ADMINAPI_PARTIAL_STATUS
        return json_response(updated(results, ignored), status)

    def delete(self, request: Request) -> HttpResponse:
        target = self._target("delete", "delete")
        key = item_key(self.parameters, target.description)
        answer = Answer(200, {"Content-Type": JSON}, DELETED, rights=frozenset({"delete"}))
        keeping = self._keeping(target, b"", lambda kept, _item: replace(kept, body=DELETED))

        def tell(outcome: Outcome) -> Told[Answer]:
            return Told(answer, keeping.companions(answer, outcome.effect(target)))

        while keeping.answer is None:
            with keeping:
                keeping.finish(perform(delete(target, key), tell))
        return answer_response(keeping.answer)

    # ------------------------------------------------------------ operations

    def _get_item(self) -> HttpResponse:
        target = self._target("get", "view")
        key = item_key(self.parameters, target.description)
        item = stored(target, key, consistent=False)
        if item is None:
            raise ItemNotFound("Item not found.")
        return json_response(found(target.sight.see(item)))

    def _list(self) -> HttpResponseBase:
        target = self._target("list", "view")
        if self.parameters.sk:
            raise InvalidRequest("The parameter sk stands without id; an item has both.")
        return self._read(target, EVERYTHING, (), self.parameters)

    def _scan(self) -> HttpResponseBase:
        target = self._target("scan", "view")
        body = parse_object(self._body())
        if "scan" not in body:
            raise InvalidRequest('The body needs "scan", an object; {} means everything.')
        fields = parse_attributes(body.get("attributesToGet"))
        parameters = with_body(body, self.parameters)
        return self._read(target, parse_scan(body["scan"]), fields, parameters)

    def _read(
        self, target: Target, filter: Group, fields: tuple[Path, ...], parameters: Parameters
    ) -> HttpResponseBase:
        asked = target.sight.ask(filter)
        plan = choose_plan(asked, target.description, fields=fields, patterns=target.sight.patterns)
        start_key = None
        if parameters.start_key is not None:
            plan, start_key = go_on(plan, asked, parameters.start_key, target.description)
        reading = Reading(
            target.description, target.sight, plan, fields, start_key, parameters.limit
        )
        with ExitStack() as running:
            if plan.operation != "GetItem":
                running.enter_context(concurrent_scan(target.caller, patience=SCAN_PATIENCE))
            if parameters.paginate:
                return json_response(one_page(reading))
            stream = ItemStream(reading)
            if self.request.method == "HEAD":
                return StreamingHttpResponse((), content_type=JSON)
            if stream.goes_on:
                stream.on_page = running.enter_context(room_to_stream(target.caller)).renew
            # The scan goes on until the server closes the response.
            stream.on_close = running.pop_all().close
            return StreamingHttpResponse(stream, content_type=JSON)

    def _create(self) -> HttpResponse:
        target = self._target("create", "add")
        body = self._body()
        # It overwrites where it may, so nobody knows whether it did.
        rights = frozenset({"add", "change"} if target.may("change") else {"add"})

        def rebuild(kept: Answer, item: Item | None) -> Answer:
            item = target.sight.kept(item)
            if item is None:
                # What is gone can't be shown again.
                return replace(kept, headers={"Location": kept.headers["Location"]}, body=b"")
            seen = target.sight.see(item)
            return replace(kept, headers={**kept.headers, "ETag": etag(seen)}, body=found(seen))

        keeping = self._keeping(target, body, rebuild)

        def tell(outcome: Outcome) -> Told[Answer]:
            item = target.sight.see(outcome.after or {})
            location = self._location(item, target)
            headers = {"Content-Type": JSON, "Location": location, "ETag": etag(item)}
            answer = Answer(200, headers, found(item), rights=rights)
            return Told(answer, keeping.companions(answer, outcome.effect(target)))

        while keeping.answer is None:
            with keeping:
                item = new_item(parse_object(body), target)
                keeping.finish(perform(put(target, item), tell))
        return answer_response(keeping.answer)

    def _update_at_once(self, target: Target, key: Item, body: bytes) -> HttpResponse:
        @cache
        def read() -> tuple[Mapping[str, Any], list[str]]:
            return read_actions(parse_object(body))

        def answer_with(after: Item | None) -> Answer:
            actions, ignored = read()
            seen = None if after is None else target.sight.see(after)
            results = [succeeded(action, seen) for action in actions]
            content = updated(results, ignored)
            return Answer(200, {"Content-Type": JSON}, content, rights=frozenset({"change"}))

        def rebuild(kept: Answer, item: Item | None) -> Answer:
            return replace(kept, body=answer_with(target.sight.kept(item)).body)

        keeping = self._keeping(target, body, rebuild)

        def tell(outcome: Outcome) -> Told[Answer]:
            answer = answer_with(outcome.after)
            answer = replace(answer, rights=answer.rights | {outcome.right})
            return Told(answer, keeping.companions(answer, outcome.effect(target)))

        while keeping.answer is None:
            with keeping:
                changes = read_all_changes(read()[0])
                keeping.finish(
                    perform(wanted(changes, key, target), tell)
                    if changes and HEADER in self.request.headers
                    else answer_with(change(changes, key, target))
                )
        return answer_response(keeping.answer)

    # ------------------------------------------------------------ steps

    def _target(self, operation: str, action: str) -> Target:
        """The table, when the caller has this right on it. Raises TablesError."""
        if not self.parameters.table:
            raise InvalidRequest("The parameter table is missing: give a table's alias.")
        caller = caller_of(self.request)
        table = registry().get(self.parameters.table)
        bind(alias=table.alias, action=operation)
        return find_target(table, caller, action)

    def _body(self) -> bytes:
        """The body, decoded but not parsed: JSON whatever it is called.

        Clients that name no type send JSON as a form. Parts of a multipart body never are JSON.
        """
        if is_multipart(self.request):
            raise exceptions.UnsupportedMediaType("multipart", "Parts are not read; send JSON.")
        return read_body(self.request)

    def _keeping(self, target: Target, body: bytes, rebuild: Rebuild) -> Keeping:
        """The answer of a write, replayed where the request carries a key that is known."""
        request = self.request
        keyed = keyed_request(
            caller_of(request).sub,
            str(request.method),
            request.build_absolute_uri(),
            request.headers,
            body,
        )
        return Keeping(
            keyed,
            word=word,
            rebuild=rebuild,
            require=target.require,
            transactions=target.table.transactions,
        )

    def _location(self, item: Item, target: Target) -> str:
        keys = zip(("id", "sk"), target.description.key_names, strict=False)
        query = {"table": target.table.alias}
        query |= {parameter: content_of(item[name]) for parameter, name in keys}
        return absolute_url(self.request, f"{self.request.path}?{urlencode(query)}")


def _require_unconditional(request: Request) -> None:
    """Raise InvalidRequest for a precondition: one that is ignored makes an unconditional write."""
    for name in _PRECONDITIONS:
        if name in request.headers:
            raise InvalidRequest(f"{name} is not known at this address; use REST v1 for it.")
