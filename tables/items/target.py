"""The table a request is about, together with who asks for it and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass

from tables.access.callers import Caller
from tables.access.rights import allowed_actions, require
from tables.configuration import description
from tables.core.descriptions import TableDescription
from tables.core.registry import Table
from tables.core.sight import UNLIMITED, Sight
from tables.records.history.entries import mode_of


@dataclass(frozen=True, slots=True)
class Target:
    """A table that its caller may at least view. `rights` were asked once, when it was found."""

    table: Table
    description: TableDescription
    caller: Caller
    rights: frozenset[str]
    sight: Sight = UNLIMITED

    @property
    def name(self) -> str:
        """The real table's name."""
        return self.description.name

    @property
    def keeps_history(self) -> bool:
        """Whether each write leaves an entry, which must know the item on both sides of it."""
        return mode_of(self.table) != "off"

    def may(self, action: str) -> bool:
        """Whether the caller has this right on the table."""
        return action in self.rights

    def require(self, action: str) -> None:
        """Raise Forbidden unless the caller has this right."""
        if not self.may(action):
            require(self.caller, action, self.table)


def find_target(table: Table, caller: Caller, *actions: str) -> Target:
    """The target that a table is for a caller with at least one of these rights.

    Raises TableNotFound where the caller may not view it, Forbidden; DynamoDB is asked last.
    """
    return target_of(table, caller, allowed_actions(caller, table), *actions)


def target_of(table: Table, caller: Caller, rights: frozenset[str], *actions: str) -> Target:
    """As `find_target`, for a caller whose rights on the table were asked already."""
    if "view" not in rights or (actions and rights.isdisjoint(actions)):
        require(caller, actions[0] if actions else "view", table)
    return Target(table, description(table), caller, rights, _sight_of(table))


def _sight_of(table: Table) -> Sight:
    entity = table.entity
    return UNLIMITED if entity is None else Sight(entity.when, entity.key, entity.key_only)
