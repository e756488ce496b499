"""Values to choose a condition from: those of the schema, or the few that the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.http import urlencode

from tables.admin.item_list.address import Address
from tables.admin.item_list.columns import parse_paths
from tables.core.expressions import Path, value_at
from tables.core.filters import BY_SUFFIX, make_term
from tables.core.queries import format_term
from tables.core.registry import Table
from tables.core.schemas import subschema
from tables.core.values import Item

# More than these are no longer a choice.
MOST = 20

# A value's type tag and content: text, or a boolean.
Known = tuple[str, str | bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value, on how many items of the page it is seen, and the list of those that have it."""

    text: str
    count: int
    url: str


def choices_of(
    text: str, table: Table, items: Sequence[Item], types: Mapping[str, str], address: Address
) -> tuple[Choice, ...]:
    """The values of an attribute, as links that add an equality to `address`; none if too many."""
    for path in parse_paths([text]):
        seen = _seen(path, items)
        values = _declared(path, table) or sorted(seen, key=lambda value: -seen[value])
        if len(values) <= MOST:
            before = address.url + ("&" if address.pairs else "?")
            return tuple(
                Choice(_text(value), seen.get(value, 0), before + _query(path, value, types))
                for value in values
            )
    return ()


def _declared(path: Path, table: Table) -> list[Known]:
    """What the schema allows there."""
    schema = subschema(table.schema, path)
    if schema.get("type") == "boolean":
        return [("BOOL", True), ("BOOL", False)]
    return [("S", value) for value in schema.get("enum", ()) if value and isinstance(value, str)]


def _seen(path: Path, items: Sequence[Item]) -> dict[Known, int]:
    """How many items have each value; what no link could ask for is left out."""
    counts: dict[Known, int] = {}
    for item in items:
        for tag, content in (value_at(item, path) or {}).items():
            if tag in ("S", "N", "BOOL") and content != "":
                counts[tag, content] = counts.get((tag, content), 0) + 1
        if len(counts) > MOST:
            break
    return counts


def _text(value: Known) -> str:
    return str(value[1]).lower() if value[0] == "BOOL" else str(value[1])


def _query(path: Path, value: Known, types: Mapping[str, str]) -> str:
    term = make_term(path, BY_SUFFIX["eq"], [dict([value])])
    return urlencode([format_term(term, types)])
