"""What a job left as it was, as lines of its page: which item, and why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

from tables.access.callers import Caller
from tables.admin.texts import job_words as words
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import key_text
from tables.core.errors import TablesError
from tables.items.target import Target
from tables.jobs.finding import ReportRow, report_rows, reported_at
from tables.records.history.entries import mode_of
from tables.records.jobs.models import Job

# Rows that the page shows of what was left; the report has them all.
SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True)
class ShownRow:
    """What became of one item, as a line of a page.

    `history` leads to who changed it, empty where nobody did or none is kept; `who` names them.
    """

    key: str
    url: str
    outcome: str
    kind: str
    why: str
    line: int
    history: str
    who: str = ""


def report_target(job: Job, caller: Caller) -> Target | None:
    """The table whose items the report of a job names; None where the caller may not see it."""
    with suppress(TablesError):
        return reported_at(job, caller)
    return None


def left_rows(job: Job, target: Target, source: Target | None) -> Sequence[ShownRow]:
    """The first of the items that were left as they were, those nobody knows of first.

    `target` is the table that the report names, `source` the one that the job was ordered for.
    """
    unsure = report_rows(job, target, "unsure")
    others = report_rows(job, target, "changed", "refused")
    rows = [*islice(unsure, SHOWN_ROWS), *islice(others, SHOWN_ROWS)][:SHOWN_ROWS]
    return [_shown(job, row, target, source) for row in rows]


def kept_rows(job: Job, target: Target) -> Sequence[ShownRow]:
    """The first of the items that an import wrote, but for a cell that stays as it was stored."""
    if job.phase == "check" or not job.estimate.get("kept"):
        return []
    kept = (row for row in report_rows(job, target, "done") if row.code)
    return [_shown(job, row, target, None) for row in islice(kept, SHOWN_ROWS)]


def _shown(job: Job, row: ReportRow, target: Target, source: Target | None) -> ShownRow:
    outcome = str(words.OUTCOME_WORDS[row.outcome][job.phase == "check"])
    named_at = source if row.is_uncopied else target
    key = url = history = ""
    if row.key is not None and named_at is not None:
        key = key_text(row.key, named_at.description)
    if key and named_at is not None and _is_there(job, row):
        url = reverse("admin:tables_item_change", args=[named_at.table.alias, row.token])
        if row.outcome == "changed" and mode_of(named_at.table) != "off":
            history = f"{url.removesuffix('change/')}history/"
    why = visible(row.detail) or words.reason_words(row.outcome, row.code)
    who = words.who_words(row.changed) if row.changed else ""
    return ShownRow(key, url, outcome, row.outcome, why, row.line, history, who)


def _is_there(job: Job, row: ReportRow) -> bool:
    """Whether there is an item of that key: one that was not copied stands nowhere but here."""
    return job.kind != "copy" or row.is_uncopied or row.code == "item_exists"
