"""Jobs as OpenAPI describes them: orders, what is told of a job, and its operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from tables.api.v1.media_types import FILE_TYPES, MERGE_PATCH, MULTIPART, PLAIN, TYPED
from tables.api.v1.openapi.objects import Part, object_of, ref
from tables.api.v1.openapi.parts import PARAMETERS, headers, problems
from tables.api.v1.openapi.subject import Subject
from tables.api.v1.openapi.texts import PATH, STRING, TOKEN, word
from tables.api.v1.requests.job_orders import MAX_REASON, MOST_PACE, STATES
from tables.api.v1.requests.uploads import LISTED
from tables.core.import_rules import DUPLICATES, MODES
from tables.core.job_states import Phase, State, Wanted
from tables.core.values import TYPES
from tables.jobs.finding import Waiting
from tables.jobs.kinds import KINDS
from tables.jobs.kinds.exports import FORMATS
from tables.records.jobs.models import COUNTERS
from tables.records.jobs.reports import OUTCOMES

_WHEN: Part = {"type": "string", "format": "date-time"}
_MAYBE_WHEN: Part = {"type": ["string", "null"], "format": "date-time"}
_MAYBE_TEXT: Part = {"type": ["string", "null"]}
_COUNT: Part = {"type": "integer", "minimum": 0}
_UNITS: Part = {"type": "number", "minimum": 0}
_MONEY: Part = {"type": ["number", "null"], "description": "By PRICE_READ and PRICE_WRITE."}
_URI: Part = {"type": "string", "format": "uri"}
_PACE: Part = {"type": ["number", "null"], "minimum": 1, "maximum": MOST_PACE}
_LINKS = ("self", "table", "report", "successful", "failed", "unsure")
_MORE_LINKS = ("confirm", "undo", "output")
_JOB = object_of(
    {
        "id": {"type": "string", "format": "uuid"},
        "kind": STRING,
        "phase": word(*get_args(Phase)),
        "state": word(*get_args(State)),
        "wanted": word(*get_args(Wanted)),
        "is_waiting_for_a_worker": {"type": "boolean"},
        "waits_for": {"type": ["string", "null"], "enum": [*get_args(Waiting), None]},
        "table": STRING,
        "owner": object_of({"sub": STRING, "name": STRING}),
        "reason": STRING,
        "order": {"type": "object", "additionalProperties": True},
        "pace": _PACE,
        "progress": object_of(
            {
                **dict.fromkeys(COUNTERS, _COUNT),
                "kept": {
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "description": "Rows of an import that are `done` but for a cell.",
                },
                "total_estimate": {"type": ["integer", "null"], "minimum": 0},
                "fraction": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                "eta_seconds": {"type": ["integer", "null"], "minimum": 0},
            }
        ),
        "cost": object_of({"read_units": _UNITS, "write_units": _UNITS, "money": _MONEY}),
        "created": _WHEN,
        "confirmed": _MAYBE_WHEN,
        "started": _MAYBE_WHEN,
        "looked_at": {**_MAYBE_WHEN, "description": "What came to match since is not written."},
        "ended": _MAYBE_WHEN,
        "expires": _WHEN,
        "failure": _MAYBE_TEXT,
        "warnings": {"type": "array", "items": object_of({"code": STRING, "detail": STRING})},
        "links": {
            "type": "object",
            "properties": dict.fromkeys((*_LINKS, *_MORE_LINKS), _URI),
            "required": list(_LINKS),
            "additionalProperties": False,
        },
    }
)
_COMMON: Part = {
    "dry_run": {"type": "boolean", "description": "Look first; a confirmation lets it write."},
    "reason": {"type": "string", "maxLength": MAX_REASON},
    "pace": {**_PACE, "description": "The most write units a second."},
}
_WHICH: Part = {
    "filter": ref("schemas", "Scan"),
    "query": {"type": "string", "description": "A query string of the list of items."},
    "keys": {"type": "array", "items": TOKEN, "minItems": 1, "uniqueItems": True},
}
_VALUE: Part = {"description": "Plain JSON, or typed where the body is typed JSON."}


def _one_change(action: str, **members: Part) -> Part:
    return object_of({"action": word(action), "path": PATH, **members})


_CHANGES: Part = {
    "type": "array",
    "minItems": 1,
    "items": {
        "oneOf": [
            *(_one_change(name, value=_VALUE) for name in ("set", "add", "delete", "append")),
            _one_change("remove"),
            _one_change("rename", to=PATH),
            _one_change("retype", type=word(*TYPES)),
        ]
    },
}
_ALIAS: Part = PARAMETERS["alias"]["schema"]
# Kind -> the members that it needs, and those that it may have.
_MEMBERS: dict[str, tuple[Part, Part]] = {
    "change": ({"changes": _CHANGES}, _WHICH),
    "delete": ({}, _WHICH),
    "export": ({}, {**_WHICH, "format": word(*FORMATS)}),
    "undo": ({"job": {"type": "string", "format": "uuid"}}, {}),
    "copy": ({"to": _ALIAS}, {**_WHICH, "mode": word("create", "replace")}),
}


def _order(kind: str) -> Part:
    needed, may = _MEMBERS[kind]
    return {
        **object_of({"kind": word(kind), **needed, **may, **_COMMON}),
        "required": ["kind", *needed],
        **({"oneOf": [{"required": [way]} for way in _WHICH]} if "keys" in may else {}),
    }


JOB_SCHEMAS: dict[str, Part] = {
    "Job": _JOB,
    "Jobs": object_of(
        {
            "jobs": {"type": "array", "items": ref("schemas", "Job")},
            "next": {"type": ["string", "null"], "format": "uri"},
        }
    ),
    "JobOrder": {
        "oneOf": [_order(kind) for kind in KINDS if kind in _MEMBERS],
        "example": {"kind": "change", "filter": {"status": "paid"}, "dry_run": True},
    },
    "JobWish": {
        "type": "object",
        "properties": {"state": word(*STATES), "pace": _PACE},
        "minProperties": 1,
        "additionalProperties": False,
        "example": {"state": "paused"},
    },
}
_TOLD = ("ETag", "Retry-After")
# What an answer has besides that comes later because the client prefers that.
LATER = ("Location", "Preference-Applied")


def told_job(description: str, *names: str) -> Part:
    """An answer that is a job."""
    content = {PLAIN: {"schema": ref("schemas", "Job")}}
    return {"description": description, "headers": headers(*_TOLD, *names), "content": content}


_TEXTS: Part = {"type": "array", "items": STRING}
_UPLOAD_FORM: Part = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "mode": word(*MODES),
        "duplicates": word(*DUPLICATES),
        **dict.fromkeys(("encoding", "delimiter", "format", "reason"), STRING),
        **dict.fromkeys(LISTED, _TEXTS),
    },
    "required": ["file"],
}
# A file is an import: what its query string may say is what the form may.
_FILES: Part = {
    MULTIPART: {"schema": _UPLOAD_FORM},
    **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILE_TYPES},
}
_PAGED = ("job_state", "job_kind", "limit", "job_cursor")


def _page() -> Part:
    content = {PLAIN: {"schema": ref("schemas", "Jobs")}}
    answer = {"description": "A page.", "headers": headers("Link"), "content": content}
    return {"200": answer, **problems()}


def table_jobs(subject: Subject) -> Part:
    return subject.operation(
        "jobs",
        "The jobs of a table, newest first",
        parameters=subject.parameters(*_PAGED),
        responses=_page(),
    )


def order_job(subject: Subject) -> Part:
    order = {"schema": ref("schemas", "JobOrder")}
    return subject.operation(
        "order",
        "Order a job: work that outlives its request",
        parameters=subject.parameters("idempotency_key"),
        requestBody={"required": True, "content": {PLAIN: order, TYPED: order, **_FILES}},
        responses={
            "202": told_job("Accepted; Location is the job.", "Location", "Idempotency-Replayed"),
            **problems(403, 409, 413, 415, 422, 507),
        },
    )


def _of_job(name: str, summary: str, *names: str, **members: Any) -> Part:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["Jobs"],
        "parameters": [ref("parameters", each) for each in ("job", *names)],
        **members,
    }


def jobs(_subject: Subject) -> Part:
    return {
        "operationId": "allJobs",
        "summary": "The jobs that you may see, newest first",
        "tags": ["Jobs"],
        "parameters": [ref("parameters", name) for name in _PAGED],
        "responses": _page(),
    }


def job(_subject: Subject) -> Part:
    unchanged = {"description": "The client has it.", "headers": headers(*_TOLD)}
    return _of_job(
        "job",
        "A job: how far it is, what it took",
        "if_none_match",
        responses={"200": told_job("The job."), "304": unchanged, **problems()},
    )


def change_job(_subject: Subject) -> Part:
    wish = {"schema": ref("schemas", "JobWish")}
    return _of_job(
        "changeJob",
        "Pause a job, let it go on, set its pace",
        "if_match",
        requestBody={"required": True, "content": {PLAIN: wish, MERGE_PATCH: wish}},
        responses={"200": told_job("The job."), **problems(403, 409, 412, 413, 415, 422)},
    )


def cancel_job(_subject: Subject) -> Part:
    return _of_job(
        "cancelJob",
        "Cancel a job; what it wrote and its report stay",
        "if_match",
        responses={
            "200": told_job("It has ended."),
            "202": told_job("It stops within a chunk."),
            **problems(403, 409, 412),
        },
    )


def confirm_job(_subject: Subject) -> Part:
    return _of_job(
        "confirmJob",
        "Let a checked job write",
        "if_match",
        responses={"202": told_job("It is queued."), **problems(403, 409, 412, 428)},
    )


def report(_subject: Subject) -> Part:
    text = {"schema": STRING}
    return _of_job(
        "jobReport",
        "What became of each item",
        "outcome",
        "job_phase",
        "report_format",
        responses={
            "200": {
                "description": "The rows.",
                "headers": headers("Content-Disposition"),
                "content": {"application/jsonl": text, "text/csv": text},
            },
            **problems(403),
        },
    )


def job_output(_subject: Subject) -> Part:
    file = {"schema": {"type": "string", "format": "binary"}}
    kinds = sorted({"application/gzip", *(row.media_type for row in FORMATS.values())})
    return _of_job(
        "jobOutput",
        "The file that an export has made",
        "unpacked",
        responses={
            "200": {
                "description": "The file, packed by gzip unless asked otherwise.",
                "headers": headers("Content-Disposition"),
                "content": dict.fromkeys(kinds, file),
            },
            **problems(403, 409),
        },
    )


_ID = "/api/v1/jobs/{id}"
JOB_PATHS: dict[str, dict[str, Callable[[Subject], Part]]] = {
    "/api/v1/tables/{alias}/jobs": {"get": table_jobs, "post": order_job},
    "/api/v1/jobs": {"get": jobs},
    _ID: {"get": job, "patch": change_job, "delete": cancel_job},
    f"{_ID}/confirm": {"post": confirm_job},
    f"{_ID}/report": {"get": report},
    f"{_ID}/output": {"get": job_output},
}
JOB_PARAMETERS: dict[str, Part] = {
    "job": {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "A job's id.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "job_state": {
        "name": "state",
        "in": "query",
        "allowEmptyValue": True,
        "description": "Only jobs in this state.",
        "schema": word(*get_args(State)),
    },
    "job_kind": {
        "name": "kind",
        "in": "query",
        "allowEmptyValue": True,
        "description": "Only jobs of this kind.",
        "schema": word(*KINDS),
    },
    "job_cursor": {
        "name": "cursor",
        "in": "query",
        "allowEmptyValue": True,
        "description": "Where to go on: from `next`.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "job_phase": {
        "name": "phase",
        "in": "query",
        "allowEmptyValue": True,
        "description": "The report of the check, or of the writes; of the present one unless told.",
        "schema": word(*get_args(Phase)),
    },
    "outcome": {
        "name": "outcome",
        "in": "query",
        "allowEmptyValue": True,
        "explode": False,
        "description": "Only rows of these outcomes.",
        "schema": {"type": "array", "items": word(*OUTCOMES), "uniqueItems": True},
    },
    "respond_async": {
        "name": "Prefer",
        "in": "header",
        "description": "`respond-async`: answer later, as a job; with `wait`, only what is long.",
        "schema": STRING,
        "example": "respond-async, wait=5",
    },
    "batch_prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "`return=minimal` leaves the items out. `respond-async`: answer later, as "
        "a job; with `wait`, only what is not done within so many seconds.",
        "schema": STRING,
        "example": "respond-async, wait=5",
    },
    "unpacked": {
        "name": "unpacked",
        "in": "query",
        "allowEmptyValue": True,
        "description": "The file as it unpacks.",
        "schema": {"type": "boolean"},
    },
    "report_format": {
        "name": "format",
        "in": "query",
        "allowEmptyValue": True,
        "description": "Beats Accept.",
        "schema": word("jsonl", "csv"),
    },
}
JOB_HEADERS: dict[str, Part] = {
    "Content-Disposition": {"description": "A name for the file.", "schema": STRING},
}
