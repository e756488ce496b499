"""What became of a batch that was a job, told as a batch that is answered at once tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.api.v1.responses.job_reports import LEFT_WORDS
from tables.api.v1.responses.problems import ProblemDetails
from tables.core.errors import Conflict, WriteInDoubt
from tables.jobs.kinds.batch import StagedOperation, staged
from tables.records.jobs.models import Job
from tables.records.jobs.reports import CREATED, Outcome, Result, rows_with

# A code of the report -> the status and the title of such a problem.
Known = Callable[[str], tuple[int, str]]
_LEFT: Mapping[Outcome, tuple[str, str]] = {
    "changed": (Conflict.code, LEFT_WORDS["changed"]),
    "unsure": (WriteInDoubt.code, LEFT_WORDS["unsure"]),
}


def batch_results(
    job: Job, known: Known, document: Callable[[ProblemDetails], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One result for each operation, in their order, without the items."""
    rows = {row.line: row for row in rows_with(job, phase="write")}
    return [_result(each, rows[each.number], known, document) for each in staged(job)]


def _result(
    operation: StagedOperation,
    row: Result,
    known: Known,
    document: Callable[[ProblemDetails], dict[str, Any]],
) -> dict[str, Any]:
    key = operation.token or None
    if row.outcome in ("done", "same"):
        return {"status": _status(operation, row), "key": key}
    code, detail = _LEFT.get(row.outcome, (row.code, row.detail))
    status, title = known(code)
    problem = ProblemDetails(status, code, title, detail or f"{title}.")
    return {"status": status, "key": key, "problem": document(problem)}


def _status(operation: StagedOperation, row: Result) -> int:
    if operation.method == "DELETE":
        return 204
    return 201 if row.code == CREATED else 200
