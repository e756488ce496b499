"""Attributes by which programs mark what kind of item one is, in tables that hold several."""

from __future__ import annotations

from tables.core.values import Item

# Most telling first: OneTable's, ElectroDB's, dynamodb-toolbox's, GraphQL's, then common names.
TYPE_MARKS = (
    "_type",
    "__edb_e__",
    "_et",
    "__typename",
    "entity",
    "entityType",
    "EntityType",
    "itemType",
    "ItemType",
    "kind",
    "type",
    "Type",
)


def mark_of(item: Item) -> tuple[str, str] | None:
    """The attribute that says the item's kind, and what it says; None where none does."""
    for name in TYPE_MARKS:
        text = item.get(name, {}).get("S")
        if text:
            return name, text
    return None
