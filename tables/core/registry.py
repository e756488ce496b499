"""Which tables may be reached, under what name, by whom, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tables.core.descriptions import TableDescription
from tables.core.entities import Entity
from tables.core.errors import TableNotFound
from tables.core.filters import matches
from tables.core.links import Link, Related
from tables.core.values import Item


@dataclass(frozen=True, slots=True)
class Table:
    """One alias. `permissions` maps a right to the groups that have it, superusers included.

    `types` maps the text of a document path to the type tag of its values, for filters only. An
    `entity` has the items of one kind in the table of the alias `of`. `labels` maps attributes to
    what people read in place of their names.
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
    of: str = ""
    entity: Entity | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def holds(self, item: Item) -> bool:
        """Whether an item of the table is one of the alias's."""
        return self.entity is None or matches(self.entity.when, item)

    def facts(self, description: TableDescription) -> TableDescription:
        """What is said of the table behind the alias: counts only where they are of its items."""
        return description if self.entity is None else description.without_counts()


@dataclass(frozen=True, slots=True)
class Registry:
    """Every alias, in the file's order, and the groups that the whole site knows."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    staff_groups: frozenset[str] = frozenset()
    superuser_groups: frozenset[str] = frozenset()
    read_only: bool = False
    _kinds: Mapping[str, list[Table]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[Table]] = {}
        for table in self.tables.values():
            kinds.setdefault(table.of, []).append(table)
        object.__setattr__(self, "_kinds", kinds)

    def __hash__(self) -> int:
        """Of this very one: what follows from it is kept beside it."""
        return id(self)

    def kinds_of(self, table: Table) -> Sequence[Table]:
        """The aliases of the kinds of items that the alias map describes in a whole table."""
        return self._kinds.get(table.alias, ())

    def get(self, alias: object) -> Table:
        """The table of that alias, case-sensitive. Raises TableNotFound."""
        table = self.tables.get(alias) if isinstance(alias, str) else None
        if table is None:
            raise TableNotFound("No table has that alias.")
        return table
