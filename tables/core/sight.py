"""What a caller sees of a table's items, and may ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from tables.core.asked_keys import asked_of_keys, names_any
from tables.core.filters import EVERYTHING, Group, matches, terms_of
from tables.core.patterns import Pattern
from tables.core.values import Item

Seen = NewType("Seen", Item)
"""An item as its caller may see it: all that leaves through a door is one."""

Asked = NewType("Asked", Group)
"""A filter as its caller may ask it: all that is read is read by one."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One caller's view of one table: the items that its `rule` finds, terms joined by AND.

    Every read is made by the rule first, and what a key names outside of it is as absent.
    `patterns` are how keys of these items are made, and `key_only` what stands in them alone. The
    type checker holds the two ways in: only `see` makes a Seen, and only `ask` an Asked.
    """

    rule: Group = EVERYTHING
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    key_only: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        """By the names of the rule: what it compares with can't be hashed."""
        return hash(self.rule_names)

    def see(self, item: Item) -> Seen:
        """The item as the caller sees it."""
        return Seen(item)

    def ask(self, filter: Group) -> Asked:
        """The filter as the caller may ask it.

        Raises InvalidExpression for what stands in keys alone, and they can't answer.
        """
        told = asked_of_keys(filter, self.patterns, self.key_only)
        return Asked(self._within(told) if self.rule else told)

    def asks_keys(self, filter: Group) -> bool:
        """Whether a filter compares what stands in keys alone."""
        return names_any(filter, self.key_only)

    def holds(self, item: Item) -> bool:
        """Whether an item is one of those that the caller sees."""
        return matches(self.rule, item)

    def kept(self, item: Item | None) -> Item | None:
        """The item where the caller sees it; None where it is as absent."""
        return item if item is None or self.holds(item) else None

    def _within(self, filter: Group) -> Group:
        # A term that says what the rule says already would only cost.
        asked = filter.parts if filter.joiner == "AND" else (filter,)
        return Group((*self.rule.parts, *(p for p in asked if p not in self.rule.parts)))

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The attributes that the rule compares."""
        return tuple(dict.fromkeys(str(term.path[0]) for term in terms_of(self.rule)))


UNLIMITED = Sight()
