"""What a checked job would do to the first of its items, as they are at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from tables.access.callers import Caller
from tables.admin.values.differences import Difference, differences_between
from tables.admin.values.one_line import key_text
from tables.configuration import registry
from tables.core.keys import decode_token
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.jobs.previews import ItemPreview, preview
from tables.records.jobs.models import Job

# Rows of one item; the whole item is a link away.
_MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An item, with what would be written of it; of one that goes there are no rows."""

    key: str
    url: str
    rows: Sequence[Difference]


def examples_of(job: Job, caller: Caller, target: Target, most: int) -> list[ShownExample]:
    """The first items that a checked job would write, `most` at most. Raises TablesError."""
    return [_shown(job, target, each) for each in preview(caller, job, most)]


def _shown(job: Job, target: Target, each: ItemPreview) -> ShownExample:
    hidden = kept_names(registry().get(job.written_alias))
    rows: Sequence[Difference] = ()
    if each.after is not None:
        rows = differences_between(each.before, each.after, hidden, most=_MOST_ROWS)
    key = target.sight.see(decode_token(each.token, target.description))
    return ShownExample(
        key_text(key, target.description),
        reverse("admin:tables_item_change", args=[job.alias, each.token]),
        rows,
    )
