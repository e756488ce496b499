"""Jobs as the database keeps them: what was asked, how far each part is, what became of each item.

Rows hold keys and fingerprints of items, and what a person asked for; never what items hold.
"""

from __future__ import annotations

import hashlib
from functools import cached_property

import orjson
from django.db import models

from tables.core.job_states import ENDED, Phase, State, Wanted
from tables.records.jobs.any_text import AnyTextJSONField

COUNTERS = ("scanned", "matched", "done", "same", "changed", "refused", "unsure")


class Job(models.Model):
    """Work that outlives its request. `id` is a UUID of version 7, and names the group of its
    writes in the history of items.

    `table` is the real table, fixed when the job was made. `spec_version` is that of what is kept
    of it (`versions`). `groups` are those of a token, which
    hold until `groups_until`; without it they are those of the owner's last sign-in, read anew.
    `pace` is in write units a second, None for no limit; what was written takes it until `paid`,
    and before that no worker begins a chunk. `of` is the job that an undo takes back.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=16)
    phase = models.CharField(max_length=8, default="write")
    state = models.CharField(max_length=16, default="queued", db_index=True)
    wanted = models.CharField(max_length=8, default="run")
    alias = models.CharField(max_length=64)
    table = models.CharField(max_length=255)
    spec = AnyTextJSONField(default=dict)
    spec_version = models.PositiveSmallIntegerField(default=1)
    owner_sub = models.CharField(max_length=255, db_index=True)
    owner_name = models.CharField(max_length=255)
    groups = models.JSONField(default=list)
    groups_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    pace = models.FloatField(null=True)
    paid = models.DateTimeField(null=True)
    of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="undone_by")
    estimate = AnyTextJSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)
    confirmed = models.DateTimeField(null=True)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    failure = models.TextField(blank=True)
    idempotency = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - only keys are unique
    request_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-created", "-id")

    def __str__(self) -> str:
        return f"{self.kind} {self.alias}"

    @property
    def is_ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.state in ENDED

    @property
    def written_alias(self) -> str:
        """The alias whose items it writes and reports of: that of a copy is another."""
        return str(self.spec.get("to", self.alias))

    @cached_property
    def totals(self) -> dict[str, float]:
        """Counters, read and write units over the parts of its phase, as they were when first
        asked: whole numbers, but for the units.
        """
        names = (*COUNTERS, "read_units", "write_units", "takeovers")
        sums = {name: models.Sum(name, default=0) for name in names}
        found: dict[str, float] = self.parts.filter(phase=self.phase).aggregate(**sums)
        return found

    @property
    def etag(self) -> str:
        """A strong, quoted tag of everything that is told of it."""
        told = [
            *(str(self.id), self.phase, self.state, self.wanted, self.spec, self.pace),
            *(self.estimate, self.failure, self.reason, str(self.expires), self.totals),
        ]
        canonical = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
        return f'"{hashlib.sha256(canonical).hexdigest()[:32]}"'


class JobPart(models.Model):
    """One part of a job: what one worker at a time goes through, chunk by chunk.

    `cursor` is where the next chunk begins, None at the start. `intents` are what the chunk under
    way is about to write: they stand before its first write, and go with its results. `owner` is
    the worker that holds the part `until` then. `recent` are seconds and items read of the last
    chunks.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    phase = models.CharField(max_length=8, default="write")
    number = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    cursor = AnyTextJSONField(null=True)
    finished = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    intents = models.BinaryField(null=True)
    owner = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)
    takeovers = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    recent = models.JSONField(default=list)
    scanned = models.PositiveBigIntegerField(default=0)
    matched = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    same = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    unsure = models.PositiveBigIntegerField(default=0)
    read_units = models.FloatField(default=0)
    write_units = models.FloatField(default=0)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["job", "phase", "number"], name="one_part_of_a_number")
        ]
        indexes = [models.Index(fields=["job", "finished", "until"], name="free_parts")]

    def __str__(self) -> str:
        return f"{self.number + 1} of {self.total}"


class ReportPage(models.Model):
    """What became of the items of one chunk. The counters say which outcomes its rows hold.

    `rows` is zlib of JSON: `[key token, outcome, code, line, version]` each. `fence` is how many
    workers had lost the part before the one that kept this: a file of the chunk carries it in its
    name, so that nobody who was too late writes into it.
    """

    part = models.ForeignKey(JobPart, on_delete=models.CASCADE, related_name="pages")
    sequence = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    unsure = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0, db_default=0)
    rows = models.BinaryField()

    class Meta:
        ordering = ("part_id", "sequence")
        constraints = [
            models.UniqueConstraint(fields=["part", "sequence"], name="one_page_of_a_chunk")
        ]

    def __str__(self) -> str:
        return f"page {self.sequence} of part {self.part_id}"


class JobOwner(models.Model):
    """Somebody who orders jobs: their row is held while it is counted whether one more may be, and
    that of nobody (`sub` empty) while uploads are.
    """

    sub = models.CharField(max_length=255, primary_key=True)

    def __str__(self) -> str:
        return self.sub


class JobUpload(models.Model):
    """A file that somebody sent, from before it is stored until it is removed: its name in the
    storage, and its size in bytes.
    """

    name = models.CharField(max_length=100, primary_key=True)
    owner_sub = models.CharField(max_length=255, db_index=True)
    size = models.PositiveBigIntegerField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class RemovedJobs(models.Model):
    """What jobs of one kind at one table came to that are gone by now: a counter never falls."""

    alias = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    done = models.PositiveBigIntegerField(default=0)
    same = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    unsure = models.PositiveBigIntegerField(default=0)
    takeovers = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alias", "kind"], name="one_sum_of_removed_jobs")
        ]

    def __str__(self) -> str:
        return f"removed: {self.kind} {self.alias}"


class Worker(models.Model):
    """A worker that lives: it says so now and then, and the pages know whether anybody works.

    `spec_version` is the newest of jobs that its release can go on with. The database fills it in
    for workers of a release that did not say it: they live while a site is upgraded. `folder` and
    `machine` are what workers share or do not (`tables/jobs/hosts.py`).
    """

    name = models.CharField(max_length=64, primary_key=True)
    seen = models.DateTimeField()
    spec_version = models.PositiveSmallIntegerField(db_default=1)
    folder = models.CharField(max_length=16, db_default="")
    machine = models.CharField(max_length=64, db_default="")

    class Meta:
        indexes = [models.Index(fields=["seen"], name="workers_seen")]

    def __str__(self) -> str:
        return self.name


__all__ = [
    "COUNTERS",
    "Job",
    "JobOwner",
    "JobPart",
    "JobUpload",
    "Phase",
    "RemovedJobs",
    "ReportPage",
    "State",
    "Wanted",
    "Worker",
]
