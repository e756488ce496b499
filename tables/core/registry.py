"""Which tables may be reached, under what name, by whom, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tables.core.errors import TableNotFound
from tables.core.links import Link, Related


@dataclass(frozen=True, slots=True)
class Table:
    """One alias. `permissions` maps a right to the groups that have it, superusers included.

    `types` maps the text of a document path to the type tag of its values, for filters only.
    """

    alias: str
    table: str
    label: str
    description: str = ""
    group: str = ""
    list_display: tuple[str, ...] = ()
    list_filter: tuple[str, ...] = ()
    search_fields: tuple[str, ...] = ()
    search_lowercase: tuple[str, ...] = ()
    readonly_fields: tuple[str, ...] = ()
    list_per_page: int = 100
    schema: Mapping[str, Any] | None = None
    natural_key: tuple[str, ...] = ()
    client_keys: bool = True
    require_precondition: bool = False
    audit_attributes: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    history: bool | Literal["announced"] | None = None
    history_days: int | None = None
    history_ignore: tuple[str, ...] = ()
    transactions: bool = True
    version: str = ""
    links: tuple[Link, ...] = ()
    related: tuple[Related, ...] = ()
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registry:
    """Every alias, in the file's order, and the groups that the whole site knows."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    staff_groups: frozenset[str] = frozenset()
    superuser_groups: frozenset[str] = frozenset()
    read_only: bool = False

    def get(self, alias: object) -> Table:
        """The table of that alias, case-sensitive. Raises TableNotFound."""
        table = self.tables.get(alias) if isinstance(alias, str) else None
        if table is None:
            raise TableNotFound("No table has that alias.")
        return table
