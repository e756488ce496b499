"""Bulk delete. Nobody deletes in bulk without having seen how many it would be."""

from __future__ import annotations

from collections.abc import Mapping

from tables.items.pinned import deleted
from tables.items.wanted import Mark, Settled
from tables.jobs.kind import Candidate, JobKind, Spec, Work
from tables.jobs.kinds import found, which


class _Deletes:
    """The writes of a bulk delete."""

    read = staticmethod(found.read)
    again = staticmethod(which.again)

    def write(self, work: Work, candidate: Candidate) -> Settled | None:
        if candidate.before is None:
            return None
        return deleted(work.target, candidate.before, Mark(group=str(work.job.pk)))


def _rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    return {alias: frozenset({"delete", "bulk"} if which.is_bulk(spec) else {"delete"})}


DELETE = JobKind(
    "delete",
    which.read_which,
    _rights,
    found.cut,
    write=_Deletes(),
    check=_Deletes(),
    is_checked_first=True,
    writes_what_was_found=True,
)
