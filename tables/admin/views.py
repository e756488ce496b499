"""Views of a table's list."""

from __future__ import annotations

from django.http import HttpResponse

from tables.admin.pages import Visit, table_page


@table_page
def list_items(visit: Visit) -> HttpResponse:
    """The items of a table, a page at a time."""
    return visit.render("admin/tables/changelist.html", {"title": visit.table.label})
