"""What operations are about: a table by its alias, or any table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tables.api.v1.openapi.objects import Part, ref
from tables.api.v1.openapi.parts import problems


@dataclass(frozen=True, slots=True)
class Subject:
    """A table, as far as its operations differ from those of another; without alias any table.

    `name` is what components and operations are called after. `filters` are parameters of declared
    attributes, `indexes` the names of the table's indexes, None where they are not known, `links`
    those of the links that the caller may follow, None where it is any table's. What is
    true of some tables only may be true of any table.
    """

    alias: str = ""
    name: str = ""
    has_natural_key: bool = False
    creates_by_put: bool = True
    requires_precondition: bool = False
    example: Mapping[str, Any] | None = None
    example_at_url: Mapping[str, Any] | None = None
    filters: tuple[Part, ...] = ()
    indexes: tuple[str, ...] | None = None
    links: tuple[str, ...] | None = None
    takes_forms: bool = True

    @property
    def may_upsert(self) -> bool:
        return self.has_natural_key or not self.alias

    @property
    def read_only(self) -> tuple[int, ...]:
        """The status of a write to what is only for reading, where that is told by a status."""
        return (405,) if self.may_upsert else ()

    def refusals(self, *statuses: int) -> Part:
        """The problems of a write to an item: these, and those that such a table has besides."""
        needs_precondition = self.requires_precondition or not self.alias
        return problems(*statuses, *self.read_only, *([428] if needs_precondition else []))

    def schema(self, name: str) -> Part:
        """The component of that name, the table's own where this is one table."""
        return ref("schemas", f"{self.name}.{name}" if self.alias else name)

    def parameters(self, *names: str) -> list[Part]:
        """Parameters by reference, the alias first where it is one."""
        wanted = names if self.alias else ("alias", *names)
        return [ref("parameters", name) for name in wanted]

    def operation(self, name: str, summary: str, **members: Any) -> Part:
        """An operation under an id of its own."""
        words = f"{self.name}_{name}" if self.alias else name
        tag = self.alias or "Any table"
        return {"operationId": words, "summary": summary, "tags": [tag], **members}


ANY = Subject()
