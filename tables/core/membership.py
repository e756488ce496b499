"""Membership of an index: whether every item that a filter lets through is surely in it.

An item is in an index only if it has all of the index's key attributes, each of the declared type,
not empty and not too long. DynamoDB refuses writes that break this while the index is there, but an
index that was added later leaves such items out (AWS: "Detecting and correcting index key
violations"). A local index is as old as its table, so no item could ever break it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tables.core.comparisons import ORDERED_TYPES
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.filters import Group, Term
from tables.core.keys import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from tables.core.sizes import value_size
from tables.core.values import AttributeValue, content_of, type_of

# No number takes more (AWS: DynamoDB item sizes and formats).
_NUMBER_BYTES = 21


def unproven_keys(index: Index, filter: Group, description: TableDescription) -> tuple[str, ...]:
    """The key attributes for which the index may lack items that match; empty: it lacks none."""
    terms = [part for part in filter.parts if isinstance(part, Term)]
    if not index.is_global:
        return tuple(
            attribute.name
            for attribute in index.sort_keys
            if not any(_requires(term, attribute) for term in terms)
        )
    return (
        *_unproven(index.partition_keys, MAX_PARTITION_KEY_BYTES, terms, description),
        *_unproven(index.sort_keys, MAX_SORT_KEY_BYTES, terms, description),
    )


def _unproven(
    attributes: Sequence[KeyAttribute],
    limit: int,
    terms: Sequence[Term],
    description: TableDescription,
) -> tuple[str, ...]:
    """Those of one key's attributes that may be missing, of another type, empty or too long.

    Whether the limit is one for each attribute or for all of them, they stay below it together.
    """
    sizes = {attribute.name: _most_bytes(attribute, terms, description) for attribute in attributes}
    known = [size for size in sizes.values() if size is not None]
    if sum(known) > limit:
        return tuple(sizes)
    return tuple(name for name, size in sizes.items() if size is None)


def _most_bytes(
    attribute: KeyAttribute, terms: Sequence[Term], description: TableDescription
) -> int | None:
    """How long a valid value of the attribute is at most in what the filter lets through.

    None where the filter lets through items without one.
    """
    own = [
        _most_bytes_of_own_key(key, description)
        for key in description.key_attributes
        if key == attribute
    ]
    found = [_proven_bytes(term, attribute) for term in terms]
    return min((size for size in (*own, *found) if size is not None), default=None)


def _most_bytes_of_own_key(attribute: KeyAttribute, description: TableDescription) -> int:
    if attribute.type == "N":
        return _NUMBER_BYTES
    is_partition = attribute == description.partition_key
    return MAX_PARTITION_KEY_BYTES if is_partition else MAX_SORT_KEY_BYTES


def _proven_bytes(term: Term, attribute: KeyAttribute) -> int | None:
    """The most bytes of what one condition lets through, if that is sure to be a valid value."""
    if term.path != (attribute.name,) or term.alternatives:
        return None
    suffix = term.operator.suffix
    if suffix in ("eq", "in"):
        return _most_bytes_of(term.operands, attribute)
    if attribute.type != "N":
        return None  # Text and binary that pass any other condition may be of any length.
    if suffix == "type":
        return _NUMBER_BYTES if content_of(term.operands[0]) == "N" else None
    is_ordered = term.operator.types == ORDERED_TYPES
    return _NUMBER_BYTES if is_ordered and _are_all(term.operands, "N") else None


def _most_bytes_of(operands: Sequence[AttributeValue], attribute: KeyAttribute) -> int | None:
    sizes = [value_size(operand) for operand in operands]
    return max(sizes) if _are_all(operands, attribute.type) and min(sizes) > 0 else None


def _are_all(operands: Sequence[AttributeValue], tag: str) -> bool:
    return all(type_of(operand) == tag for operand in operands)


def _requires(term: Term, attribute: KeyAttribute) -> bool:
    return term.path == (attribute.name,) and term.operator.implies_existence
