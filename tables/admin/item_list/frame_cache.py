"""The page around a list: written once for each person, table and count of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape

from tables.admin.environment import environment
from tables.admin.header import write_header
from tables.admin.sidebar import app_list, sidebar
from tables.admin.texts.sentences import about_words
from tables.admin.visit import Visit
from tables.speed import fragment, frame, with_room

_PAGE = "admin/tables/changelist.html"


@dataclass(frozen=True, slots=True)
class _Named:
    """What a frame says of its table."""

    alias: str
    label: str
    description: str


@with_room
def whole_list(visit: Visit, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page of a list, of which `context` is what is inside."""
    request, table = visit.request, visit.table
    token = get_token(request)  # once: each look at the context's own masks it anew
    context = {**visit.context, **context, "csrf_token": token}
    # Without the site around it, which its template says nothing of.
    content = render_to_string("admin/tables/listing.html", context)
    twin = context["listing"].address.twin if "listing" in context else ""
    listing = context.get("listing")
    shown = {
        "title": table.label,
        "about": listing.about_words if listing else _about(visit),
        "can_add": visit.can("add"),
        "can_import": visit.can("add") or visit.can("change"),
        "has_trash": visit.target.keeps_history and visit.can("history"),
    }
    if len(messages.get_messages(request)):
        # They are for this once.
        return visit.render(_PAGE, {**shown, "twin": twin, "content": content}, status)
    shown |= {
        "table": _Named(table.alias, table.label, table.description),
        "header": write_header(request),
        "has_permission": True,
        "is_nav_sidebar_enabled": True,
        "sidebar": sidebar(request, visit.caller, app_list(request, visit.caller)),
        "keyboard_help": fragment("admin/keyboard_help.html"),
        **environment(request),
    }
    holes = {"csrf_token": token, **({"twin": escape(twin)} if twin else {}), "content": content}
    return HttpResponse(frame(_PAGE, shown, holes), status=status)


def _about(visit: Visit) -> str:
    """How many items the table has, where they are the alias's."""
    return "" if visit.table.entity else about_words(visit.description)
