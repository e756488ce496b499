"""What others did to items that a job left as they are: that they did, and who it was and when."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from tables.core.deltas import deltas_between
from tables.core.errors import TablesError
from tables.core.expressions import format_path
from tables.core.history import fingerprint, item_name
from tables.core.keys import decode_token, encode_token
from tables.core.values import Item
from tables.dynamodb.history_table import last_entry, these_entries
from tables.items.seen_history import seen_entries
from tables.items.target import Target
from tables.jobs.kind import Candidate
from tables.records.jobs.models import Job
from tables.records.jobs.reports import Result

# Codes of items that were left as they are.
CHANGED_SINCE_CHECK = "changed_since_check"
GONE_SINCE_CHECK = "gone_since_check"
CHANGED_MEANWHILE = "changed_meanwhile"
_MOST_PATHS = 5


@dataclass(frozen=True, slots=True)
class OthersChange:
    """Who changed an item that a job left, and when."""

    by: str
    at: datetime


def since_check(job: Job, target: Target, candidate: Candidate) -> Result:
    """The row of an item that is not as its check found it."""
    key, now = candidate.key, candidate.before
    token = encode_token(key, target.description)
    if isinstance(candidate.given, dict):  # of a copy, whose source may be what has changed
        return Result(token, "changed", CHANGED_SINCE_CHECK, candidate.line)
    code = GONE_SINCE_CHECK if now is None else CHANGED_SINCE_CHECK
    return Result(token, "changed", code, candidate.line, foreign_version(job, target, key, now))


def meanwhile(
    job: Job, target: Target, token: str, now: Item | None, line: int, read: Item | None = None
) -> Result:
    """The row of an item that was changed after it was read: as what, where that is known."""
    key = decode_token(token, target.description)
    version = foreign_version(job, target, key, now)
    paths = [format_path(delta.path) for delta in deltas_between(read, now) if delta.path]
    detail = ""
    if read is not None and now is not None and paths:
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        detail = f"Somebody changed it meanwhile: {', '.join(paths[:_MOST_PATHS])}{more}."
    return Result(token, "changed", CHANGED_MEANWHILE, line, version, detail)


def foreign_version(job: Job, target: Target, key: Item, now: Item | None) -> int:
    """The version of an item as it is now, where history tells that somebody else has left it so.

    0 where none is kept, where a program that leaves no entry wrote last, or this job did.
    """
    if not target.keeps_history:
        return 0
    try:
        last = last_entry(item_name(key, target.description))
    except TablesError:
        return 0  # the report goes without; the job does not stop for it
    if last is None or not last.happened or last.author.group == str(job.pk):
        return 0
    ignored = frozenset(target.table.history_ignore)
    return last.n if last.after == fingerprint(now, ignored) else 0


def changes_by_others(target: Target, rows: Sequence[Result]) -> dict[str, OthersChange]:
    """Who changed these items, by token, for a reader who may see that: one look at a hundred."""
    if not target.keeps_history or not target.may("history"):
        return {}
    wanted: dict[tuple[str, int], str] = {}
    for row in rows:
        if row.outcome == "changed" and row.key and row.version:
            with suppress(TablesError):  # the table has other keys now
                key = decode_token(row.key, target.description)
                wanted[item_name(key, target.description), row.version] = row.key
    entries = seen_entries(target, these_entries([*wanted]))
    return {
        wanted[entry.item, entry.n]: OthersChange(
            entry.author.name, datetime.fromtimestamp(entry.at / 1000, UTC)
        )
        for entry in entries
    }
