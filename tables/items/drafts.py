"""What somebody wants an item to be: whole, patched, or changed at single paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tables.core.descriptions import TableDescription
from tables.core.keys import coerce_binary_keys
from tables.core.updates import Change
from tables.core.values import Item, fit_to_stored


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as a client wrote it; `is_typed` where the client chose every type itself."""

    item: Item
    is_typed: bool = False

    def keyed(self, description: TableDescription) -> Draft:
        """The draft with base64 text in place of binary keys read as binary."""
        return replace(self, item=coerce_binary_keys(self.item, description))

    def fitted(self, stored: Item) -> Item:
        """The item, keeping stored set and binary types that plain JSON can't spell."""
        if self.is_typed:
            return self.item
        return {
            name: fit_to_stored(value, stored[name]) if name in stored else value
            for name, value in self.item.items()
        }


@dataclass(frozen=True, slots=True)
class Patch:
    """How a stored item becomes the one that is wanted.

    `is_local` where the result for an attribute depends on that attribute alone.
    """

    apply: Callable[[Item], Item]
    is_local: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes at single paths.

    `settle`, where there is one, says them anew for the item as it is stored (empty: there is
    none), and may raise where they don't fit it.
    """

    changes: Sequence[Change]
    settle: Callable[[Item], Sequence[Change]] | None = None

    def settled(self, stored: Item) -> Sequence[Change]:
        """The changes that fit this item."""
        return self.changes if self.settle is None else self.settle(stored)
