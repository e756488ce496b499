"""Rows of the report that errors make."""

from __future__ import annotations

from tables.core.bare_words import bare_error
from tables.core.errors import Refused, TablesError, Throttled, Unavailable
from tables.records.jobs.reports import MOST_WORDS, Result


def refused(token: str, error: TablesError, line: int = 0) -> Result:
    """The row of an item that was refused. Raises what concerns the whole job.

    It names the places of values that are wrong: a report holds nothing of an item but its key.
    """
    if isinstance(error, Unavailable | Refused | Throttled):
        raise error
    words = str(bare_error(error))
    return Result(token, "refused", error.code, line, detail=words[:MOST_WORDS])
