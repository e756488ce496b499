"""The list of jobs: those that one may see, newest first, narrowed by whose, table, kind, state."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tables.access.callers import Caller
from tables.access.limits.rates import spend
from tables.access.users import caller_of_user
from tables.admin.errors import render_page
from tables.admin.jobs.shown import ShownJob, table_label
from tables.admin.texts.job_words import KINDS
from tables.admin.visit import site_page
from tables.core.errors import InvalidRequest
from tables.core.job_states import ACTIVE
from tables.jobs.finding import visible_to
from tables.records.jobs.models import Job

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PER_PAGE = 25
# Tables that the list offers to narrow it to; an address takes any other.
_MOST_TABLES = 200
# What an address calls a state -> its words, and the states that are meant.
_STATES: Mapping[str, tuple[StrOrPromise, Collection[str]]] = {
    "active": (gettext_lazy("at work"), ACTIVE),
    "ready": (gettext_lazy("waits for a yes"), ("ready",)),
    "paused": (gettext_lazy("paused"), ("paused",)),
    "finished": (gettext_lazy("finished"), ("finished",)),
    "failed": (gettext_lazy("stopped"), ("failed",)),
    "cancelled": (gettext_lazy("cancelled"), ("cancelled",)),
    "expired": (gettext_lazy("expired"), ("expired",)),
}
_ASKED = ("whose", "table", "kind", "state")


@require_http_methods(["GET", "HEAD"])
@site_page
def list_jobs(request: HttpRequest) -> HttpResponse:
    """Jobs that one may see, newest first: one's own, or everybody's."""
    spend(request, "read")
    caller = caller_of_user(request.user)
    asked = {name: request.GET.get(name, "") for name in _ASKED}
    seen, after = visible_to(caller), request.GET.get("after", "")
    found = _narrowed(seen, asked, caller)
    if after:
        found = found.filter(pk__lt=_id(after))
    jobs = [*found.select_related("of").order_by("-pk")[: _PER_PAGE + 1]]
    older = str(jobs[_PER_PAGE - 1].pk) if len(jobs) > _PER_PAGE else ""
    context = {
        "title": _("Jobs"),
        "jobs": [ShownJob(job, caller) for job in jobs[:_PER_PAGE]],
        "asked": asked,
        "tables": _tables(seen),
        "kinds": KINDS.items(),
        "states": [(name, words) for name, (words, _states) in _STATES.items()],
        "is_narrowed": any(asked[name] for name in _ASKED),
        "everybodys": _address({**asked, "whose": ""}),
        "mine": _address({**asked, "whose": "mine"}),
        "newest": _address(asked) if after else "",
        "older": _address({**asked, "after": older}) if older else "",
    }
    return render_page(request, "admin/jobs/list.html", context)


def _narrowed(jobs: QuerySet[Job], asked: Mapping[str, str], caller: Caller) -> QuerySet[Job]:
    """Those that are asked for. Raises InvalidRequest for what no job is."""
    if asked["kind"] not in ("", *KINDS) or asked["state"] not in ("", *_STATES):
        raise InvalidRequest(_("No job is of that kind, or in that state."))
    if asked["whose"] == "mine":
        jobs = jobs.filter(owner_sub=caller.sub)
    if asked["table"]:
        jobs = jobs.filter(alias=asked["table"])
    if asked["kind"]:
        jobs = jobs.filter(kind=asked["kind"])
    if asked["state"]:
        jobs = jobs.filter(state__in=_STATES[asked["state"]][1])
    return jobs


def _tables(jobs: QuerySet[Job]) -> list[tuple[str, str]]:
    """Aliases and labels of the tables that have jobs."""
    aliases = jobs.order_by("alias").values_list("alias", flat=True).distinct()[:_MOST_TABLES]
    return sorted(((alias, table_label(alias)) for alias in aliases), key=lambda pair: pair[1])


def _address(asked: Mapping[str, str]) -> str:
    return f"?{urlencode({name: text for name, text in asked.items() if text})}"


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidRequest(_("This page of jobs can’t be found; begin at the first.")) from None
