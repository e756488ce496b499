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


@dataclass(frozen=True, slots=True)
class Carried:
    """What the page carries: changes, the numbers of those it asks about, and `of` which version
    they are the undo, None where they are an edit.
    """

    changes: Sequence[Change]
    asked: Sequence[int]
    of: int | None = None

    def sealed(self, alias: str) -> str:
        """The same as text that nobody can alter."""
        listed: list[Any] = [[c.action, list(c.path), c.value] for c in self.changes]
        carried = [listed, list(self.asked), self.of]
        return signing.dumps(carried, salt=f"{_SALT}.{alias}", compress=True)

    def resolved(self, form: Mapping[str, str]) -> list[Change]:
        """The changes to write: all but those for which the stored value was chosen.

        Raises InvalidRequest when a choice is missing.
        """
        choices = {number: form.get(f"keep-{number}") for number in self.asked}
        if not set(choices.values()) <= {"mine", "theirs"}:
            raise InvalidRequest(_("Go back and choose for each attribute which value to keep."))
        return [c for n, c in enumerate(self.changes) if choices.get(n) != "theirs"]


def carried(sealed: str, alias: str) -> Carried:
    """What a page carried. Raises InvalidRequest when it was altered."""
    try:
        listed, asked, of = signing.loads(sealed, salt=f"{_SALT}.{alias}")
    except (signing.BadSignature, ValueError) as error:
        raise InvalidRequest(_("The form was altered. Open the item again.")) from error
    return Carried(
        [Change(action, tuple(path), value) for action, path, value in listed], asked, of
    )
