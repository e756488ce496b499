"""The page of a job, and what can be asked of it there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.callers import Caller
from tables.access.limits.rates import spend
from tables.access.log_fields import bind
from tables.access.users import caller_of_user
from tables.admin.errors import render_page
from tables.admin.jobs.examples import ShownExample, examples_of
from tables.admin.jobs.imports import ImportShown
from tables.admin.jobs.left import kept_rows, left_rows, report_target
from tables.admin.jobs.question import Question
from tables.admin.jobs.shown import ShownJob
from tables.admin.visit import site_page
from tables.configuration import registry
from tables.core.errors import Forbidden, InvalidRequest, PreconditionFailed, TablesError
from tables.core.job_states import Wanted
from tables.items.target import Target, find_target
from tables.jobs.finding import find_job, may_control
from tables.jobs.orders import confirm, order_again, set_pace, want
from tables.jobs.previews import MOST_SHOWN
from tables.jobs.undoing import undo_job
from tables.records.jobs.models import Job

# Items whose differences a job that waits for its yes shows at first.
_FIRST_EXAMPLES = 5
# What htmx takes for "stop asking" (its documentation, polling).
STOP_POLLING = 286
_WANTED: Mapping[str, Wanted] = {"pause": "pause", "run": "run", "cancel": "cancel"}


@require_http_methods(["GET", "HEAD"])
@site_page
def show_job(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """A job: how far it is, what was left as it was, and its files."""
    spend(request, "read")
    return _page(request, *_found(request, id))


@require_http_methods(["GET", "HEAD"])
@site_page
def show_progress(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The part of the page that changes; once nothing will, the page is loaded anew.

    Only the whole page has what comes next: a question to answer, a report, the way back.
    Asked for often by a page that nobody may be looking at, it counts under no rate.
    """
    shown, target = _found(request, id)
    was = request.GET.get("was", shown.news)
    context = {**_context(shown, target), "is_news": was != shown.news}
    if request.GET.get("part") == "words":
        return render(request, "admin/jobs/said.html", context, status=_status(shown))
    answer = render(request, "admin/jobs/progress.html", context, status=_status(shown))
    if not shown.is_under_way:
        answer["HX-Refresh"] = "true"
    return answer


@require_http_methods(["POST"])
@site_page
def steer_job(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Pause a job, let it go on, cancel it, or set its pace."""
    spend(request, "write")
    job = _controlled(request, id)
    wanted = _WANTED.get(request.POST.get("wanted", ""))
    try:
        if wanted is None:
            set_pace(job, _pace(request.POST.get("pace", "")))
        else:
            want(job, caller_of_user(request.user), wanted)
    except TablesError as error:
        if error.status not in (400, 409):
            raise
        messages.warning(request, str(error.message))
    return HttpResponseRedirect(ShownJob(job, caller_of_user(request.user)).url)


@require_http_methods(["POST"])
@site_page
def confirm_job(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Let a checked job write, once what it is about was typed."""
    spend(request, "write")
    job = _controlled(request, id)
    shown = ShownJob(job, caller_of_user(request.user))
    if request.POST.get("typed", "").strip() not in Question(shown).may_type:
        asked = {"mistyped": "yes", "show": request.POST.get("show", "")}
        return HttpResponseRedirect(f"{shown.url}?{urlencode(asked)}")
    try:
        confirm(job, shown.caller, request.POST.get("etag", ""))
    except PreconditionFailed:
        messages.warning(request, _("The job has changed since it was shown. Look at it again."))
    return HttpResponseRedirect(shown.url)


@require_http_methods(["POST"])
@site_page
def undo_whole_job(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Order the undo of a whole job, which is a job, too."""
    spend(request, "write")
    job, caller = _controlled(request, id), caller_of_user(request.user)
    return HttpResponseRedirect(ShownJob(undo_job(job, caller), caller).url)


@require_http_methods(["POST"])
@site_page
def order_job_again(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Order the same anew: it looks at what matches by now, and asks for a yes."""
    spend(request, "write")
    job, caller = _controlled(request, id), caller_of_user(request.user)
    return HttpResponseRedirect(ShownJob(order_again(job, caller), caller).url)


def _page(request: HttpRequest, shown: ShownJob, target: Target | None) -> HttpResponse:
    question = Question(shown)
    context = {
        **_context(shown, target),
        "title": shown.title,
        "checked": _checked(request, shown, target),
        "may_steer": shown.may_control,
        "question": question if question.is_put else None,
        "examples": _examples(request, question, target),
        "show": request.GET.get("show", ""),
        "mistyped": request.GET.get("mistyped") == "yes",
        "may_fetch": shown.has_file and target is not None and target.may("export"),
    }
    return render_page(request, "admin/jobs/job.html", context)


def _examples(
    request: HttpRequest, question: Question, target: Target | None
) -> Sequence[ShownExample]:
    """The first differences of a job that waits, of items read anew; none for who may not confirm.

    A page that asks for a yes must not fail for them.
    """
    shown = question.shown
    if target is None or not (shown.has_examples and question.is_put) or question.hindrance:
        return []
    most = MOST_SHOWN if request.GET.get("show") == "examples" else _FIRST_EXAMPLES
    with suppress(TablesError):
        return examples_of(shown.job, shown.caller, target, most)
    return []


def _checked(request: HttpRequest, shown: ShownJob, target: Target | None) -> ImportShown | None:
    """What the check of an import has found, while it waits for a yes."""
    if target is None or not shown.has_differences:
        return None
    start = request.GET.get("start", "")
    at = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    return ImportShown(shown.job, target, request.GET.get("show", ""), at)


def _context(shown: ShownJob, target: Target | None) -> dict[str, Any]:
    reports = report_target(shown.job, shown.caller) if target else None
    # A check of an import shows its rows one by one, and of one that was cancelled none matter.
    tells_left = not shown.has_differences and not (shown.is_check and shown.job.is_ended)
    return {
        "shown": shown,
        "job": shown.job,
        "target": target,
        "reports": reports is not None,
        "left": left_rows(shown.job, reports, target) if tells_left and reports else [],
        "kept": kept_rows(shown.job, reports) if reports else [],
    }


def _status(shown: ShownJob) -> int:
    return 200 if shown.is_under_way else STOP_POLLING


def _found(request: HttpRequest, id: uuid.UUID) -> tuple[ShownJob, Target | None]:
    """The job, and its table where the caller may still view it. Raises JobNotFound."""
    caller = caller_of_user(request.user)
    job = find_job(caller, str(id))
    bind(alias=job.alias, job=str(job.pk))
    return ShownJob(job, caller), _target(job, caller)


def _target(job: Job, caller: Caller) -> Target | None:
    """The job's table, None where it can't be told of any more."""
    try:
        return find_target(registry().get(job.alias), caller, "view")
    except TablesError:
        return None


def _controlled(request: HttpRequest, id: uuid.UUID) -> Job:
    caller = caller_of_user(request.user)
    job = find_job(caller, str(id))
    bind(alias=job.alias, job=str(job.pk))
    if not may_control(caller, job):
        raise Forbidden("Whoever started the job steers it, and superusers do.")
    return job


def _pace(text: str) -> float | None:
    """Write units a second; None for no limit. Raises InvalidRequest."""
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and 0 < int(text) <= 1_000_000):
        raise InvalidRequest(_("The pace is a whole number of write units a second, or nothing."))
    return float(int(text))
