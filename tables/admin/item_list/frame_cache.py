"""What stands around a list: written once for each person, table and count of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template, render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tables.admin.environment import Badge, environment
from tables.admin.texts.sentences import about_words
from tables.admin.visit import Visit
from tables.speed import with_room

_PAGE = "admin/tables/changelist.html"
# Where each request's own parts go; no text of a page holds a NUL.
_CONTENT, _TOKEN, _TWIN = "\0content\0", "\0token\0", "\0twin\0"


@dataclass(frozen=True, slots=True)
class _Named:
    """What a frame says of its table."""

    alias: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Everything that a frame depends on, by the names that its template knows."""

    title: str
    table: _Named
    about: str
    can_add: bool
    twin: str
    sidebar: SafeString
    user_tools: SafeString
    keyboard_help: SafeString
    environment: Badge | None
    read_only: bool
    has_permission: bool = True
    is_nav_sidebar_enabled: bool = True


@with_room
def whole_list(visit: Visit, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page of a list, of which `context` is what is inside."""
    request, table = visit.request, visit.table
    token = get_token(request)  # once: each look at the context's own masks it anew
    context = {**visit.context, **context, "csrf_token": token}
    content = render_to_string("admin/tables/listing.html", context, request=request)
    twin = context["listing"].address.twin if "listing" in context else ""
    listing = context.get("listing")
    about = listing.about_words if listing else about_words(visit.description)
    if len(messages.get_messages(request)):
        # They are for this once.
        shown = {"title": table.label, "about": about, "can_add": visit.can("add")}
        return visit.render(_PAGE, {**shown, "twin": twin, "content": content}, status)
    around = admin.site.each_context(request)
    frame = _Frame(
        title=table.label,
        table=_Named(table.alias, table.label, table.description),
        about=about,
        can_add=visit.can("add"),
        twin=_TWIN if twin else "",
        **{name: around[name] for name in ("sidebar", "user_tools", "keyboard_help")},
        **environment(request),
    )
    html = _written(frame, get_language()).replace(_TWIN, escape(twin))
    html = html.replace(_TOKEN, token).replace(_CONTENT, content)
    return HttpResponse(html, status=status)


@lru_cache(maxsize=128)  # of 20 KB
def _written(frame: _Frame, _language: str | None) -> str:
    names = {field.name: getattr(frame, field.name) for field in fields(frame)}
    holes = {"csrf_token": _TOKEN, "content": mark_safe(_CONTENT)}  # noqa: S308 - a mark of ours
    return get_template(_PAGE).render({**names, **holes})
