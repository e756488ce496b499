"""Jobs as v1 tells of them: the document, its tag, the headers that go with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework.request import Request

from tables.access.callers import Caller
from tables.api.v1.responses.links import link
from tables.core.job_states import ACTIVE
from tables.core.strict_json import parse
from tables.jobs.finding import may_control, progress, waits_for
from tables.jobs.kinds.import_orders import counted
from tables.jobs.kinds.scan_pages import warning_of
from tables.jobs.orders import READY_LIFE, looked_at
from tables.jobs.undoing import undo_alias
from tables.records.jobs.models import Job

# Seconds after which it makes sense to look again at a job that is under way.
RETRY_SECONDS = 2


def job_document(request: Request, job: Job, caller: Caller) -> dict[str, Any]:
    """A job, how far it is, what it took, and what can be done with it."""
    far, waiting = progress(job), waits_for(job)
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "phase": job.phase,
        "state": job.state,
        "wanted": job.wanted,
        "is_waiting_for_a_worker": waiting in ("worker", "release"),
        "waits_for": waiting,
        "table": job.alias,
        "owner": {"sub": job.owner_sub, "name": job.owner_name},
        "reason": job.reason,
        "order": _order(job),
        "pace": job.pace,
        "progress": {
            **far.counts,
            "kept": _kept(job),
            "total_estimate": far.expected,
            "fraction": far.fraction,
            "eta_seconds": far.seconds_left,
        },
        "cost": {
            "read_units": far.read_units,
            "write_units": far.write_units,
            "money": far.money,
        },
        "created": _moment(job.created),
        "confirmed": _moment(job.confirmed),
        "started": _moment(job.started),
        "looked_at": _moment(looked_at(job)),
        "ended": None if job.state == "ready" else _moment(job.ended),
        "expires": _moment(_expires(job)),
        "failure": job.failure or None,
        "warnings": _warnings(job),
        "links": _links(request, job, caller),
    }


def job_headers(job: Job) -> dict[str, str]:
    """The tag of a job's document, and when to look again while it is under way."""
    headers = {"ETag": job_tag(job)}
    if job.state in ACTIVE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers


def job_tag(job: Job) -> str:
    """A strong tag of everything that the document tells."""
    waiting = waits_for(job)
    return f'{job.etag[:-1]}-{waiting}"' if waiting else job.etag


def _expires(job: Job) -> datetime:
    """When a check can be confirmed no more; of any other job when it is removed."""
    checked = job.ended if job.state == "ready" else None
    return min(job.expires, checked + READY_LIFE) if checked else job.expires


def _kept(job: Job) -> int | None:
    """How many rows of an import are done but for a cell: counted once all are, or checked."""
    is_counted = job.phase == "check" or job.state == "finished"
    return job.estimate.get("kept") if is_counted else None


def _order(job: Job) -> dict[str, Any]:
    """What was ordered, without where its file is kept; a filter is kept as text.

    `count` of an import is that of its rows, null while it is only guessed.
    """
    told = {name: value for name, value in job.spec.items() if name != "upload"}
    if job.kind == "import":
        told["count"] = counted(job)
    return {**told, "filter": parse(told["filter"])} if "filter" in told else told


def _warnings(job: Job) -> list[dict[str, str]]:
    words = warning_of(job)
    return [{"code": "one_page", "detail": str(words)}] if words else []


def _links(request: Request, job: Job, caller: Caller) -> dict[str, str]:
    """Only what there is: a confirmation for what waits for one, where to order the undo of it."""
    url = link(request, "v1-job", id=job.pk)
    report = f"{url}/report"
    links = {
        "self": url,
        "table": link(request, "v1-table", alias=job.alias),
        "report": report,
        "successful": f"{report}?outcome=done",
        "failed": f"{report}?outcome=refused,changed",
        "unsure": f"{report}?outcome=unsure",
    }
    if job.kind == "export" and job.state == "finished":
        links["output"] = f"{url}/output"
    if not may_control(caller, job):
        return links
    if job.state == "ready":
        links["confirm"] = f"{url}/confirm"
    if (alias := undo_alias(job, caller)) is not None:
        links["undo"] = link(request, "v1-table-jobs", alias=alias)
    return links


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
