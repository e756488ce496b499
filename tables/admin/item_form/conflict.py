"""The conflict page: what was opened, what is stored, what you wrote, and which of them to keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.admin.item_form.in_full import Shown, shown_value
from tables.admin.values.hidden_characters import marked
from tables.core.errors import Clash, InvalidRequest
from tables.core.expressions import format_path
from tables.core.updates import Change

_SALT = "dynadmin.changes"


@dataclass(frozen=True, slots=True)
class ContestedPath:
    """One path in three columns, None where nothing stands. `number` is that of the change."""

    number: int
    name: str
    opened: Shown | None
    stored: Shown | None
    yours: Shown | None

    @property
    def title(self) -> SafeString:
        """The path, what can't be seen in it marked."""
        return marked(self.name)


def contested_paths(changes: Sequence[Change], clashes: Iterable[Clash]) -> list[ContestedPath]:
    """What the page asks about."""
    numbers = {change.path: number for number, change in enumerate(changes)}
    return [
        ContestedPath(
            numbers.get(clash.path, -1),
            format_path(clash.path),
            shown_value(clash.left),
            shown_value(clash.now),
            shown_value(clash.wanted),
        )
        for clash in clashes
    ]


def merged_paths(changes: Sequence[Change], clashes: Iterable[Clash]) -> list[str]:
    """The changes that touch nobody's."""
    asked = {clash.path for clash in clashes}
    return [format_path(change.path) for change in changes if change.path not in asked]


def resolved_changes(sealed: str, alias: str, form: Mapping[str, str]) -> list[Change]:
    """The changes to write: all but those for which the stored value was chosen.

    Raises InvalidRequest when the changes were altered, or a choice is missing.
    """
    changes, asked = unsealed_changes(sealed, alias)
    choices = {number: form.get(f"keep-{number}") for number in asked}
    if not set(choices.values()) <= {"mine", "theirs"}:
        raise InvalidRequest(_("Go back and choose for each attribute which value to keep."))
    return [c for n, c in enumerate(changes) if choices.get(n) != "theirs"]


def sealed_changes(changes: Sequence[Change], asked: Sequence[int], alias: str) -> str:
    """The changes as the page carries them, with the numbers of those it asks about."""
    listed: list[Any] = [[change.action, list(change.path), change.value] for change in changes]
    return signing.dumps([listed, list(asked)], salt=f"{_SALT}.{alias}", compress=True)


def unsealed_changes(sealed: str, alias: str) -> tuple[list[Change], list[int]]:
    """The changes again, and the numbers asked about. Raises InvalidRequest when altered."""
    try:
        listed, asked = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except signing.BadSignature as error:
        raise InvalidRequest(_("The form was altered. Open the item again.")) from error
    return [Change(action, tuple(path), value) for action, path, value in listed], asked
