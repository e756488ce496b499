"""Jobs over HTTP: ordered at a table, then looked at and steered at a URL of their own."""

from __future__ import annotations

import functools
import uuid
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tables.access.authentication import caller_of
from tables.access.callers import Caller
from tables.access.limits.rates import ReadThrottle, WriteThrottle
from tables.access.log_fields import bind
from tables.api.bodies import media_type, read_body
from tables.api.v1.media_types import FILE_TYPES, JSON_FILE, MERGE_PATCH, MULTIPART, PLAIN, TYPED
from tables.api.v1.requests.bodies import read_document, require_media_type, require_object
from tables.api.v1.requests.job_orders import Order, read_order, read_upload, read_wish
from tables.api.v1.requests.negotiation import PlainRenderer
from tables.api.v1.requests.parameters import next_url, query_pairs, require_known_parameters
from tables.api.v1.requests.preconditions import read_tags
from tables.api.v1.requests.uploads import MEMBERS as UPLOAD_MEMBERS
from tables.api.v1.requests.uploads import keep_file
from tables.api.v1.resources.resource import V1View
from tables.api.v1.resources.waiting import keyed_order
from tables.api.v1.responses.browsable import BrowsableRenderer
from tables.api.v1.responses.downloads import download
from tables.api.v1.responses.job_reports import REPORT_FORMATS, CsvRenderer, JsonLinesRenderer
from tables.api.v1.responses.jobs import job_document, job_headers, job_tag
from tables.api.v1.responses.links import link
from tables.api.v1.responses.problems import PreconditionRequired
from tables.configuration import registry
from tables.core.errors import (
    Forbidden,
    InvalidCursor,
    InvalidRequest,
    PreconditionFailed,
    Problem,
    TablesError,
)
from tables.core.job_states import TRANSITIONS
from tables.core.preconditions import matches_strongly, matches_tag
from tables.core.queries import MAX_LIMIT
from tables.items.target import find_target
from tables.jobs.files import drop_upload
from tables.jobs.finding import find_job, may_control, report_rows, reported_at, visible_to
from tables.jobs.kinds import KINDS
from tables.jobs.kinds.exports import output
from tables.jobs.orders import How, Keyed, confirm, set_pace, start, want
from tables.records.jobs.models import Job
from tables.records.jobs.reports import OUTCOMES, Outcome

_PAGE = 50
# The scan language within an order wraps arrays and conditions around values.
_LEVELS_AROUND = 6


class JobView(V1View):
    """What resources of jobs share: they are no table's own, so the job says who may."""

    renderer_classes = [PlainRenderer, BrowsableRenderer]

    @functools.cached_property
    def caller(self) -> Caller:
        return caller_of(self.request)

    @functools.cached_property
    def body(self) -> bytes:
        """The request's body, read once. Raises TooLarge, InvalidRequest."""
        return read_body(self.request)

    @property
    def by_token(self) -> bool:
        """Whether the caller's groups are those of a token, which nobody can ask anew."""
        return self.request.auth is not None

    def get_throttles(self) -> list[BaseThrottle]:
        if self.request.method == "OPTIONS":
            return []
        return [ReadThrottle() if self.request.method in SAFE_METHODS else WriteThrottle()]

    def members(self, *accepted: str) -> dict[str, Any]:
        """The members of the body. Raises UnsupportedMediaType, InvalidRequest, TooLarge."""
        require_media_type(self.request, accepted, self.body)
        return require_object(read_document(self.body, around=_LEVELS_AROUND))

    def told(self, job: Job, status: int = 200, **headers: str) -> HttpResponse:
        """The job as it is now, as an answer of this status."""
        answer = self.present(
            job_document(self.request, job, self.caller), {**job_headers(job), **headers}
        )
        answer.status_code = status
        return answer


class Jobs(JobView):
    """Jobs: those that one may see, newest first; ordered at a table."""

    accepted: ClassVar = {"POST": (PLAIN, TYPED, MULTIPART, *FILE_TYPES)}
    takes_uploads = True
    starts: ClassVar = {"POST": {"kind": "change", "filter": {}, "changes": [], "dry_run": True}}

    def list(self, request: Request, alias: str = "") -> HttpResponse:
        """A page of jobs, of one table where the URL names one; `next` leads to older ones."""
        require_known_parameters(request, frozenset({"state", "kind", "limit", "cursor", "format"}))
        asked = dict(query_pairs(request))
        found = visible_to(self.caller)
        if alias:
            find_target(registry().get(alias), self.caller, "view")
            found = found.filter(alias=alias)
        for name, known in (("state", TRANSITIONS), ("kind", KINDS)):
            if asked.get(name):
                if asked[name] not in known:
                    raise InvalidRequest(f'"{name}" is one of {", ".join(known)}.')
                found = found.filter(**{name: asked[name]})
        if asked.get("cursor"):
            found = found.filter(pk__lt=_job_id(asked["cursor"]))
        limit = _limit(asked.get("limit", ""))
        jobs = [*found.order_by("-pk")[: limit + 1]]
        following = next_url(request, str(jobs[limit - 1].pk)) if len(jobs) > limit else None
        shown = [job_document(request, job, self.caller) for job in jobs[:limit]]
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return self.present({"jobs": shown, "next": following}, headers)

    def create(self, request: Request, alias: str) -> HttpResponse:
        """Order a job: 202, and where to look at it. The same key gives the same job for a day."""
        bind(alias=alias, action="job")
        if media_type(request) in (MULTIPART, *FILE_TYPES):
            return self._import(request, alias)
        if media_type(request) in (PLAIN, TYPED):
            _require_no_file(request)
        members = self.members(*self.accepted["POST"])
        order = read_order(members, is_typed=media_type(request) == TYPED)
        job, is_new = self._ordered(alias, order, keyed_order(request, self.caller, self.body))
        return self._accepted(job, is_new=is_new)

    def _import(self, request: Request, alias: str) -> HttpResponse:
        """Keep the file of the request, and order that it is checked."""
        find_target(registry().get(alias), self.caller, "add", "change")
        kept = keep_file(request, self.caller)
        try:
            order = read_upload(kept.members, kept.upload)
            job, is_new = self._ordered(
                alias, order, keyed_order(request, self.caller, kept.digest)
            )
        except TablesError:
            drop_upload(self.caller, kept.upload)
            raise
        if not is_new:
            drop_upload(self.caller, kept.upload)
        return self._accepted(job, is_new=is_new)

    def _ordered(self, alias: str, order: Order, keyed: Keyed | None) -> tuple[Job, bool]:
        how = How(order.dry_run, self.by_token, order.reason, order.pace, keyed)
        return start(self.caller, order.kind, alias, order.given, how)

    def _accepted(self, job: Job, *, is_new: bool) -> HttpResponse:
        headers = {"Location": link(self.request, "v1-job", id=job.pk)}
        if not is_new:
            headers["Idempotency-Replayed"] = "true"
        return self.told(job, 202, **headers)


class _OfJob(JobView):
    """What resources of one job share."""

    @functools.cached_property
    def job(self) -> Job:
        """The job of the URL. Raises JobNotFound, also where the caller may not see it."""
        found = find_job(self.caller, self.kwargs["id"])
        bind(alias=found.alias, action=str(self.action), job=str(found.pk))
        return found

    @property
    def controlled(self) -> Job:
        """The same, for whoever may steer it, if it is what If-Match names.

        Raises JobNotFound, Forbidden, PreconditionFailed.
        """
        if not may_control(self.caller, self.job):
            raise Forbidden("Whoever started the job steers it, and superusers do.")
        wanted = read_tags(self.request).if_match
        if wanted is not None and not matches_strongly(wanted, job_tag(self.job)):
            raise PreconditionFailed("The job is not what it was when it was looked at.")
        return self.job


class OneJob(_OfJob):
    """A job: how far it is, what it took, and where its report is."""

    accepted: ClassVar = {"PATCH": (PLAIN, MERGE_PATCH)}

    def retrieve(self, request: Request, id: str) -> HttpResponse:
        """The job as it is now."""
        require_known_parameters(request, frozenset({"format"}))
        tags, tag = read_tags(request), job_tag(self.job)
        if tags.if_none_match and not self.is_page and matches_tag(tags.if_none_match, tag):
            return HttpResponse(status=304, headers=job_headers(self.job))
        return self.told(self.job)

    def change(self, request: Request, id: str) -> HttpResponse:
        """Pause a job, let it go on, or set its pace; it hears of that within a chunk."""
        require_known_parameters(request, frozenset({"format"}))
        job, wish = self.controlled, read_wish(self.members(*self.accepted["PATCH"]))
        if wish.sets_pace:
            job = set_pace(job, wish.pace)
        if wish.wanted is not None:
            job = want(job, self.caller, wish.wanted, by_token=self.by_token)
        return self.told(job)

    def cancel(self, request: Request, id: str) -> HttpResponse:
        """Cancel it: 202 until it has stopped, then 200. What it wrote, and its report, stay."""
        require_known_parameters(request, frozenset({"format"}))
        job = want(self.controlled, self.caller, "cancel")
        return self.told(job, 200 if job.is_ended else 202)


class Confirm(_OfJob):
    """Lets a checked job write what its check has shown."""

    accepted: ClassVar = {"POST": (PLAIN,)}

    def create(self, request: Request, id: str) -> HttpResponse:
        """Queue it, if it is still what If-Match names."""
        require_known_parameters(request, frozenset({"format"}))
        job = self.controlled
        wanted = read_tags(request).if_match
        if wanted is None or wanted.strip() == "*":
            # RFC 9110, section 13.1.1: `*` is true of any check, and says nothing of which was seen
            raise PreconditionRequired("Send the ETag of the job that was checked as If-Match.")
        return self.told(confirm(job, self.caller, job.etag, by_token=self.by_token), 202)


class Report(_OfJob):
    """What became of each item, as a file: every row, or those with one `outcome`."""

    renderer_classes = [JsonLinesRenderer, CsvRenderer]

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        """The rows in the order in which they came about."""
        require_known_parameters(request, frozenset({"format", "outcome", "phase"}))
        asked = dict(query_pairs(request))
        outcomes, phase = _outcomes(asked.get("outcome", "")), asked.get("phase", "")
        if phase not in ("", "check", "write"):
            raise InvalidRequest('"phase" is check or write.')
        target = reported_at(self.job, self.caller)
        extension = request.accepted_renderer.format
        wanted = REPORT_FORMATS[extension]
        rows = report_rows(self.job, target, *outcomes, phase=phase)
        chunks = wanted.write(rows, target.description.key_names)
        return download(self.caller, chunks, wanted.media_type, f"job-{id}.{extension}")


class JobOutput(_OfJob):
    """The file that an export has made: packed by gzip, or as it unpacks."""

    renderer_classes = [PlainRenderer]

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        """The file, its pieces in order."""
        require_known_parameters(request, frozenset({"format", "unpacked"}))
        asked = dict(query_pairs(request)).get("unpacked", "")
        if asked not in ("", "true", "false"):
            raise InvalidRequest('"unpacked" is true or false.')
        find_target(registry().get(self.job.alias), self.caller, "export")
        made = output(self.job, is_unpacked=asked == "true")
        return download(self.caller, made.blocks, made.media_type, made.name)


def _require_no_file(request: Request) -> None:
    """Raise InvalidRequest for an order in JSON with parameters of an import: its body is a file.

    Both are JSON, so the media type alone tells them apart.
    """
    for name, _value in query_pairs(request):
        if name in UPLOAD_MEMBERS and name != "format":
            detail = (
                f"{name!r} is said of a file to import, and a body of this Content-Type is an "
                f"order. Send a file of JSON as {JSON_FILE}, any other as one of "
                f"{', '.join(FILE_TYPES)}."
            )
            raise InvalidRequest(detail, problems=[Problem("", detail)])
    require_known_parameters(request, frozenset({"format"}))


def _outcomes(text: str) -> list[Outcome]:
    named = [name for name in text.split(",") if name]
    found = [outcome for outcome in OUTCOMES if outcome in named]
    if len(found) < len(named):
        raise InvalidRequest(f'"outcome" lists {", ".join(OUTCOMES)}, by commas.')
    return found


def _job_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidCursor("This page of jobs can't be found; begin at the first.") from None


def _limit(text: str) -> int:
    if not text:
        return _PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LIMIT):
        raise InvalidRequest(f'"limit" is from 1 to {MAX_LIMIT}.')
    return int(text)
