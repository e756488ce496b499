"""The rows of an import as they were checked, kept in chunks until they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from tables.core.import_rows import Verdict
from tables.core.import_rules import Fault
from tables.core.values import Item
from tables.jobs import files
from tables.records.jobs.models import Job

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


def put(job: Job, chunk: int, rows: Sequence[StagedRow]) -> None:
    """Keep the rows of a chunk, in the place of what stood there."""
    files.put(_name(job, chunk), (orjson.dumps(list(row)) + b"\n" for row in rows))


def get(job: Job, chunk: int) -> list[StagedRow]:
    """The rows of a chunk. Raises InvalidRequest where it is gone."""
    lines = files.get(_name(job, chunk)).splitlines()
    return [StagedRow(*orjson.loads(line)) for line in lines]


def all_rows(job: Job, chunks: int) -> Iterator[StagedRow]:
    """The rows of the first chunks, one after the other."""
    for chunk in range(chunks):
        yield from get(job, chunk)


def _name(job: Job, chunk: int) -> str:
    return f"{files.folder(job)}/staged/{chunk:06}.jsonl.gz"
