"""Natural keys: the partition key that follows from an item's own attributes (Ed-Fi upsert)."""

from __future__ import annotations

import uuid

import orjson

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidRequest, Problem, Sentence
from tables.core.expressions import parse_path, value_at
from tables.core.registry import Table
from tables.core.updates import canonical_value
from tables.core.values import AttributeValue, Item, content_of, join_pointer, type_of

# Ours for good: with another namespace every item would get another key.
_NAMESPACE = uuid.UUID("6f1d6a0e-4a3c-5b0c-9d53-2b8f6c1a7e42")
_SCALARS = frozenset({"S", "N", "BOOL"})


def natural_partition_key(item: Item, table: Table) -> str:
    """The uuid5 of the item's natural key: the same for every spelling of the same values.

    Raises InvalidRequest, one problem for each attribute that is missing, null, blank or no scalar.
    """
    values = {name: value_at(item, parse_path(name)) for name in table.natural_key}
    problems = [
        Problem(
            pointer_to(name),
            Sentence(
                "{name} is part of the natural key: it must be a string, a number or a boolean, "
                "and not empty or blank.",
                name=name,
            ),
        )
        for name, value in values.items()
        if not _is_usable(value)
    ]
    if problems:
        raise InvalidRequest(problems[0].detail, problems=problems)
    return str(uuid.uuid5(_NAMESPACE, _canonical(values)))


def has_same_natural_key(left: Item, right: Item, table: Table) -> bool:
    """Whether two items agree in every attribute of the natural key."""
    paths = [parse_path(name) for name in table.natural_key]
    return all(_spelled(value_at(left, path)) == _spelled(value_at(right, path)) for path in paths)


def require_server_chosen(item: Item, description: TableDescription) -> None:
    """Raise InvalidRequest when the item brings a partition key, which the server makes."""
    name = description.partition_key.name
    if name in item:
        detail = Sentence("{name} is made by the server: leave it out.", name=name)
        raise InvalidRequest(detail, problems=[Problem(join_pointer("", name), detail)])


def pointer_to(name: str) -> str:
    """The JSON pointer to an attribute that a natural key names by its path."""
    pointer = ""
    for segment in parse_path(name):
        pointer = join_pointer(pointer, str(segment))
    return pointer


def _is_usable(value: AttributeValue | None) -> bool:
    if value is None or type_of(value) not in _SCALARS:
        return False
    return type_of(value) != "S" or not _is_blank(content_of(value))


def _is_blank(text: str) -> bool:
    """Whether nobody would see anything: spaces, line breaks, controls, marks of no width."""
    return not any(sign.isprintable() and not sign.isspace() for sign in text)


def _spelled(value: AttributeValue | None) -> object:
    return None if value is None else canonical_value(value)


def _canonical(values: dict[str, AttributeValue | None]) -> str:
    return orjson.dumps(
        [[name, _spelled(value)] for name, value in sorted(values.items())]
    ).decode()
