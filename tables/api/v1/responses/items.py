"""Representations: how an answer shows items, and the entity tags that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tables.core.expressions import Path
from tables.core.preconditions import etag
from tables.core.projections import project
from tables.core.registry import Table
from tables.core.sight import Seen
from tables.core.values import Item, dumps, plain_item
from tables.items.told import told


@dataclass(frozen=True, slots=True)
class Representation:
    """Plain or typed, whole or some paths only; `is_pretty` where a person will read it.

    What stands in the keys of the `table` alone is shown where a path names it.
    """

    table: Table
    is_typed: bool = False
    fields: tuple[Path, ...] = ()
    is_pretty: bool = False

    def show(self, item: Seen) -> dict[str, Any]:
        """A whole stored item as this representation shows it."""
        return self._spelled(self.kept(item))

    def kept(self, item: Item) -> Item:
        """What this representation keeps of an item."""
        return project(told(item, self.table), self.fields) if self.fields else item

    def spell(self, item: Seen) -> dict[str, Any]:
        """An item, or what is left of it, in this representation's JSON language."""
        return self._spelled(item)

    def _spelled(self, item: Item) -> dict[str, Any]:
        return item if self.is_typed else plain_item(item)

    def etag(self, item: Seen) -> str:
        """The strong tag of a whole stored item as shown."""
        return etag(item, "typed" if self.is_typed else "plain", self.fields)

    def body(self, value: Any) -> bytes:
        """JSON text."""
        return dumps(value, pretty=self.is_pretty)
