"""What a job may become, and through what: one table, which everybody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tables.core.errors import JobConflict, Sentence

State = Literal[
    "checking",
    "ready",
    "queued",
    "running",
    "paused",
    "finished",
    "cancelled",
    "failed",
    "expired",
]
Phase = Literal["check", "write"]
# What a person wants of a job; the worker confirms it between two chunks.
Wanted = Literal["run", "pause", "cancel"]
Event = Literal["claim", "finish", "confirm", "pause", "go on", "cancel", "fail", "expire"]

ENDED: frozenset[State] = frozenset({"finished", "cancelled", "expired"})
# A worker may take a part of a job in one of these.
ACTIVE: frozenset[State] = frozenset({"checking", "queued", "running"})

_ANY_TIME: Mapping[Event, State] = {"cancel": "cancelled", "fail": "failed"}
_AT_WORK: Mapping[Event, State] = {**_ANY_TIME, "pause": "paused"}
TRANSITIONS: Mapping[str, Mapping[Event, State]] = {
    "checking": {**_AT_WORK, "claim": "checking", "finish": "ready"},
    "ready": {**_ANY_TIME, "confirm": "queued", "expire": "expired"},
    "queued": {**_AT_WORK, "claim": "running"},
    "running": {**_AT_WORK, "claim": "running", "finish": "finished"},
    "paused": {"cancel": "cancelled", "pause": "paused", "go on": "queued"},
    # What stopped it may be mended, and a person sends it on.
    "failed": {"cancel": "cancelled", "go on": "queued"},
    "finished": {},
    "cancelled": {"cancel": "cancelled"},
    "expired": {},
}


def can(state: str, event: Event) -> bool:
    """Whether this may happen to a job of that state."""
    return event in TRANSITIONS[state]


def after(state: str, event: Event, phase: str) -> State:
    """The state of a job after an event. Raises JobConflict for what can't happen to it.

    A job that is sent on goes back to what it was at: its check, or the queue.
    """
    if not can(state, event):
        raise JobConflict("The job is {state}: that can't be done now.", state=Sentence(state))
    follows = TRANSITIONS[state][event]
    return "checking" if follows == "queued" and event == "go on" and phase == "check" else follows
