"""The OpenAPI document and Swagger UI, for everyone; tables only for those who may view them.

Both are there for one table, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tables.access.authentication import IsSignedIn
from tables.access.log_fields import request_id
from tables.api.v1.media_types import PROBLEM
from tables.api.v1.requests.negotiation import PlainRenderer
from tables.api.v1.responses.problems import problem_of


class _InProblems(APIView):
    """A view of the documentation that words its errors as v1 does."""

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return self._problem

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = "private, no-cache"
        if response.exception:
            response.accepted_renderer = PlainRenderer()
        return response

    def _problem(self, error: Exception, _context: Mapping[str, Any]) -> Response | None:
        problem = problem_of(error, self.request)
        if problem is None:
            return None
        document = problem.document(self.request.path, request_id())
        return Response(
            document, status=problem.status, headers=problem.headers, content_type=PROBLEM
        )


class SchemaView(_InProblems, SpectacularAPIView):
    """The document as JSON, or as YAML for those who ask."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    def get_permissions(self) -> Sequence[Any]:
        """Operations are no secret; what a table is like is for those who may view it."""
        return [IsSignedIn()] if "alias" in self.kwargs else super().get_permissions()


class SwaggerView(_InProblems, SpectacularSwaggerSplitView):
    """Swagger UI, its script apart from its page: the CSP takes no inline script."""

    url_name = "api-schema"
    title = "Dynadmin REST API"

    def _get_schema_url(self, request: Request) -> str:
        alias = self.kwargs.get("alias")
        if alias is None:
            return str(super()._get_schema_url(request))  # type: ignore[no-untyped-call] # untyped
        return reverse("api-schema-of-table", kwargs={"alias": alias})
