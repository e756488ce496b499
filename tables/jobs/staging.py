"""The rows of an import as they were checked, kept in chunks until they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson
from django.db.models import QuerySet

from tables.core.import_rows import Verdict
from tables.core.import_rules import Fault
from tables.core.values import Item
from tables.jobs import files
from tables.records.jobs.models import Job, ReportPage

# A chunk ends with the row that takes it over one of these; the same rows make the same chunks.
MOST_ROWS = 500
MOST_BYTES = 4_000_000


class StagedRow(NamedTuple):
    """A row of a file beside the item it names: `token` is the item's, empty where it names none.

    `number` counts rows, from 1, where `line` counts lines of the file. `before` is the fingerprint
    of what was stored, and `after` the item as it would be; None where nothing will be written.
    """

    line: int
    number: int
    verdict: Verdict
    token: str
    before: str | None = None
    after: Item | None = None
    faults: Sequence[Sequence[object]] = ()

    @property
    def told_faults(self) -> tuple[Fault, ...]:
        """What is wrong with it."""
        return tuple(Fault(*fault) for fault in self.faults)  # type: ignore[arg-type] # as they were put

    @property
    def code(self) -> str:
        """What is wrong with it first, where that keeps it from being taken."""
        return next((fault.code for fault in self.told_faults if not fault.is_warning), "")


def put(job: Job, chunk: int, rows: Sequence[StagedRow], fence: int = 0) -> None:
    """Keep the rows of a chunk, as the worker with this fence has judged them."""
    files.put(_name(job, chunk, fence), (orjson.dumps(list(row)) + b"\n" for row in rows))


def get(job: Job, chunk: int) -> list[StagedRow]:
    """The rows of a chunk that was kept. Raises InvalidRequest where its file is gone."""
    return [*_rows(job, _fences(job).filter(sequence=chunk))]


def all_rows(job: Job, chunks: int) -> Iterator[StagedRow]:
    """The rows of the first chunks, one after the other."""
    return _rows(job, _fences(job).filter(sequence__lt=chunks))


def _rows(job: Job, fences: QuerySet[ReportPage, tuple[int, int]]) -> Iterator[StagedRow]:
    for chunk, fence in fences:
        for line in files.get(_name(job, chunk, fence)).splitlines():
            yield StagedRow(*orjson.loads(line))


def _fences(job: Job) -> QuerySet[ReportPage, tuple[int, int]]:
    """The chunks with rows, each with the fence of the worker whose rows were kept: one that was
    frozen and taken over may store its own still, beside them.
    """
    pages = ReportPage.objects.filter(part__job=job, part__phase="check")
    return pages.order_by("sequence").values_list("sequence", "fence")


def _name(job: Job, chunk: int, fence: int) -> str:
    mark = f"-{fence}" if fence else ""
    return f"{files.folder(job)}/staged/{chunk:06}{mark}.jsonl.gz"
