"""What a caller sees of a table's items, and may ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from tables.core.filters import Group
from tables.core.values import Item

Seen = NewType("Seen", Item)
"""An item as its caller may see it: all that leaves through a door is one."""

Asked = NewType("Asked", Group)
"""A filter as its caller may ask it: all that is read is read by one."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One caller's view of one table. No rule limits it: everything is seen, anything asked.

    The type checker holds the two ways in: only `see` makes a Seen, and only `ask` an Asked.
    """

    def see(self, item: Item) -> Seen:
        """The item as the caller sees it."""
        return Seen(item)

    def ask(self, filter: Group) -> Asked:
        """The filter as the caller may ask it."""
        return Asked(filter)


UNLIMITED = Sight()
