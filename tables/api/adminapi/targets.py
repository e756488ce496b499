"""Where a write goes, and on whose behalf."""

from __future__ import annotations

from dataclasses import dataclass

from tables.access.callers import Caller
from tables.access.rights import can, require
from tables.core.descriptions import TableDescription
from tables.core.registry import Table


@dataclass(frozen=True, slots=True)
class Target:
    """A table that a caller writes to."""

    table: Table
    description: TableDescription
    caller: Caller

    def may(self, action: str) -> bool:
        return can(self.caller, action, self.table)

    def require(self, action: str) -> None:
        """Raise Forbidden unless the caller has this right."""
        require(self.caller, action, self.table)
