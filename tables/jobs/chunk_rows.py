"""Rows of the report: those that errors make, those that a check keeps for the writing."""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.bare_words import bare_error
from tables.core.errors import ItemNotFound, Refused, TablesError, Throttled, Unavailable
from tables.core.keys import encode_token
from tables.items.target import Target
from tables.jobs.kind import Candidate, Spec
from tables.records.jobs.reports import MOST_WORDS, Result


def refused(token: str, error: TablesError, line: int = 0) -> Result:
    """The row of an item that was refused. Raises what concerns the whole job.

    It names the places of values that are wrong: a report holds nothing of an item but its key.
    """
    if isinstance(error, Unavailable | Refused | Throttled):
        raise error
    words = str(bare_error(error))
    return Result(token, "refused", error.code, line, detail=words[:MOST_WORDS])


def as_found(
    rows: Sequence[Result], candidates: Sequence[Candidate], target: Target
) -> list[Result]:
    """The rows of a check, each with how its item was found, so that no other is written."""
    found = {encode_token(each.key, target.description): each for each in candidates}
    return [_as_found(row, found.get(row.key)) for row in rows]


def _as_found(row: Result, candidate: Candidate | None) -> Result:
    if candidate is None or row.origin:
        return row._replace(state="")
    return row._replace(state=candidate.state, origin=candidate.origin)


def unwritten(token: str, candidate: Candidate, spec: Spec) -> Result:
    """The row of an item that is as wanted already, or of a key that was named and has none."""
    code, detail = candidate.told
    if candidate.before is None and "keys" in spec:
        absent = ItemNotFound("No item has that key.")
        code, detail = absent.code, str(absent.message)
    return Result(token, "same", code, candidate.line, detail=detail)
