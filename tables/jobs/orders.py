"""What doors ask of jobs: start one, confirm it, pause it, send it on, cancel it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tables.access.callers import Caller
from tables.configuration import registry
from tables.core.errors import (
    IdempotencyConflict,
    JobConflict,
    PreconditionFailed,
)
from tables.core.job_states import ACTIVE, Event, Wanted, after
from tables.core.strict_json import parse
from tables.core.values import member_error
from tables.items.groups import new_group
from tables.items.target import Target, find_target
from tables.jobs.finding import running_of
from tables.jobs.kind import JobKind, Spec
from tables.jobs.kinds import KINDS
from tables.jobs.nudges import nudge
from tables.jobs.owners import require_rights
from tables.jobs.parts import give_up
from tables.jobs.states import hold, locked, settle
from tables.records.jobs import versions
from tables.records.jobs.models import Job
from tables.records.jobs.versions import require_known

log = structlog.get_logger(__name__)

# Jobs of one person that may be under way at a time.
MOST_AT_ONCE = 5
# Jobs of one person that may be ready or paused at a time: each keeps what it has found.
MOST_WAITING = 50
_TOKEN_LIFE = timedelta(hours=24)
_KEY_LIFE = timedelta(hours=24)
# A preview older than that shows what is no more.
READY_LIFE = timedelta(hours=24)
# Members of an order that what is kept of it has, too.
_ORDERED = ("keys", "query", "filter", "changes", "to", "mode")
_EVENTS: Mapping[Wanted, Event] = {"run": "go on", "pause": "pause", "cancel": "cancel"}


@dataclass(frozen=True, slots=True)
class Keyed:
    """An Idempotency-Key: `scope` digests caller, method, path and key, `request` the body."""

    scope: str
    request: str


@dataclass(frozen=True, slots=True)
class How:
    """How an order is given.

    `dry_run` asks for a check first, which somebody must confirm. `by_token`: the caller's groups
    are a token's, which nobody can ask anew. `pace` is in write units a second.
    """

    dry_run: bool = False
    by_token: bool = False
    reason: str = ""
    pace: float | None = None
    keyed: Keyed | None = None


PLAINLY = How()


def start(
    caller: Caller, kind: str, alias: str, given: Mapping[str, Any], how: How = PLAINLY
) -> tuple[Job, bool]:
    """Make a job and put it to work; the job, and whether it is a new one.

    The same Idempotency-Key with the same body gives the same job for a day. Raises InvalidRequest,
    TableNotFound, Forbidden, IdempotencyConflict, and JobConflict for one job too many.
    """
    if how.keyed is not None and (known := _known(how.keyed)) is not None:
        require_known(known)
        require_rights(KINDS[known.kind].rights(known.spec, known.alias), caller)
        return known, False
    row = _kind_of(kind)
    target = find_target(registry().get(alias), caller, "view")
    spec = row.read_spec(given, target)
    require_rights(row.rights(spec, alias), caller)
    if how.dry_run and row.check is None:
        raise member_error("/dry_run", "A job of this kind has no dry run.")
    job = _new_job(row, target, spec, how)
    _belong_to(job, caller, by_token=how.by_token)
    try:
        with transaction.atomic():
            _require_few_jobs(caller)
            _require_few_waiting(caller)
            job.save(force_insert=True)
    except IntegrityError:
        if how.keyed is None:
            raise
        return start(caller, kind, alias, given, how)  # the same key was faster
    log.info("job_started", job=str(job.id), kind=kind, alias=alias, phase=job.phase)
    nudge(job)
    return job, True


def _new_job(row: JobKind, target: Target, spec: Spec, how: How) -> Job:
    """The job of an order, not yet saved, and nobody's."""
    is_check = row.check is not None and (how.dry_run or row.is_checked_first)
    now = timezone.now()
    return Job(
        id=uuid.UUID(new_group()),
        kind=row.name,
        phase="check" if is_check else "write",
        state="checking" if is_check else "queued",
        alias=target.table.alias,
        table=target.name,
        spec=spec,
        spec_version=versions.NEWEST,
        reason=how.reason,
        pace=how.pace,
        of_id=spec.get("job"),
        confirmed=None if is_check else now,
        expires=now + timedelta(days=settings.JOB_DAYS),
        idempotency=how.keyed.scope if how.keyed else None,
        request_digest=how.keyed.request if how.keyed else "",
    )


def confirm(job: Job, caller: Caller, etag: str, *, by_token: bool = False) -> Job:
    """Let a checked job write, as it was checked: `etag` is the one that the check showed.

    From here on it works with the rights of who confirmed it. Raises PreconditionFailed,
    JobConflict, Forbidden.
    """
    require_known(job)
    require_rights(KINDS[job.kind].rights(job.spec, job.alias), caller)
    with transaction.atomic():
        held = locked(job)
        _require_few_jobs(caller)
        state = after(held.state, "confirm", held.phase)
        if etag != held.etag:
            raise PreconditionFailed("The job is not what it was when it was looked at.")
        if timezone.now() > (held.ended or held.created) + READY_LIFE:
            raise JobConflict("The check is a day old. Start the job again.")
        found = "matched" if KINDS[held.kind].writes_what_was_found else "scanned"
        held.estimate["items"] = int(held.totals[found])
        held.state, held.phase, held.wanted = state, "write", "run"
        held.confirmed, held.ended = timezone.now(), None
        _belong_to(held, caller, by_token=by_token)
        held.save()
    nudge(held)
    # Its counters are those of the writes by now.
    return Job.objects.get(pk=held.pk)


def want(job: Job, caller: Caller, wanted: Wanted, *, by_token: bool = False) -> Job:
    """Ask for a pause, for going on, or for the end. A worker hears of it within one chunk.

    What is wanted already may be asked again. Who goes on with a job must hold its rights: it works
    with them from then on. Raises JobConflict, Forbidden.
    """
    if wanted == "run" or job.state == "failed":
        require_known(job)
    if wanted == "run":
        require_rights(KINDS[job.kind].rights(job.spec, job.alias), caller)
    with transaction.atomic():
        held = locked(job)
        if wanted == "cancel" and held.is_ended:
            return held
        if wanted != "cancel" and held.wanted == "cancel" and not held.is_ended:
            raise JobConflict("The job is being cancelled.")
        if wanted == "run" and held.state in ACTIVE:
            return _kept_running(held)
        if wanted == "run":
            _require_few_jobs(caller)
        state = after(held.state, _EVENTS[wanted], held.phase)
        held.wanted = wanted
        if wanted == "run":
            held.state, held.failure, held.ended = state, "", None
            _belong_to(held, caller, by_token=by_token)
            held.parts.update(attempts=0)
            held.parts.filter(owner="").update(until=None)
        elif wanted == "cancel" and held.state == "failed":
            give_up(held)
        held.save()
        settle(held)
    log.info("job_wanted", job=str(job.id), wanted=wanted)
    if held.state in ACTIVE:
        nudge(held)
    return held


def order_again(job: Job, caller: Caller) -> Job:
    """Order anew what was ordered before, to be looked at first; one that waits for a yes goes.

    Raises what `start` does.
    """
    how = How(dry_run=_kind_of(job.kind).check is not None, reason=job.reason, pace=job.pace)
    new, _is_new = start(caller, job.kind, job.alias, given_of(job), how)
    if job.state == "ready":
        want(job, caller, "cancel")
    return new


def looked_at(job: Job) -> datetime | None:
    """When the check began whose items a job writes: what came to match since is not looked at, and
    not counted. None for a job that was not checked, or is about keys.
    """
    kind = KINDS.get(job.kind)
    if kind is None or not kind.writes_what_was_found or "keys" in job.spec or not job.started:
        return None
    is_checked = job.confirmed is not None and job.started < job.confirmed
    return job.started if job.state == "ready" or is_checked else None


def given_of(job: Job) -> dict[str, Any]:
    """The order of a job as it was once given."""
    given = {name: job.spec[name] for name in _ORDERED if name in job.spec}
    if "filter" in given:
        given["filter"] = parse(given["filter"])
    return given


def _kept_running(held: Job) -> Job:
    """A locked job that goes on as it was: nobody wants a pause of it any more."""
    held.wanted = "run"
    held.save(update_fields=["wanted"])
    return held


def set_pace(job: Job, pace: float | None) -> Job:
    """Let a job write at most so many units a second; None: as fast as it can."""
    with transaction.atomic():
        held = locked(job)
        if held.is_ended:
            raise JobConflict("The job has ended.")
        held.pace, held.paid = pace, None
        held.save(update_fields=["pace", "paid"])
        held.parts.filter(finished=False).update(recent=[])  # measured at the pace before
    return held


def _kind_of(name: str) -> JobKind:
    if name not in KINDS:
        raise member_error("/kind", "No job is of the kind {name}.", name=repr(name))
    return KINDS[name]


def _known(keyed: Keyed) -> Job | None:
    """The job that this key made within a day. Raises IdempotencyConflict for another body."""
    young = timezone.now() - _KEY_LIFE
    Job.objects.filter(idempotency=keyed.scope, created__lt=young).update(idempotency=None)
    job = Job.objects.filter(idempotency=keyed.scope).first()
    if job is not None and job.request_digest != keyed.request:
        raise IdempotencyConflict("This Idempotency-Key belongs to another request.", mismatch=True)
    return job


def _require_few_jobs(caller: Caller) -> None:
    """Raise JobConflict where one more under way is one too many.

    Whoever is counted is held until the transaction ends: of two requests at once, the second
    counts the job of the first. Where a job is locked too, that comes first.
    """
    hold(caller.sub)
    under_way = running_of(caller)
    if under_way >= MOST_AT_ONCE:
        raise JobConflict(
            "You have {count} jobs under way; {most} are allowed at a time.",
            count=under_way,
            most=MOST_AT_ONCE,
        )


def _require_few_waiting(caller: Caller) -> None:
    waiting = Job.objects.filter(owner_sub=caller.sub, state__in=("ready", "paused")).count()
    if waiting >= MOST_WAITING:
        raise JobConflict(
            "{count} of your jobs wait for you; {most} may at a time. Confirm or cancel some.",
            count=waiting,
            most=MOST_WAITING,
        )


def _belong_to(job: Job, caller: Caller, *, by_token: bool) -> None:
    job.owner_sub, job.owner_name = caller.sub, caller.identity
    job.groups = sorted(caller.groups) if by_token else []
    job.groups_until = timezone.now() + _TOKEN_LIFE if by_token else None
