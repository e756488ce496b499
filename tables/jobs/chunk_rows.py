"""Rows of the report that errors make."""

from __future__ import annotations

from tables.core.errors import Refused, TablesError, Throttled, Unavailable
from tables.records.jobs.reports import Result


def refused(token: str, error: TablesError, line: int = 0) -> Result:
    """The row of an item that was refused. Raises what concerns the whole job.

    Of values that are wrong it names the places: a report holds nothing of an item but its key.
    """
    if isinstance(error, Unavailable | Refused | Throttled):
        raise error
    places = ", ".join(problem.pointer for problem in error.problems if problem.pointer)
    detail = places or ("" if error.aws_code else str(error.message))
    return Result(token, "refused", error.code, line, detail=detail[:300])
