"""What a checked job would do to the first of its items, as they are at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tables.access.callers import Caller
from tables.admin.values.differences import Difference, differences_between
from tables.admin.values.one_line import key_text
from tables.core.strict_json import parse
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.jobs.previews import preview
from tables.records.jobs.models import Job

_ORDERED = ("keys", "query", "filter", "changes", "to", "mode")


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An item, with what would be written of it; of one that goes there are no rows."""

    key: str
    url: str
    rows: Sequence[Difference]


def examples_of(job: Job, caller: Caller, target: Target) -> list[ShownExample]:
    """The first items that a job would write. Raises TablesError."""
    found = preview(caller, job.kind, job.alias, _given(job))
    hidden = kept_names(target.table)
    return [
        ShownExample(
            key_text(seen, target.description),
            reverse("admin:tables_item_change", args=[job.alias, each.token]),
            differences_between(each.before, each.after, hidden) if each.after is not None else (),
        )
        for each in found
        if (seen := each.before or each.after) is not None
    ]


def _given(job: Job) -> dict[str, Any]:
    """The order of a job as it was once given."""
    given = {name: job.spec[name] for name in _ORDERED if name in job.spec}
    if "filter" in given:
        given["filter"] = parse(given["filter"])
    return given
