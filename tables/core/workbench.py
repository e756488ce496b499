"""Kinds of items as the facets of a NoSQL Workbench model show them by samples, as suggestions.

Such a model names the attributes of a facet, and gives its keys friendly names, not patterns. So
only its samples tell what marks an item of the kind, and what its key is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from typing import Any

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidValue
from tables.core.patterns import NotAPattern, Pattern, parse_pattern, text_of
from tables.core.suggestions import KeyPatterns, Suggestion, free_alias, patterns_of, suggest
from tables.core.type_marks import TYPE_MARKS
from tables.core.typed_json import typed_value
from tables.core.values import AttributeValue, Item

_NO_MARK = (
    "Nothing marks its items: no attribute says the kind, and no start of its keys is its own among"
    " the samples. Write its section yourself."
)


def suggest_from_workbench(document: Any, description: TableDescription) -> list[Suggestion]:
    """A suggestion for each facet; without facets, for what marks the samples of the table.

    Raises NotAPattern for what is no model, and for one without a table that has these keys.
    """
    table = _table(document, description)
    facets = {
        str(facet.get("FacetName", "")): _samples(facet, description)
        for facet in _objects(table.get("TableFacets"))
    }
    if not facets:
        return suggest(_samples(table, description), description)
    taken: set[str] = set()
    return [_suggestion(name, facets, description, taken) for name in facets]


def _table(document: Any, description: TableDescription) -> Mapping[str, Any]:
    """The table of the model that is meant: one with the same keys, the same name before others."""
    tables = document.get("DataModel") if isinstance(document, dict) else None
    if not isinstance(tables, list):
        raise NotAPattern("The file has no list called DataModel.")
    fitting = [table for table in _objects(tables) if _keys(table) == description.key_names]
    if not fitting:
        names = ", ".join(description.key_names)
        raise NotAPattern(f"No table of the model has the key attributes {names}.")
    return next(
        (table for table in fitting if table.get("TableName") == description.name), fitting[0]
    )


def _keys(table: Mapping[str, Any]) -> tuple[str, ...]:
    keys = table.get("KeyAttributes")
    parts = (
        [keys.get(part) for part in ("PartitionKey", "SortKey")] if isinstance(keys, dict) else []
    )
    return tuple(str(part.get("AttributeName")) for part in parts if isinstance(part, dict))


def _samples(holder: Mapping[str, Any], description: TableDescription) -> list[Item]:
    """The items under TableData that have a whole key, with those attributes that can be read."""
    items = [dict(_readable(written)) for written in _objects(holder.get("TableData"))]
    return [item for item in items if all(name in item for name in description.key_names)]


def _readable(written: Mapping[str, Any]) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in written.items():
        # A modeller's samples are drawings: a list of plain texts in them spoils no key.
        with suppress(InvalidValue):
            yield name, typed_value(value)


def _objects(entries: Any) -> list[Mapping[str, Any]]:
    listed = entries if isinstance(entries, list) else []
    return [entry for entry in listed if isinstance(entry, dict)]


def _suggestion(
    name: str, facets: Mapping[str, list[Item]], description: TableDescription, taken: set[str]
) -> Suggestion:
    items = facets[name]
    alias = free_alias(name, taken)
    if not items:
        return Suggestion(alias, {}, 0, {}, notes=(f"{name}: no samples, so nothing can be told.",))
    keys = patterns_of(items, description)
    others = [item for rows in facets.values() for item in rows if item not in items]
    when = _mark(items, others, description) or _starts(items[0], keys, others)
    notes = [f"{name}: {len(items)} samples." if len(items) > 1 else f"{name}: one sample."]
    if not when:
        notes.append(_NO_MARK)
    if keys.note:
        notes.append(keys.note)
    return Suggestion(alias, when, len(items), keys.patterns, keys.key_only, tuple(notes))


def _mark(
    items: Sequence[Item], others: Sequence[Item], description: TableDescription
) -> dict[str, str]:
    """The attribute that says one thing of these items and another of others, and what it says."""
    for name in TYPE_MARKS:
        value = items[0].get(name, {})
        if name in description.key_names or not value.get("S"):
            continue
        if all(item.get(name) == value for item in items) and all(
            item.get(name) != value for item in others
        ):
            return {name: value["S"]}
    return {}


def _starts(item: Item, keys: KeyPatterns, others: Sequence[Item]) -> dict[str, str]:
    """How the keys of these items alone begin, or are: by the sort key if that is enough."""
    named = {name: parse_pattern(text) for name, text in reversed(keys.patterns.items())}
    starting = [
        (name, pattern)
        for name, pattern in named.items()
        if pattern.prefix({}) and "S" in item[name]
    ]
    for count in range(1, len(starting) + 1):
        for chosen in combinations(starting, count):
            if not any(all(_begins(other[name], p) for name, p in chosen) for other in others):
                return {
                    f"{name}__begins_with" if p.names else name: p.prefix({}) for name, p in chosen
                }
    return {}


def _begins(value: AttributeValue, pattern: Pattern) -> bool:
    start, text = pattern.prefix({}), text_of(value) or ""
    return text.startswith(start) if pattern.names else text == start
