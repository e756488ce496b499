"""JSON Schemas of tables: validating items, and what a schema says of an attribute's type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import jsonschema

from tables.core.errors import InvalidValue, Problem
from tables.core.expressions import Path, format_path
from tables.core.values import Item, join_pointer, plain_item

# JSON Schema type -> the attribute type that plain JSON of that type becomes.
_TAGS = {"string": "S", "number": "N", "integer": "N", "boolean": "BOOL", "null": "NULL"}


def _is_number(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, Decimal)


def _is_integer(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, Decimal) and instance == instance.to_integral_value()


_Base = jsonschema.Draft202012Validator
# Numbers are Decimals here: a float would lose digits before the schema sees them.
_ExactValidator: type[Any] = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # has no types
    _Base,
    type_checker=_Base.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer}),
)


def require_schema(schema: Mapping[str, Any]) -> None:
    """Raise jsonschema.SchemaError when the schema itself is wrong."""
    _ExactValidator.check_schema(dict(schema))


def require_valid(item: Item, schema: Mapping[str, Any] | None) -> None:
    """Raise InvalidValue, one problem for each rule broken, unless the item fits the schema."""
    if schema is None:
        return
    document = plain_item(item, number=Decimal)
    validator = _ExactValidator(dict(schema), format_checker=_Base.FORMAT_CHECKER)
    errors = sorted(validator.iter_errors(document), key=lambda e: list(map(str, e.path)))
    if not errors:
        return
    problems = [Problem(_pointer(error.absolute_path), error.message[:500]) for error in errors]
    raise InvalidValue(
        f"The item does not fit the table's schema: {problems[0].pointer or '/'}: "
        f"{problems[0].detail}.",
        problems=problems,
    )


def declared_types(schema: Mapping[str, Any] | None) -> dict[str, str]:
    """Type tag by the text of the document path, for what the schema declares plainly."""
    return {format_path(path): tag for path, tag in _declared((), schema or {})}


def subschema(schema: Mapping[str, Any] | None, path: Path) -> Mapping[str, Any]:
    """What the schema says of one path: its title, description, enum, …; empty for nothing."""
    node: Mapping[str, Any] = schema or {}
    for segment in path:
        child = (
            node.get("items")
            if isinstance(segment, int)
            else (node.get("properties") or {}).get(segment)
        )
        if not isinstance(child, Mapping):
            return {}
        node = child
    return node


def _declared(path: Path, schema: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, child in (schema.get("properties") or {}).items():
        if not isinstance(child, Mapping):
            continue
        declared = child.get("type")
        if isinstance(declared, str) and declared in _TAGS:
            yield (*path, name), _TAGS[declared]
        yield from _declared((*path, name), child)


def _pointer(path: Any) -> str:
    pointer = ""
    for segment in path:
        pointer = join_pointer(pointer, str(segment))
    return pointer
