"""The part of a wide item that its form shows: a hundred attributes of all, or of those found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

# Attributes that a form shows at once; beside them the key, and whatever was changed.
PART = 100


@dataclass(frozen=True, slots=True)
class AttributePart:
    """The `number`th part, from 0, of the attributes whose names hold `find`."""

    number: int = 0
    find: str = ""

    @classmethod
    def of(cls, members: Mapping[str, str]) -> AttributePart:
        """As a form names it: the part of the button that was pressed, else the one it shows."""
        number = members.get("_part") or members.get("part") or ""
        is_number = number.isascii() and number.isdigit() and len(number) < 6
        return cls(int(number) if is_number else 0, members.get("find", "").strip())

    def names(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are in it."""
        start = self._within(found := self._found(names)) * PART
        return found[start : start + PART]

    def pages(self, names: Sequence[str]) -> Pages | None:
        """Where it stands among the names; None where all of them are one part."""
        if len(names) <= PART:
            return None
        found = self._found(names)
        number = self._within(found)
        has_next = (number + 1) * PART < len(found)
        return Pages(
            find=self.find,
            number=number,
            words=_position_words(number, len(found), len(names)),
            previous=number - 1 if number else None,
            next=number + 1 if has_next else None,
        )

    def _found(self, names: Iterable[str]) -> list[str]:
        wanted = self.find.casefold()
        return [name for name in names if wanted in name.casefold()]

    def _within(self, found: Sequence[str]) -> int:
        """Its number, or that of the last part there is."""
        return min(self.number, max(len(found) - 1, 0) // PART)


# What a form shows that was asked for no other part.
FIRST = AttributePart()


@dataclass(frozen=True, slots=True)
class Pages:
    """What the form says of its part: `previous` and `next` are numbers of parts, where any are."""

    find: str
    number: int
    words: str
    previous: int | None
    next: int | None


def _position_words(number: int, found: int, names: int) -> str:
    first, last = number * PART + 1, min((number + 1) * PART, found)
    counts = {
        "first": f"{first:,}",
        "last": f"{last:,}",
        "found": f"{found:,}",
        "all": f"{names:,}",
    }
    if not found:
        return _("None of %(all)s attributes has this in its name") % counts
    if found < names:
        return _("%(first)s to %(last)s of %(found)s found, %(all)s in all") % counts
    return _("Attributes %(first)s to %(last)s of %(all)s") % counts
