"""The browsable API: the same answers as a page, for a person who is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from rest_framework.renderers import BrowsableAPIRenderer

from tables.access.authentication import caller_of
from tables.access.rights import may_open_pages
from tables.api.v1.media_types import FORM, MULTIPART
from tables.configuration import registry
from tables.core.values import dumps

# Only these are links: a value is somebody's text.
_LINK = re.compile(r'https?://[^\s"<>\\]+')
_WITHOUT_CONTENT = (204, 304)
_BELOW_A_TABLE = {"v1-search": "Search", "v1-batch": "Batch"}


@dataclass(slots=True)
class Beside:
    """What a page shows besides the answer: the item's tag, links to items, bodies to start from.

    `bodies` are JSON values by method.
    """

    tag: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    bodies: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageForm:
    """A request that the page offers to send."""

    method: str
    types: tuple[str, ...]
    body: str
    is_conditional: bool


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's idea in our dress: no inline style or script, exact JSON, If-Match beside each form."""

    template = "rest_framework/api.html"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if renderer_context and renderer_context["response"].status_code in _WITHOUT_CONTENT:
            return b""
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        view, request, response = (renderer_context[k] for k in ("view", "request", "response"))
        shown: Beside = view.shown
        text = data if isinstance(data, bytes) else dumps(data, pretty=True)
        return {
            "request": request,
            "response": response,
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "crumbs": list(_crumbs(request.resolver_match)),
            "content": _linked(text.decode()),
            "headers": [(name, _linked(value)) for name, value in _telling(response)],
            "formats": list(_formats(request, view.renderer_classes)),
            "explanation": data["type"] if response.exception and isinstance(data, dict) else "",
            "links": shown.links,
            "tag": response.get("ETag") or shown.tag,
            "forms": list(_forms(view, shown)),
            "may_delete": "DELETE" in view.allowed_methods and bool(shown.tag),
            "page_url": _page_url(request),
            "page_is_item": "token" in request.resolver_match.kwargs,
        }


def _forms(view: Any, shown: Beside) -> Iterator[PageForm]:
    for method in view.allowed_methods:
        if method in shown.bodies:
            types = tuple(t for t in view.accepted[method] if t not in (FORM, MULTIPART))
            body = dumps(shown.bodies[method], pretty=True).decode()
            yield PageForm(method, types, body, is_conditional=method != "POST")


def _crumbs(match: Any) -> Iterator[tuple[str, str]]:
    yield "API", reverse("v1-root")
    yield "Tables", reverse("v1-tables")
    kwargs = match.kwargs if match else {}
    if "alias" not in kwargs:
        return
    alias = {"alias": kwargs["alias"]}
    yield kwargs["alias"], reverse("v1-table", kwargs=alias)
    below = match.url_name if match.url_name in _BELOW_A_TABLE else "v1-items"
    yield _BELOW_A_TABLE.get(below, "Items"), reverse(below, kwargs=alias)
    if "token" in kwargs:
        yield kwargs["token"], reverse("v1-item", kwargs=dict(kwargs))


def _page_url(request: Any) -> str:
    """The same list or item on the pages, for those whom they are for."""
    match = request.resolver_match
    if not may_open_pages(caller_of(request), registry()):
        return ""
    if match.url_name == "v1-item":
        kwargs = {"alias": match.kwargs["alias"], "key": match.kwargs["token"]}
        return reverse("admin:tables_item_change", kwargs=kwargs)
    if match.url_name != "v1-items":
        return ""
    query = request.query_params.copy()
    query.pop("format", None)
    url = reverse("admin:tables_changelist", kwargs=match.kwargs)
    return f"{url}?{query.urlencode()}" if query else url


def _formats(request: Any, renderers: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The other representations of this very page, query and all."""
    query = request.query_params.copy()
    for renderer in renderers:
        if renderer is not type(request.accepted_renderer):
            query["format"] = renderer.format
            yield renderer.format, f"?{query.urlencode()}"


def _telling(response: Any) -> Iterator[tuple[str, str]]:
    """The headers that a reader of the page may care for."""
    for name in ("Allow", "ETag", "Link", "Location", "Preference-Applied", "Retry-After"):
        if name in response:
            yield name, response[name]


def _linked(text: str) -> SafeString:
    """The text, escaped, with its http and https addresses as links."""
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        parts += [escape(text[end : match.start()])]
        parts += [format_html('<a rel="nofollow" href="{}">{}</a>', match[0], match[0])]
        end = match.end()
    # Every part is escaped above.
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308
