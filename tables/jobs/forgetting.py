"""Forgetting on purpose: an item's key in what jobs keep of it, a person's name on jobs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tables.core.descriptions import TableDescription
from tables.core.history import ERASED
from tables.core.job_intents import Intents, unpack
from tables.core.job_states import ENDED
from tables.core.keys import decode_token
from tables.core.values import Item
from tables.jobs.files import remove_files, remove_read_files
from tables.jobs.states import locked
from tables.models import Job, JobPart, JobUpload, ReportPage
from tables.records.jobs.reports import Result, rows_of

_WITH_FILES = ("import", "export", "batch")


@dataclass(slots=True)
class Forgotten:
    """What became of an item in jobs, and what is left to whoever asked for it.

    `rows` and orders that no longer name it. Ids of jobs: `files` whose files may hold it, `busy`
    which have it in hand at the moment or stand at it: once they have ended it can be forgotten
    there. `uploads` were sent and belong to no job; they go within two days.
    """

    rows: int = 0
    files: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    uploads: int = 0


def forget_item_in_jobs(description: TableDescription, token: str) -> Forgotten:
    """Take an item of a table out of every report, order and unfinished chunk, and remove what
    jobs that have ended had read of it. Raises TablesError.
    """
    told = Forgotten()
    key = decode_token(token, description)
    jobs = Job.objects.filter(Q(table=description.name) | ~Q(spec__to=None))
    pages = ReportPage.objects.filter(part__job__in=jobs)
    told.rows = sum(_forget_in(page, token) for page in pages.iterator())
    for job in jobs.iterator():
        rows, is_busy = _forget_on_the_way(job, token, key)
        if job.table == description.name and token in job.spec.get("keys", ()):
            is_taken = _forget_in_order(job, token)
            rows, is_busy = rows + is_taken, is_busy or not is_taken
        told.rows += rows
        told.busy += [str(job.pk)] if is_busy else []
    told.files = [*_with_files(jobs.filter(table=description.name, kind__in=_WITH_FILES))]
    named = Job.objects.filter(spec__has_key="upload").values_list("spec__upload", flat=True)
    told.uploads = JobUpload.objects.exclude(name__in=[*named]).count()
    return told


def forget_person_in_jobs(sub: str) -> int:
    """Erase a person's name from their jobs; how many there are. Their `sub` stays."""
    return Job.objects.filter(owner_sub=sub).exclude(owner_name=ERASED).update(owner_name=ERASED)


def _with_files(jobs: QuerySet[Job]) -> Iterator[str]:
    """Ids of jobs that still have files, once those that nobody needs any more were removed."""
    for job in jobs.iterator():
        if job.state not in ENDED or (job.kind == "export" and job.state == "finished"):
            yield str(job.pk)
        elif job.kind == "export":
            remove_files(job)
        else:
            remove_read_files(job)


def _forget_in_order(job: Job, token: str) -> bool:
    """Take a key out of an order; not while a worker is among the keys, which it knows by place."""
    with transaction.atomic():
        held = locked(job)
        begun = held.parts.filter(finished=False).values_list("cursor", "owner")
        if not held.is_ended and any(isinstance(at, int) and (at or by) for at, by in begun):
            return False
        held.spec["keys"] = [key for key in held.spec["keys"] if key != token]
        held.save(update_fields=["spec"])
    return True


def _forget_on_the_way(job: Job, token: str, key: Item) -> tuple[int, bool]:
    """How many rows of chunks under way named it, and whether some still do."""
    count, is_busy = 0, False
    with transaction.atomic():
        held = locked(job)
        if held.is_ended:
            # Nobody goes on from there.
            held.parts.exclude(cursor=None).update(cursor=None)
        for part in held.parts.filter(finished=False):
            forgotten = _forget_in_chunk(part, token)
            count += forgotten or 0
            is_busy |= forgotten is None or _stands_at(part.cursor, key)
    return count, is_busy


def _forget_in_chunk(part: JobPart, token: str) -> int | None:
    """How many rows of a begun chunk named it; None where a worker has it in hand.

    What became of it nobody can tell then: its row says so without its key.
    """
    if part.intents is None:
        return 0
    intents = unpack(bytes(part.intents))
    rows = [Result(*row) for row in intents.rows]
    kept = [each for each in intents.writes if token not in (each.token, each.origin)]
    count = len(intents.writes) - len(kept) + sum(_names(row, token) for row in rows)
    if not count:
        return 0
    if part.owner and part.until is not None and part.until > timezone.now():
        return None
    rows = [_nameless(row) if _names(row, token) else row for row in rows]
    rows += [Result("", "unsure")] * (len(intents.writes) - len(kept))
    _keep(part, replace(intents, writes=kept, rows=[row.kept for row in rows]))
    return count


def _keep(part: JobPart, intents: Intents) -> None:
    part.intents = intents.pack()
    part.save(update_fields=["intents"])


def _stands_at(cursor: Any, key: Item) -> bool:
    """Whether a place in a table is the key of this item: who goes on from there needs it."""
    if isinstance(cursor, list):
        return any(_stands_at(each, key) for each in cursor)
    return isinstance(cursor, dict) and all(cursor.get(name) == key[name] for name in key)


def _forget_in(page: ReportPage, token: str) -> int:
    rows = rows_of(page)
    count = sum(_names(row, token) for row in rows)
    if count:
        kept = [_nameless(row) if _names(row, token) else row for row in rows]
        page.rows = zlib.compress(orjson.dumps([row.kept for row in kept]), 6)
        page.save(update_fields=["rows"])
    return count


def _names(row: Result, token: str) -> bool:
    return token in (row.key, row.origin) or row.detail.startswith(f"{token}: ")


def _nameless(row: Result) -> Result:
    state = None if row.state is None else ""
    return row._replace(key="", detail="", state=state, origin="")
