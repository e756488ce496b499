"""What is asked of jobs: an order that starts one, and a wish that steers one under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from tables.core.errors import InvalidValue, Problem
from tables.core.job_states import Wanted
from tables.core.values import join_pointer, wire_value

MAX_REASON = 500
MOST_PACE = 1_000_000  # write units a second
# What a client may wish a job's state to be -> what the job is told.
STATES: Mapping[str, Wanted] = {"paused": "pause", "running": "run"}
_WISHES = ("state", "pace")
_COMMON = ("kind", "reason", "dry_run", "pace")
_WHICH = ("filter", "query", "keys")
# What a list's query string says of one page, or of how it is shown.
_OF_PAGES = frozenset({"limit", "cursor", "fields", "order", "format", "index", "plan"})
# Kind -> where else it is ordered.
_ELSEWHERE: Mapping[str, str] = {
    "batch": 'A batch is ordered at …/batch, with "Prefer: respond-async".',
    "import": "An import is ordered by its file: as the body, or as a form's.",
}
# Kind -> what its orders say besides; an import reads its own.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "change": (*_WHICH, "changes"),
    "copy": (*_WHICH, "to", "mode"),
    "delete": _WHICH,
    "export": (*_WHICH, "format"),
    "undo": ("job",),
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order: its kind, what every order may say, and what is the kind's own to read."""

    kind: str
    given: Mapping[str, Any]
    dry_run: bool = False
    reason: str = ""
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job should do: `sets_pace` tells a pace of None from none that was sent."""

    wanted: Wanted | None = None
    sets_pace: bool = False
    pace: float | None = None


def read_order(members: Mapping[str, Any], *, is_typed: bool) -> Order:
    """The order that a body's members are. Raises InvalidValue with a pointer.

    Jobs know typed values alone: plain ones are made such.
    """
    kind = members.get("kind")
    if not isinstance(kind, str):
        raise _wrong("kind", '"kind" is needed: what the job does.')
    if kind in _ELSEWHERE:
        raise _wrong("kind", _ELSEWHERE[kind])
    given = _given(members)
    _require_known(kind, given)
    if isinstance(given.get("filter"), str):  # which is how jobs keep one
        raise _wrong("filter", '"filter" is an object of the scan language; {} means everything.')
    if isinstance(given.get("query"), str):
        given["query"] = _whole_query(given["query"])
    if not is_typed and isinstance(given.get("changes"), list):
        given["changes"] = [_typed(one, place) for place, one in enumerate(given["changes"])]
    return _order(kind, given, members)


def read_upload(members: Mapping[str, Any], upload: str) -> Order:
    """The order to import an upload, with what was said beside it. Raises InvalidValue."""
    given = {**_given(members), "upload": upload}
    return _order("import", given, {**members, "pace": _pace_of(members.get("pace", ""))})


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in _COMMON}


def _require_known(kind: str, given: Mapping[str, Any]) -> None:
    for name, value in given.items() if kind in _MEMBERS else ():
        if name not in _MEMBERS[kind]:
            known = ", ".join((*_COMMON, *_MEMBERS[kind]))
            raise _wrong(name, f"Means nothing here; known are {known}.")
        if value is None:
            raise _wrong(name, "It may be left out; it is never null.")


def _order(kind: str, given: Mapping[str, Any], members: Mapping[str, Any]) -> Order:
    reason, dry_run = members.get("reason", ""), members.get("dry_run", False)
    if not isinstance(reason, str) or len(reason) > MAX_REASON or "\0" in reason:
        raise _wrong("reason", f'"reason" is a text of at most {MAX_REASON} characters.')
    if not isinstance(dry_run, bool):
        raise _wrong("dry_run", '"dry_run" is true or false.')
    return Order(kind, given, dry_run, reason, _pace(members.get("pace")))


def _whole_query(text: str) -> str:
    """A query string that asks for all that matches. Raises InvalidValue for one of a page."""
    query = text.removeprefix("?")
    for name, _value in parse_qsl(query, keep_blank_values=True):
        if name in _OF_PAGES:
            raise _wrong("query", f'"{name}" is for pages: a job takes all that matches, whole.')
    return query


def read_wish(members: Mapping[str, Any]) -> Wish:
    """What a PATCH of a job wishes. Raises InvalidValue with a pointer."""
    for name in members:
        if name not in _WISHES:
            raise _wrong(name, f"Of a job {' and '.join(_WISHES)} can be changed.")
    if not members:
        raise _wrong("", f"Nothing is asked: send {' or '.join(_WISHES)}.")
    state = members.get("state")
    if "state" in members and (not isinstance(state, str) or state not in STATES):
        raise _wrong("state", f'"state" is {" or ".join(STATES)}; DELETE cancels a job.')
    wanted = STATES[state] if isinstance(state, str) else None
    return Wish(wanted, "pace" in members, _pace(members.get("pace")))


def _typed(change: Any, place: int) -> Any:
    if not isinstance(change, dict) or "value" not in change:
        return change
    return {**change, "value": wire_value(change["value"], pointer=f"/changes/{place}/value")}


def _pace(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, Decimal) or not 1 <= value <= MOST_PACE:
        raise _wrong("pace", f'"pace" is from 1 to {MOST_PACE} write units a second, or null.')
    return float(value)


def _pace_of(text: str) -> Decimal | str | None:
    """A pace that a form or a URL says, as a body would say it."""
    if not text:
        return None
    return Decimal(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _wrong(name: str, detail: str) -> InvalidValue:
    return InvalidValue(detail, problems=[Problem(join_pointer("", name) if name else "", detail)])
