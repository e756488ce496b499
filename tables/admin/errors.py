"""Pages for what went wrong: in the site's dress, with words for staff and a way on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tables.admin.texts.core_messages import told
from tables.admin.values.one_line import size_text
from tables.core.errors import Refused, TablesError
from tables.core.registry import Table
from tables.speed import with_room

# Error code -> what the reader can do about it.
_ADVICE = {
    "table_not_found": gettext_lazy("Choose a table from the list of those you may view."),
    "item_not_found": gettext_lazy("It may have been deleted, or the address is not complete."),
    "invalid_cursor": gettext_lazy("Start again from the first page of the list."),
    "throttled": gettext_lazy("DynamoDB is busy. Wait a few seconds, then try again."),
    "unavailable": gettext_lazy("Try again in a moment."),
    "storage_full": gettext_lazy("Try again in ten minutes, or tell whoever runs this site."),
    "upstream_refused": gettext_lazy("Tell whoever runs this site; the log has the reason."),
    "write_in_doubt": gettext_lazy("Look at the item, then decide whether to do it again."),
    "forbidden": gettext_lazy("Ask an administrator if you need to."),
}
# Error code -> the page's title, where the tree's own would not be staff's words.
_TITLES = {
    "table_not_found": gettext_lazy("Table not found"),
    "item_not_found": gettext_lazy("Item not found"),
    "forbidden": gettext_lazy("You may not do this"),
    "throttled": gettext_lazy("DynamoDB is busy"),
    "unavailable": gettext_lazy("DynamoDB can’t be reached"),
    "upstream_refused": gettext_lazy("DynamoDB refused the request"),
    "storage_full": gettext_lazy("There is no room"),
    "write_in_doubt": gettext_lazy("It is not known whether this was done"),
    "invalid_cursor": gettext_lazy("This page can’t be continued"),
}


@with_room
def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page with the site's header, sidebar and messages around it."""
    around = admin.site.each_context(request)
    return render(request, template, {**around, **context}, status=status)


def error_page(
    request: HttpRequest, error: TablesError, table: Table | None = None, *, typed: str = ""
) -> HttpResponse:
    """The page that says what stopped a request, with the status the error has everywhere.

    It leads back to the list of `table`, where the caller was at one, and shows what was `typed`.
    """
    context = {**_error_words(error), "table": table, "typed": typed}
    answer = render_page(request, "admin/message.html", context, status=error.status)
    if error.retry_after is not None:
        answer["Retry-After"] = str(error.retry_after)
    return answer


def _error_words(error: TablesError) -> dict[str, str]:
    """Title, message and advice for an error."""
    advice = str(_ADVICE.get(error.code, ""))
    if isinstance(error, Refused) and error.is_missing_table:
        message = _("DynamoDB has no such table any more, or it has no such index.")
        return {"title": _("The table is gone"), "message": message, "advice": advice}
    title = str(_TITLES.get(error.code, error.title))
    message = told(error.message)
    return {"title": title, "message": message, "advice": advice, "code": error.code}


def too_often_page(
    request: HttpRequest, wait_seconds: int, table: Table | None = None
) -> HttpResponse:
    """The page for whoever asks more often than the site's limits let one person."""
    words = ngettext(
        "Wait a second, then try again.",
        "Wait %(seconds)s seconds, then try again.",
        wait_seconds,
    )
    context = {
        "title": _("You ask too often"),
        "message": _("This site lets one person ask only so often."),
        "advice": words % {"seconds": wait_seconds},
        "table": table,
    }
    answer = render_page(request, "admin/message.html", context, status=429)
    answer["Retry-After"] = str(wait_seconds)
    return answer


def bad_request(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """What Django itself could not read; nobody may be known yet, so there is nothing around it."""
    if isinstance(exception, RequestDataTooBig):
        most = size_text(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        words = _("What was sent is larger than %(most)s. Nothing was changed.") % {"most": most}
        context = {"title": _("Too large"), "message": words}
        return render(request, "admin/message.html", context, status=413)
    words = _("This address or form can’t be read. Nothing was changed.")
    context = {"title": _("Bad request"), "message": words}
    return render(request, "admin/message.html", context, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """A refusal, with the reason where one was given for people."""
    return _message_page(
        request, 403, _("You may not see this"), str(exception or ""), _("Ask an administrator.")
    )


def page_not_found(request: HttpRequest) -> HttpResponse:
    """No such page."""
    return _message_page(
        request, 404, _("Page not found"), _("Nothing answers to this address."), ""
    )


def _message_page(
    request: HttpRequest, status: int, title: str, message: str, advice: str
) -> HttpResponse:
    context = {"title": title, "message": message, "advice": advice}
    return render_page(request, "admin/message.html", context, status=status)
