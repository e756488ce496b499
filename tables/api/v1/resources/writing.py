"""Resources that write items: one write, one answer, kept where the client sent a key."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http import HttpResponse
from django.utils.datastructures import CaseInsensitiveMapping
from rest_framework.exceptions import APIException, MethodNotAllowed, UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from tables.access.rights import is_read_only
from tables.api.bodies import media_type, read_body
from tables.api.responses import answer_response
from tables.api.v1.media_types import MULTIPART, PROBLEM
from tables.api.v1.requests.forms import read_multipart
from tables.api.v1.requests.negotiation import PlainRenderer, TypedRenderer
from tables.api.v1.requests.parameters import require_known_parameters
from tables.api.v1.requests.preconditions import read_tags, require_precondition
from tables.api.v1.requests.prefer import preferred_return
from tables.api.v1.resources.resource import V1View
from tables.api.v1.responses.browsable import BrowsableRenderer
from tables.api.v1.responses.history import version_links
from tables.api.v1.responses.items import Representation
from tables.api.v1.responses.links import item_link
from tables.api.v1.responses.problems import PreconditionRequired, problem_of
from tables.api.v1.responses.writes import answer_of
from tables.configuration import registry
from tables.core.errors import TablesError
from tables.core.keys import encode_token
from tables.core.registry import Table
from tables.core.values import Item, dumps
from tables.items.conditions import Tags
from tables.items.wanted import Outcome, Told, Write
from tables.items.writes import perform
from tables.records.idempotency.keeping import Keeping
from tables.records.idempotency.kept_answers import Answer
from tables.records.idempotency.keyed_requests import HEADER, KeyedRequest, keyed_request

# Refusals of HTTP's own that the same request would meet again.
_LASTING = (PreconditionRequired, UnsupportedMediaType)


class WritingView(V1View):
    """A resource whose unsafe methods write one item each."""

    renderer_classes = [PlainRenderer, TypedRenderer, BrowsableRenderer]

    @property
    def allowed_methods(self) -> list[str]:
        methods = super().allowed_methods
        return [m for m in methods if m in SAFE_METHODS] if self._is_for_reading() else methods

    @functools.cached_property
    def body(self) -> bytes:
        """The request's body, read once. Raises TooLarge, InvalidRequest."""
        return read_body(self.request)

    def write(self, wanted: Callable[[], Write]) -> HttpResponse:
        """Do a write, unless its Idempotency-Key says that it was done, and answer it.

        What `wanted` raises about the request may be kept and replayed, so it reads the request.
        """
        keeping = Keeping(
            self.keyed(),
            word=self.word,
            rebuild=self._rebuild,
            require=self.target.require,
            transactions=self.target.table.transactions,
        )
        while keeping.answer is None:
            with keeping:
                tell = functools.partial(self._told, keeping, self.representation())
                try:
                    answer = perform(wanted(), tell)
                except _LASTING as error:
                    answer = self.word(error)
                keeping.finish(answer)
        return self.respond(keeping.answer)

    def require_served(self, table: Table) -> None:
        """Raise MethodNotAllowed for a write of what is only for reading."""
        if self.request.method not in SAFE_METHODS and self._is_for_reading():
            raise MethodNotAllowed(self.request.method or "")

    def keyed(self) -> KeyedRequest | None:
        """This request under its Idempotency-Key, if it has one. Raises InvalidRequest."""
        headers: Mapping[str, str] = self.request.headers
        if HEADER not in headers:
            return None
        body = self.body
        if media_type(self.request) == MULTIPART:
            # Each sending of the same form has another boundary.
            body = dumps(read_multipart(body, headers["Content-Type"]))
            headers = CaseInsensitiveMapping({**headers, "Content-Type": MULTIPART})
        url = self.request.build_absolute_uri()
        return keyed_request(self.target.caller.sub, self.request.method or "", url, headers, body)

    def write_tags(self) -> Tags:
        """The preconditions of a write to an item's URL.

        Raises InvalidRequest, and PreconditionRequired where the table wants one.
        """
        require_known_parameters(self.request)
        tags = read_tags(self.request)
        require_precondition(self.target.table, self.request.method or "", tags)
        return tags

    def respond(self, answer: Answer) -> HttpResponse:
        """The response of an answer, made just now or replayed."""
        if not self.is_page:
            return answer_response(answer)
        headers = {name: text for name, text in answer.headers.items() if name != "Content-Type"}
        response = Response(answer.body or None, status=answer.status, headers=headers)
        response.exception = answer.status >= 400
        return response

    def _told(
        self, keeping: Keeping, representation: Representation, outcome: Outcome
    ) -> Told[Answer]:
        """The answer to a write, and the record that keeps it."""
        target = self.target
        url = item_link(self.request, target.table, target.description, outcome.key)
        preference, links = preferred_return(self.request), self._links(outcome)
        answer = answer_of(outcome, target.sight, url, representation, preference, links)
        return Told(answer, keeping.companions(answer, outcome.effect(target)))

    def _links(self, outcome: Outcome) -> dict[str, str]:
        """Where the version that this write makes can be seen, by who may see it."""
        if outcome.version is None or not self.target.may("history"):
            return {}
        token = encode_token(outcome.key, self.target.description)
        return {"Link": version_links(self.request, self.target, token, outcome.version)}

    def _is_for_reading(self) -> bool:
        """Whether this is a natural-key table that nobody may write, or a snapshot of one.

        Clients of such tables know both as 405 (Ed-Fi, POST requests); elsewhere rights decide.
        """
        table = registry().tables.get(self.kwargs["alias"])
        if table is None or not table.natural_key:
            return False
        snapshot = self.request.headers.get("Use-Snapshot", "").strip().lower()
        return snapshot == "true" or is_read_only(table)

    def word(self, error: TablesError | APIException) -> Answer:
        """An error that the same request would meet again, as an answer to keep."""
        problem = problem_of(error, self.request)
        if problem is None:
            raise error
        headers = {**problem.headers, **self.error_headers(error), "Content-Type": PROBLEM}
        document = dumps(self.document(problem), pretty=self.is_page)
        return Answer(problem.status, headers, document)

    def _rebuild(self, answer: Answer, item: Item | None) -> Answer:
        """An answer whose item was too large to keep, with the item as it is now, if it is."""
        item = self.target.sight.kept(item)
        if item is None:
            gone = ("ETag", "Content-Type")
            kept = {name: text for name, text in answer.headers.items() if name not in gone}
            return replace(answer, headers=kept)
        representation = self.representation()
        seen = self.target.sight.see(item)
        headers = {**answer.headers, "ETag": representation.etag(seen)}
        return replace(answer, headers=headers, body=representation.body(representation.show(seen)))
