"""What every operation of the 2011-12-05 door starts from: the table, and checked members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tables.access.callers import Caller
from tables.access.log_fields import bind
from tables.configuration import registry
from tables.core.errors import InvalidValue
from tables.core.operations import ReturnValues
from tables.core.values import Item, content_of
from tables.items.target import Target, find_target

Members = Mapping[str, Any]


def target(alias: Any, caller: Caller, action: str = "view") -> Target:
    """The table behind `TableName`. Raises TableNotFound, Forbidden as `rights.require` does."""
    if not isinstance(alias, str):
        raise InvalidValue("TableName must be a string.")
    table = registry().get(alias)
    bind(alias=table.alias)
    return find_target(table, caller, action)


def flag_of(members: Members, name: str, *, default: bool = False) -> bool:
    """A boolean member. Raises InvalidValue for anything else."""
    value = members.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InvalidValue(f"{name} takes true or false.")
    return value


def limit_of(members: Members) -> int | None:
    """`Limit`, or None. Raises InvalidValue unless it is a whole number from 1."""
    value = members.get("Limit")
    if value is None:
        return None
    if not isinstance(value, Decimal) or value != int(value) or not 1 <= value <= 2**31:
        raise InvalidValue("Limit takes a whole number from 1.")
    return int(value)


def return_values_of(members: Members, *choices: ReturnValues) -> ReturnValues:
    """`ReturnValues`, NONE where it is absent. Raises InvalidValue unless it is one of these."""
    wanted = members.get("ReturnValues")
    if wanted is None:
        return "NONE"
    for choice in choices:
        if wanted == choice:
            return choice
    raise InvalidValue(f"ReturnValues takes {', '.join(choices)} here.")


def object_of(value: Any, name: str) -> dict[str, Any]:
    """An object that is not empty. Raises InvalidValue for anything else."""
    if not isinstance(value, dict) or not value:
        raise InvalidValue(f"{name} must be an object, not empty.")
    return value


def require_count(lists: Iterable[Any], limit: int) -> None:
    """Raise InvalidValue unless these are lists, none empty, of at most `limit` in all."""
    total = 0
    for entries in lists:
        if not isinstance(entries, list) or not entries:
            raise InvalidValue("Each table of RequestItems needs a list that is not empty.")
        total += len(entries)
    if total > limit:
        raise InvalidValue(f"Too many items requested: at most {limit} in one call.")


def require_distinct(keys: list[Item]) -> None:
    """Raise InvalidValue when a batch names a key twice."""
    spelled = [tuple(content_of(value) for value in key.values()) for key in keys]
    if len(set(spelled)) != len(spelled):
        raise InvalidValue("Provided list of item keys contains duplicates.")


def paths_of(names: Iterable[str]) -> tuple[tuple[str], ...]:
    """Attribute names as document paths of one segment."""
    return tuple((name,) for name in names)
