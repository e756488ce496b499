"""The conflict page: what was opened, what is stored, what you wrote, and which of them to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from tables.admin.cells import Cells
from tables.admin.item_saves import EditConflict
from tables.core.errors import InvalidRequest
from tables.core.expressions import format_path
from tables.core.updates import Change
from tables.core.values import AttributeValue

_SALT = "dynadmin.changes"


@dataclass(frozen=True, slots=True)
class Choice:
    """One path in three columns, as HTML. `number` is that of the change, None to look at only."""

    number: int | None
    name: str
    opened: str
    stored: str
    yours: str


def conflict_context(changes: Sequence[Change], conflict: EditConflict) -> dict[str, Any]:
    """What the template prints of a conflict: choices, and changes that merge by themselves."""
    contested = {found.path for found in conflict.conflicts}
    numbers = {change.path: number for number, change in enumerate(changes)}
    choices = [
        Choice(
            numbers.get(found.path),
            format_path(found.path),
            _shown(found.opened),
            _shown(found.stored),
            _shown(found.yours),
        )
        for found in conflict.conflicts
    ]
    merged = [format_path(change.path) for change in changes if change.path not in contested]
    return {"choices": choices, "merged": merged}


def resolved_changes(changes: Sequence[Change], form: Mapping[str, str]) -> list[Change]:
    """The changes to write: all but those for which `theirs` was chosen."""
    return [c for n, c in enumerate(changes) if form.get(f"keep-{n}", "mine") == "mine"]


def sealed_changes(changes: Sequence[Change], alias: str) -> str:
    """The changes as the page carries them."""
    listed = [[change.action, list(change.path), change.value] for change in changes]
    return signing.dumps(listed, salt=f"{_SALT}.{alias}", compress=True)


def unsealed_changes(sealed: str, alias: str) -> list[Change]:
    """The changes again. Raises InvalidRequest when they were altered."""
    try:
        listed = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except signing.BadSignature as error:
        raise InvalidRequest(_("The form was altered. Open the item again.")) from error
    return [Change(action, tuple(path), value) for action, path, value in listed]


def _shown(value: AttributeValue | None) -> str:
    if value is None:
        return f'<span class="quiet">{_("not there")}</span>'
    return Cells().value(value, with_type=True)
