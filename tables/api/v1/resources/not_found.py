"""What no route answers: a problem document, never a page of another kind."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import Http404
from rest_framework.request import Request

from tables.api.v1.resources.resource import V1View


class Nowhere(V1View):
    """404 for every method, whoever asks."""

    authentication_classes = []
    schema = None  # type: ignore[assignment] # DRF's way to stay out of the document
    permission_classes = []

    def missing(self, request: Request, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Http404


nowhere = Nowhere.as_view(dict.fromkeys(V1View.http_method_names, "missing"))
