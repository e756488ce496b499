"""Each table as the OpenAPI document describes it: its items, from keys and JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tables.api.v1.examples import example_item
from tables.api.v1.openapi.operations import Subject
from tables.api.v1.openapi.parts import Part
from tables.api.v1.openapi.schemas import shown
from tables.core.audit import AUDIT_ATTRIBUTES
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.expressions import parse_path
from tables.core.registry import Table
from tables.core.schemas import declared_types

_JSON_TYPES: dict[str, Part] = {
    "S": {"type": "string"},
    "N": {"type": "number"},
    "B": {"type": "string", "contentEncoding": "base64"},
    "BOOL": {"type": "boolean"},
}
# Keywords that name or place a whole schema document, which a component is not.
_OF_DOCUMENTS = ("$schema", "$id")


def subject_of(table: Table, known: TableDescription | None) -> tuple[Subject, dict[str, Part]]:
    """A table's subject, and the schemas of its items by component name.

    Where the keys are not known, the schema alone describes an item.
    """
    makes_keys = not table.client_keys or bool(table.natural_key)
    example = example_item(table, known) if known else None
    subject = Subject(
        alias=table.alias,
        has_natural_key=bool(table.natural_key),
        creates_by_put=not makes_keys,
        requires_precondition=table.require_precondition,
        example=example,
        example_at_url={n: v for n, v in example.items() if n not in known.key_names}
        if example is not None and known
        else None,
        filters=tuple(_filters(table, known)),
        indexes=tuple(index.name for index in known.indexes) if known else (),
    )
    return subject, _schemas(table, known, makes_keys=makes_keys)


def _schemas(table: Table, known: TableDescription | None, *, makes_keys: bool) -> dict[str, Part]:
    name = f"{table.alias}.Item"
    whole = _moved(table.schema or {"type": "object"}, f"#/components/schemas/{name}")
    keys = known.key_attributes if known else ()
    properties = {**{key.name: _key_schema(key) for key in keys}, **whole.get("properties", {})}
    if table.audit_attributes:
        stamps = {stamp: {"type": "string", "readOnly": True} for stamp in AUDIT_ATTRIBUTES}
        properties = {**properties, **stamps}
    whole = {**whole, "type": "object", "properties": properties}
    made = {keys[0].name} if keys and makes_keys else set()
    defaulted = {keys[0].name} if keys and keys[0].type == "S" else set()
    key_names = [key.name for key in keys]
    required = [n for n in whole.get("required", ()) if n not in AUDIT_ATTRIBUTES]
    return {
        name: {**whole, "required": _distinct([*key_names, *required])},
        f"{table.alias}.Shown": shown(name),
        f"{table.alias}.NewItem": {
            **whole,
            "properties": {n: s for n, s in properties.items() if n not in made},
            "required": _distinct(
                [n for n in [*key_names, *required, *_natural(table)] if n not in made | defaulted]
            ),
        },
        f"{table.alias}.ItemAtUrl": {
            **whole,
            "required": _distinct([n for n in [*required, *_natural(table)] if n not in key_names]),
        },
    }


def _natural(table: Table) -> list[str]:
    return [str(parse_path(name)[0]) for name in table.natural_key]


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _filters(table: Table, known: TableDescription | None) -> list[Part]:
    types = {**declared_types(table.schema), **(known.declared_types() if known else {})}
    return [
        {
            "name": path,
            "in": "query",
            "description": "Equality; add an operator for another comparison.",
            "schema": _JSON_TYPES[tag],
        }
        for path, tag in types.items()
        if tag in ("S", "N") and "__" not in path
    ]


def _key_schema(attribute: KeyAttribute) -> Part:
    smallest = {} if attribute.type == "N" else {"minLength": 1}
    return {**_JSON_TYPES[attribute.type], **smallest}


def _moved(schema: Mapping[str, Any], place: str) -> Part:
    """A schema document as a component: its references to itself lead to its new place."""
    moved = _with_references(schema, place)
    return {name: value for name, value in moved.items() if name not in _OF_DOCUMENTS}


def _with_references(node: Any, place: str) -> Any:
    if isinstance(node, Mapping):
        return {
            name: place + value[1:]
            if name == "$ref" and isinstance(value, str) and value.startswith("#")
            else _with_references(value, place)
            for name, value in node.items()
        }
    return [_with_references(child, place) for child in node] if isinstance(node, list) else node
