"""The parts that operations of the OpenAPI document share: parameters, headers, answers."""

from __future__ import annotations

from typing import get_args

from tables.api.v1.media_types import PROBLEM
from tables.api.v1.openapi.objects import Part, ref
from tables.api.v1.openapi.texts import IDEMPOTENCY_KEY, LISTED_PATH, STRING, TAGS, TOKEN
from tables.api.v1.resources.errors_page import ErrorEntry, error_entries
from tables.api.v1.responses.problems import ProblemDetails
from tables.core.filters import OPERATORS
from tables.core.history import Action
from tables.core.queries import MAX_LIMIT, TYPE_SUFFIXES

_ETAG = '"0f9f2c4be1d34f7a9c1e5f0a7b8c9d0e.p"'
_FILTERS = ", ".join(f"`{operator.suffix}`" for operator in OPERATORS)
_TYPES = ", ".join(f"`{suffix}`" for suffix in TYPE_SUFFIXES)

FILTER_HELP = (
    "Any other parameter filters: `training.status=completed`, `total__gte=100`, "
    f"`note__exists=true`. The last suffix is the operator ({_FILTERS}); a type ({_TYPES}) may "
    "follow it where the declared type is not meant. A value without a declared type is compared "
    "as any that it may be. `plan` in the answer says what was read, and such types."
)


def _query(name: str, description: str, schema: Part) -> Part:
    """A parameter of the URL; an empty one counts as absent."""
    parameter = {"name": name, "in": "query", "description": description, "schema": schema}
    return {**parameter, "allowEmptyValue": True}


def _header(name: str, description: str, schema: Part, example: str = "") -> Part:
    header = {"name": name, "in": "header", "description": description, "schema": schema}
    return {**header, "example": example} if example else header


PARAMETERS: dict[str, Part] = {
    "alias": {
        "name": "alias",
        "in": "path",
        "required": True,
        "description": "A table's alias.",
        "schema": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},
    },
    "key": {
        "name": "token",
        "in": "path",
        "required": True,
        "description": (
            "The item's key: each part as it stands if it is made of letters, digits, `_` and "
            "`-`, else `~` and unpadded base64url of its UTF-8 text; a sort key follows a `,`."
        ),
        "schema": TOKEN,
    },
    "fields": {
        **_query(
            "fields",
            "Document paths to show, as `name,address.city,tags[0]`; at least one.",
            {"type": "array", "items": LISTED_PATH, "uniqueItems": True, "minItems": 1},
        ),
        "explode": False,
        "allowEmptyValue": False,
    },
    "format": _query(
        "format",
        "Beats Accept: plain JSON or typed JSON.",
        {"type": "string", "enum": ["json", "dynamodb"]},
    ),
    "limit": _query(
        "limit",
        "The most items of a page; the table's page size unless given.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
    ),
    "cursor": _query("cursor", "Where to go on: from `next`, never made up.", {"type": "string"}),
    "version": {
        "name": "n",
        "in": "path",
        "required": True,
        "description": "The number of a version, from 1.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 9_999_999_999},
    },
    "person": _query("person", "The `sub` of who changed.", STRING),
    "action": _query("action", "What was done.", {"type": "string", "enum": [*get_args(Action)]}),
    "since": _query("since", "Not before this time.", {"type": "string", "format": "date-time"}),
    "until": _query("until", "Not after this time.", {"type": "string", "format": "date-time"}),
    "q": _query("q", "A text that the key holds.", STRING),
    "expand": {
        **_query(
            "expand",
            "Names of links whose items are to stand beside the page, each once, under `linked`.",
            {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
        ),
        "explode": False,
    },
    "index": _query("index", "Forces a secondary index.", {"type": "string"}),
    "order": _query(
        "order",
        "The order of a Query, by its sort key.",
        {"type": "string", "enum": ["asc", "desc"]},
    ),
    "plan": _query(
        "plan", "`scan` refuses cleverness.", {"type": "string", "enum": ["auto", "scan"]}
    ),
    "if_match": _header(
        "If-Match", "The tag of the state that the request is made for, or `*`.", TAGS, _ETAG
    ),
    "if_none_match": _header(
        "If-None-Match", "`*` on a PUT: create only. On a GET: 304 for this tag.", TAGS, _ETAG
    ),
    "prefer": _header(
        "Prefer",
        "`return=minimal` for an answer without the item.",
        STRING,
        "return=representation",
    ),
    "idempotency_key": _header(
        "Idempotency-Key",
        "Makes retries safe: within 24 hours the same request gets the same answer. A new key for "
        "each new request; it may stand in quotes.",
        IDEMPOTENCY_KEY,
    ),
    "use_snapshot": _header(
        "Use-Snapshot", "`true` is for reading only: 405 on a write.", STRING, "false"
    ),
}

HEADERS: dict[str, Part] = {
    "ETag": {"description": "The strong tag of the item as shown.", "schema": STRING},
    "Location": {"description": "The item's URL.", "schema": {"type": "string", "format": "uri"}},
    "Link": {
        "description": "The next page, linked items, or versions of the item (RFC 5829).",
        "schema": STRING,
    },
    "X-Request-ID": {"description": "What to quote when asking for help.", "schema": STRING},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "RateLimit": {"description": "What is left of the rate.", "schema": STRING},
    "RateLimit-Policy": {"description": "The rate.", "schema": STRING},
    "Preference-Applied": {"description": "The preference that was heard.", "schema": STRING},
    "Idempotency-Replayed": {
        "description": "`true` where this answer was given before.",
        "schema": STRING,
    },
    "Allow": {"description": "The methods that the caller may use.", "schema": STRING},
    "WWW-Authenticate": {"description": "`Bearer`.", "schema": STRING},
    "Accept-Post": {"description": "Media types of a POST.", "schema": STRING},
    "Accept-Patch": {"description": "Media types of a PATCH.", "schema": STRING},
    "Accept-Encoding": {"description": "Encodings of a body, after another one.", "schema": STRING},
    "Cache-Control": {"description": "`private, no-cache`.", "schema": STRING},
    "Vary": {"description": "What the answer depends on.", "schema": STRING},
}

# Status -> what it means, the headers it may have besides those of any answer, one of its codes.
_PROBLEMS: dict[int, tuple[str, tuple[str, ...], str]] = {
    400: ("The request can't be read.", (), "invalid_request"),
    401: (
        "Nobody is signed in, or the token is not valid.",
        ("WWW-Authenticate",),
        "unauthorized",
    ),
    403: ("The caller may not do this.", (), "forbidden"),
    404: ("No such table that the caller may view, or no such item.", (), "item_not_found"),
    405: ("The resource does not do this.", ("Allow",), "method_not_allowed"),
    406: ("There is no such representation.", (), "not_acceptable"),
    409: (
        "What is stored, or what is running, contradicts the request.",
        ("Retry-After",),
        "item_exists",
    ),
    412: ("The item is in another state; ETag names it.", ("ETag",), "precondition_failed"),
    413: ("The body or the item is too large.", ("Retry-After",), "too_large"),
    415: (
        "The body's media type is not read here.",
        ("Accept-Post", "Accept-Patch", "Accept-Encoding", "Allow"),
        "unsupported_media_type",
    ),
    422: (
        "The body is well-formed but can't be accepted; errors point into it.",
        (),
        "invalid_value",
    ),
    428: ("The table takes no unconditional change.", (), "precondition_required"),
    429: ("Too many requests.", ("Retry-After",), "too_many_requests"),
    500: ("Nobody foresaw this.", (), "internal_error"),
    502: ("AWS refused this service.", (), "upstream_refused"),
    503: ("DynamoDB is throttling, or can't be reached.", ("Retry-After",), "throttled"),
    507: ("There is no room for what was sent.", ("Retry-After",), "storage_full"),
}
# What any request may meet.
ANYWHERE = (400, 401, 404, 406, 429, 500, 502, 503)
# What any answer may have; the rates only where there are any.
_ALWAYS = ("X-Request-ID", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy")
# Refusals that an Idempotency-Key keeps.
_KEPT = frozenset({400, 404, 409, 412, 413, 415, 422, 428})


def headers(*names: str) -> Part:
    """Response headers by reference."""
    return {name: ref("headers", name) for name in (*names, *_ALWAYS)}


def problems(*statuses: int) -> Part:
    """Responses of problems by status, with those that any request may meet."""
    return {
        str(status): ref("responses", f"Problem{status}")
        for status in sorted({*statuses, *ANYWHERE})
    }


def problem_responses() -> dict[str, Part]:
    """The component of each problem response."""
    known = {entry.code: entry for entry in error_entries()}
    schema = ref("schemas", "Problem")
    return {
        f"Problem{status}": {
            "description": text,
            "headers": headers(*names, *(["Idempotency-Replayed"] if status in _KEPT else [])),
            "content": {
                PROBLEM: {"schema": schema, "example": _problem_example(status, known[code])}
            },
        }
        for status, (text, names, code) in _PROBLEMS.items()
    }


def _problem_example(status: int, entry: ErrorEntry) -> Part:
    problem = ProblemDetails(
        status,
        entry.code,
        entry.title,
        entry.meaning,
        ({"pointer": "/total", "detail": entry.meaning},) if status == 422 else (),
    )
    return problem.document("/api/v1/tables/Workers/items/42", "0d9cbb3e5f7f4a0fb7c2b4d7a6a1f0c3")
