"""The header that the pages, the browsable API and its reference share: areas, and who one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.access.browser.sign_in import sign_in_url
from tables.access.callers import NOBODY
from tables.access.rights import may_open_pages, viewable_tables
from tables.access.users import caller_of_user
from tables.admin.environment import environment_badge
from tables.admin.item_list.address import Address
from tables.admin.table_search import MOST
from tables.admin.texts.people import name_words
from tables.admin.viewable import tables_with_history
from tables.configuration import registry
from tables.core.registry import Table
from tables.jobs.finding import running_of
from tables.speed import by_language, fragment

# URL, label, whether the page is in it, how many jobs of one's own are under way there.
Area = tuple[str, str, bool, int]


def header(request: HttpRequest) -> dict[str, Any]:
    """A context processor; the header is written only where a template shows it."""
    return {"header": partial(write_header, request)}


def write_header(request: HttpRequest) -> SafeString:
    """What one may open, and what is one's own. It asks DynamoDB nothing."""
    # What refuses a request early, knows nobody.
    caller = caller_of_user(request.user) if hasattr(request, "user") else NOBODY
    is_known = caller.is_authenticated
    is_staff = is_known and may_open_pages(caller, registry())
    tables = viewable_tables(caller, registry()) if is_staff else []
    is_program_page = request.path.startswith("/api/")
    has_changes = is_staff and bool(tables_with_history(caller))
    areas = _programs_areas(request.path)
    if is_staff:
        # A program that asks for a page needs no database for it.
        running = 0 if is_program_page else running_of(caller)
        areas = (*_staff_areas(request.path, running, has_changes=has_changes), *areas)
    return fragment(
        "shared/header.html",
        name=name_words(caller.identity) if is_known else "",
        is_staff=is_staff,
        areas=areas if is_known or is_program_page else (),
        tables=_menu(tables),
        sign_in_url="" if is_known else sign_in_url(request.get_full_path()),
        environment=environment_badge(settings.ENVIRONMENT_NAME),
    )


def _menu(tables: Sequence[Table]) -> tuple[tuple[str, str], ...]:
    """URL and label of each table, of none where there are very many: the first page finds them."""
    if len(tables) > MOST:
        return ()
    return tuple((Address(table.alias).path, table.label) for table in tables)


def bare_header() -> SafeString:
    """For pages that say that something broke: it reads nothing that may be what broke."""
    return fragment(
        "shared/header.html",
        name="",
        is_staff=False,
        areas=(),
        tables=(),
        sign_in_url="",
        environment=environment_badge(settings.ENVIRONMENT_NAME),
    )


@by_language
def _places(_prefix: str) -> dict[str, tuple[str, str]]:
    """URL and label of each area, by the name of its route; `_prefix` is what every URL has."""
    labels = {
        "v1-root": _("API"),
        "api-docs": _("API reference"),
        "admin:index": _("Tables"),
        "admin:changes": _("Changes"),
        "admin:jobs": _("Jobs"),
    }
    return {name: (reverse(name), label) for name, label in labels.items()}


def _programs_areas(path: str) -> tuple[Area, ...]:
    places = _places(get_script_prefix())
    is_reference = path.startswith(places["api-docs"][0])
    return (
        (*places["v1-root"], path.startswith("/api/") and not is_reference, 0),
        (*places["api-docs"], is_reference, 0),
    )


def _staff_areas(path: str, running: int, *, has_changes: bool) -> Iterator[Area]:
    places = _places(get_script_prefix())
    pages, changes, jobs = (places[f"admin:{name}"] for name in ("index", "changes", "jobs"))
    is_elsewhere = path.startswith((changes[0], jobs[0]))
    yield *pages, path.startswith(pages[0]) and not is_elsewhere, 0
    if has_changes:
        yield *changes, path.startswith(changes[0]), 0
    yield *jobs, path.startswith(jobs[0]), running
