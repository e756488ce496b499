"""Forgetting on purpose: an item's key in reports and orders, a person's name on jobs."""

from __future__ import annotations

import zlib

import orjson
from django.db.models import Q

from tables.core.history import ERASED
from tables.models import Job, ReportPage
from tables.records.jobs.reports import Result, rows_of


def forget_item_in_jobs(table: str, token: str) -> tuple[int, list[str]]:
    """Take an item of a real table out of every report and order.

    How many rows and orders were changed, and the ids of jobs whose files may hold the item: what
    was uploaded, staged and exported goes with its job.
    """
    about = Q(part__job__table=table) | ~Q(part__job__spec__to=None)
    count = sum(_forget_in(page, token) for page in ReportPage.objects.filter(about).iterator())
    jobs = Job.objects.filter(table=table)
    for job in jobs:
        keys = job.spec.get("keys", [])
        if token in keys:
            job.spec["keys"] = [key for key in keys if key != token]
            job.save(update_fields=["spec"])
            count += 1
    with_files = jobs.filter(kind__in=("import", "export", "batch")).values_list("pk", flat=True)
    return count, [str(pk) for pk in with_files]


def forget_person_in_jobs(sub: str) -> int:
    """Erase a person's name from their jobs; how many there are. Their `sub` stays."""
    return Job.objects.filter(owner_sub=sub).exclude(owner_name=ERASED).update(owner_name=ERASED)


def _forget_in(page: ReportPage, token: str) -> int:
    def names(row: Result) -> bool:
        return token in (row.key, row.origin)

    rows = rows_of(page)
    if not any(map(names, rows)):
        return 0
    kept = [_nameless(row) if names(row) else row for row in rows]
    page.rows = zlib.compress(orjson.dumps([row.kept for row in kept]), 6)
    page.save(update_fields=["rows"])
    return sum(map(names, rows))


def _nameless(row: Result) -> Result:
    state = None if row.state is None else ""
    return row._replace(key="", detail="", state=state, origin="")
