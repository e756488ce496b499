"""The write of a row of an import: the check asks all that it asks, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tables.core.errors import TablesError
from tables.core.import_rules import faults_of
from tables.core.values import Item
from tables.items.foreseen import foreseen
from tables.items.in_turn import Earlier
from tables.items.pinned import as_read
from tables.items.rules import admitted_change, admitted_new
from tables.items.wanted import Mark, Settled
from tables.jobs.kind import Work
from tables.jobs.staging import StagedRow


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row as it will be kept, and its write, None where there is none."""

    row: StagedRow
    write: Settled | None = None


def write_of(work: Work, key: Item, before: Item | None, after: Item) -> Settled:
    """What is sent for a row that makes `after` of what is stored. Raises TablesError."""
    target = work.target
    target.require("add" if before is None else "change")
    admitted = (
        admitted_new(after, target) if before is None else admitted_change(after, before, target)
    )
    return as_read(target, key, before, admitted, Mark(group=str(work.job.pk)))


def asked_of_links(rows: Sequence[CheckedRow], earlier: Earlier) -> list[CheckedRow]:
    """The rows, those refused that would be as they are sent after `earlier` ones of the file.

    Raises TablesError.
    """
    refusals = iter(foreseen([each.write for each in rows if each.write is not None], earlier))
    return [
        each if each.write is None or (error := next(refusals)) is None else _refused(each, error)
        for each in rows
    ]


def _refused(checked: CheckedRow, error: TablesError) -> CheckedRow:
    row = checked.row
    faults = [fault.kept for fault in faults_of(error)]
    return CheckedRow(StagedRow(row.line, row.number, "refused", row.token, faults=faults))
