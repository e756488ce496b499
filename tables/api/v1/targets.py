"""The table a request is about, together with who asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from tables.access.callers import Caller
from tables.access.rights import can, require
from tables.configuration import description
from tables.core.descriptions import TableDescription
from tables.core.registry import Table


@dataclass(frozen=True, slots=True)
class Target:
    """A table that its caller may at least view."""

    table: Table
    description: TableDescription
    caller: Caller

    def may(self, action: str) -> bool:
        """Whether the caller has this right on the table."""
        return can(self.caller, action, self.table)

    def require(self, action: str) -> None:
        """Raise Forbidden unless the caller has this right."""
        require(self.caller, action, self.table)


def find_target(table: Table, caller: Caller, *actions: str) -> Target:
    """The target that a table is for a caller with at least one of these rights.

    Raises TableNotFound where the caller may not view it, Forbidden; DynamoDB is asked last.
    """
    require(caller, "view", table)
    if not any(can(caller, action, table) for action in actions):
        require(caller, actions[0], table)
    return Target(table, description(table), caller)
