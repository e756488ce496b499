"""Report rows as they are stored, a page for each chunk."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, NamedTuple, get_args

import orjson
from django.db.models import QuerySet

from tables.records.jobs.models import Job, JobPart, ReportPage

Outcome = Literal["done", "same", "changed", "refused", "unsure"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# The code of what was done, where a kind of job tells what was new.
CREATED = "created"
# Characters of what a row says in words.
MOST_WORDS = 500


class Result(NamedTuple):
    """What became of one item. `key` is its token, empty where a line of a file has none.

    `code` is that of the error that refused it, `line` its line in a file, `version` that of its
    entry in history; 0 and empty where there is none. `detail` says more in words.

    A check keeps besides how the item stood, as a short fingerprint, None where a row doesn't say:
    by that the writing finds what was confirmed; of a file, whether its rows lead to rows before
    them. `origin` is the token of what is copied, kept by
    a check, and where the row has no other.
    """

    key: str
    outcome: Outcome
    code: str = ""
    line: int = 0
    version: int = 0
    detail: str = ""
    state: str | None = None
    origin: str = ""

    @property
    def told(self) -> tuple[Any, ...]:
        """What anybody is told of it."""
        return self[:6]

    @property
    def kept(self) -> list[Any]:
        """It as JSON."""
        is_told = self.state is None and (self.key or not self.origin)
        return list(self.told if is_told else self)


def page_of(part: JobPart, sequence: int, rows: Sequence[Result]) -> ReportPage:
    """The page of one chunk, not yet saved."""
    counts = Counter[str](row.outcome for row in rows)
    packed = zlib.compress(orjson.dumps([row.kept for row in rows]), 6)
    return ReportPage(part=part, sequence=sequence, rows=packed, **counts)


def rows_of(page: ReportPage) -> list[Result]:
    """The rows of a page, in the order of its chunk; of what a newer release adds, nothing."""
    most = len(Result._fields)
    return [Result(*row[:most]) for row in orjson.loads(zlib.decompress(bytes(page.rows)))]


def pages_of(
    job: Job, outcomes: Iterable[Outcome] = (), *, phase: str = ""
) -> Iterator[ReportPage]:
    """The pages of a job in order, those that hold one of these outcomes; one at a time."""
    pages = ReportPage.objects.filter(part__job=job, part__phase=phase or job.phase)
    wanted = tuple(outcomes)
    if wanted:
        pages = pages.exclude(**dict.fromkeys(wanted, 0))
    return iter(pages.order_by("part__number", "sequence").iterator(chunk_size=20))


def first_of_parts(pages: QuerySet[ReportPage]) -> dict[int, int]:
    """The sequence of the first of these pages in each part, by the part's id; no rows are read."""
    first: dict[int, int] = {}
    for part, sequence in pages.values_list("part_id", "sequence"):
        first.setdefault(part, sequence)
    return first


def rows_with(job: Job, outcomes: Iterable[Outcome] = (), *, phase: str = "") -> Iterator[Result]:
    """The rows of a job's report, all or those with one of these outcomes."""
    wanted = frozenset(outcomes) or frozenset(OUTCOMES)
    for page in pages_of(job, outcomes, phase=phase):
        yield from (row for row in rows_of(page) if row.outcome in wanted)


def last_versions(job: Job, keys: AbstractSet[str]) -> dict[str, int]:
    """The versions that a job's last writes of these items left, of those that it has written."""
    found: dict[str, int] = {}
    pages = ReportPage.objects.filter(part__job=job, part__phase="write", done__gt=0)
    for page in pages.order_by("-pk").iterator(chunk_size=20) if keys else ():
        for row in rows_of(page):
            if row.outcome == "done" and row.key in keys:
                found.setdefault(row.key, row.version)
        if len(found) == len(keys):
            break
    return found
