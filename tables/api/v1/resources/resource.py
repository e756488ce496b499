"""What every resource of v1 has in common: who may ask, how it answers, how it fails."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeGuard

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import MethodNotAllowed, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from tables.access.authentication import caller_of
from tables.access.limits.rates import ReadThrottle, WriteThrottle
from tables.access.log_fields import bind, request_id
from tables.access.rights import allowed_actions, can, require
from tables.api.v1.media_types import PROBLEM
from tables.api.v1.openapi.generator import V1Schema
from tables.api.v1.requests.negotiation import Negotiation, PlainRenderer, TypedRenderer
from tables.api.v1.requests.parameters import item_fields
from tables.api.v1.responses.browsable import Beside, BrowsableRenderer
from tables.api.v1.responses.items import Representation
from tables.api.v1.responses.problems import ProblemDetails, problem_of
from tables.configuration import registry
from tables.core.errors import PreconditionFailed
from tables.core.registry import Table
from tables.items.target import Target, target_of


class V1View(ViewSet):
    """A resource of v1. `rights` says which of the actions let a caller use a method.

    `accepted` are the media types of bodies by method, `starts` what a person may start one from.
    """

    content_negotiation_class = Negotiation
    schema = V1Schema()
    renderer_classes = [PlainRenderer, BrowsableRenderer]
    rights: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    accepted: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    starts: ClassVar[Mapping[str, Any]] = {}

    target: Target
    """The table of the URL, for a caller who may use this method on it."""

    @functools.cached_property
    def shown(self) -> Beside:
        """What a page of this answer shows besides it."""
        return Beside(bodies=dict(self.starts))

    @property
    def is_page(self) -> bool:
        """Whether a person will read the answer."""
        return isinstance(self.request.accepted_renderer, BrowsableRenderer)

    def get_permissions(self) -> Sequence[Any]:
        """Anyone may ask for OPTIONS: a preflight carries no credentials."""
        return [] if self.request.method == "OPTIONS" else super().get_permissions()

    def get_throttles(self) -> list[BaseThrottle]:
        """The scope that the request counts under; a preflight counts under none."""
        if self.request.method == "OPTIONS":
            return []
        actions = self.rights.get(self.request.method or "", ("view",))
        return [ReadThrottle() if actions == ("view",) else WriteThrottle()]

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return self.problem_response

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None before it is known who asks."""
        return {}

    @property
    def allowed_methods(self) -> list[str]:
        """The methods of this resource that the caller may use."""
        supported = super().allowed_methods
        if "alias" not in self.kwargs:
            return supported
        table = registry().tables.get(self.kwargs["alias"])
        caller = caller_of(self.request)
        if table is None or not can(caller, "view", table):
            return ["OPTIONS"]
        return [
            method
            for method in supported
            if method not in self.rights
            or any(can(caller, action, table) for action in self.actions(method, table))
        ]

    def actions(self, method: str, table: Table) -> tuple[str, ...]:
        """The rights of which one lets a caller use this method on this table."""
        return self.rights[method]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not, before anything of the request is read."""
        super().initial(request, *args, **kwargs)
        if request.method in self.rights:
            self.target = self.admitted()

    def admitted(self) -> Target:
        """The table of the URL. Raises TableNotFound, MethodNotAllowed, Forbidden."""
        table = registry().get(self.kwargs["alias"])
        caller = caller_of(self.request)
        rights = allowed_actions(caller, table)
        if rights:
            self.require_served(table)
        actions = self.actions(self.request.method or "", table)
        found = target_of(table, caller, rights, *actions)
        bind(alias=found.table.alias, action=str(self.action))
        return found

    def require_served(self, table: Table) -> None:
        """Raise MethodNotAllowed where the table serves a method of this resource to nobody."""

    def representation(self) -> Representation:
        """How this request wants items shown. Raises InvalidExpression for bad `fields`."""
        renderer = getattr(self.request, "accepted_renderer", None)
        return Representation(
            self.target.table,
            isinstance(renderer, TypedRenderer),
            item_fields(self.request),
            isinstance(renderer, BrowsableRenderer),
        )

    def options(self, request: Any, *_args: Any, **_kwargs: Any) -> Response:
        """What the caller may do with this resource."""
        methods = self.allowed_methods
        if "alias" in self.kwargs and request.user.is_authenticated:
            require(caller_of(request), "view", registry().get(self.kwargs["alias"]))
        document = {
            "name": self.get_view_name(),
            "description": self.get_view_description(),
            "methods": methods,
            "renders": [renderer.media_type for renderer in self.renderer_classes],
            "parses": {m: self.accepted[m] for m in methods if m in self.accepted},
        }
        return Response(document, headers=self._method_headers())

    def problem_response(self, error: Exception, _context: Mapping[str, Any]) -> Response | None:
        """An error as a problem document; None leaves it to Django's handler of the unforeseen."""
        problem = problem_of(error, self.request)
        if problem is None:
            return None
        headers = {**problem.headers, **self.error_headers(error)}
        return Response(self.document(problem), status=problem.status, headers=headers)

    def error_headers(self, error: Exception) -> dict[str, str]:
        """What an error tells of the resource: its methods and media types, or its current tag."""
        if isinstance(error, MethodNotAllowed | UnsupportedMediaType):
            return self._method_headers()
        if isinstance(error, PreconditionFailed) and error.current is not None:
            return {"ETag": self.representation().etag(self.target.sight.see(error.current))}
        return {}

    def document(self, problem: ProblemDetails) -> dict[str, Any]:
        """The problem document of this request."""
        return problem.document(self.request.path, self._request_id)

    def present(
        self, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> HttpResponse:
        """An answer with this document; what programs ask for goes out without DRF's rendering."""
        if self.is_page:
            return Response(document, headers=headers)
        renderer = self.request.accepted_renderer
        content = renderer.render(document)
        return HttpResponse(content, content_type=renderer.media_type, headers=headers)

    def finalize_response(  # type: ignore[override] # DRF's own takes any response of Django's
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        if _is_problem(answer) and not self.is_page:
            answer.content_type = PROBLEM
        answer["Cache-Control"] = "private, no-cache"
        patch_vary_headers(answer, ("Accept", "Authorization", "Cookie", "Origin"))
        if request.method == "HEAD":
            _remove_body(answer)
        return answer

    @functools.cached_property
    def _request_id(self) -> str:
        return request_id()

    def _method_headers(self) -> dict[str, str]:
        methods = self.allowed_methods
        headers = {"Allow": ", ".join(methods)}
        for method in ("POST", "PATCH"):
            if method in methods and method in self.accepted:
                headers[f"Accept-{method.capitalize()}"] = ", ".join(self.accepted[method])
        if self.request.headers.get("Content-Encoding"):
            headers["Accept-Encoding"] = "gzip"
        return headers


def _is_problem(response: HttpResponse) -> TypeGuard[Response]:
    return isinstance(response, Response) and response.exception


def _remove_body(response: HttpResponse | StreamingHttpResponse) -> None:
    """Leave what a GET would have answered, but for the content."""
    if isinstance(response, Response) and not response.is_rendered:
        response.add_post_render_callback(_remove_body)
        return
    if isinstance(response, StreamingHttpResponse):
        # How long it would be, nobody knows; the server closes what was there to be sent.
        response.streaming_content = ()
        return
    response["Content-Length"] = str(len(response.content))
    response.content = b""
