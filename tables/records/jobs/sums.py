"""What all jobs have come to since the database was made, those that were removed included.

Workers are processes of their own, on machines of their own: what they have committed is the one
place where all of it can be counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from tables.core.job_states import ACTIVE
from tables.records.jobs.models import Job, JobPart, RemovedJobs
from tables.records.jobs.reports import OUTCOMES

# A check writes nothing, so what it found is no outcome of an item.
_COUNTED = {
    **{f"sum_{name}": Sum(name, filter=Q(phase="write"), default=0) for name in OUTCOMES},
    "sum_takeovers": Sum("takeovers", default=0),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Items by (alias, kind, outcome); how often a worker took over a part from one that had
    fallen silent; and how many jobs a worker has in hand now.
    """

    items: Counter[tuple[str, str, str]]
    takeovers: int
    running: int


def sums() -> Sums:
    """All of it, by one look at the jobs and the removed together: no sum ever falls, also where
    a job goes meanwhile. Raises DatabaseError.
    """
    there = JobPart.objects.order_by().values_list("job__alias", "job__kind").annotate(**_COUNTED)
    gone = RemovedJobs.objects.values_list("alias", "kind", *OUTCOMES, "takeovers")
    items: Counter[tuple[str, str, str]] = Counter()
    takeovers = 0
    for alias, kind, *counts, taken in there.union(gone, all=True):
        for outcome, count in zip(OUTCOMES, counts, strict=True):
            items[alias, kind, outcome] += int(count)
        takeovers += int(taken)
    return Sums(items, takeovers, _in_hand())


def remove(job: Job) -> bool:
    """Remove a job that nobody works on, and keep what it adds to the sums; whether it was done.

    A person may have sent it on since it was looked at, or another worker removed it.
    """
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk).first()
        if held is None or held.state in ACTIVE:
            return False
        counts = held.parts.aggregate(**_COUNTED)
        row, _ = RemovedJobs.objects.get_or_create(alias=held.alias, kind=held.kind)
        added = {name: F(name) + counts[f"sum_{name}"] for name in (*OUTCOMES, "takeovers")}
        RemovedJobs.objects.filter(pk=row.pk).update(**added)
        held.delete()
    return True


def _in_hand() -> int:
    held = JobPart.objects.filter(finished=False, until__gt=timezone.now()).exclude(owner="")
    return held.values("job").distinct().count()
