"""JSON Schemas of tables: validating items, and what a schema says of an attribute's type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import jsonschema
import referencing

from tables.core.errors import InvalidValue, Problem
from tables.core.expressions import Path, format_path
from tables.core.linear_patterns import NotLinear, linear
from tables.core.numbers import EXACT
from tables.core.schema_places import require_answerable
from tables.core.values import Item, join_pointer, plain_item

# JSON Schema type -> the attribute type that plain JSON of that type becomes.
_TAGS = {"string": "S", "number": "N", "integer": "N", "boolean": "BOOL", "null": "NULL"}
_MOST_PROBLEMS = 100
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
# RFC 3339, section 5.6.
_TIME = r"\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})"
_FULL_TIME = re.compile(_TIME, re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]" + _TIME, re.ASCII)
# RFC 3986, section 3: a scheme, and no characters that a URI never has.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def _is_number(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, Decimal)


def _is_integer(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, Decimal) and instance == instance.to_integral_value()


def _multiple_of(
    _validator: Any, factor: Any, instance: Any, _schema: Any
) -> Iterator[jsonschema.ValidationError]:
    # Decimal's own % gives up at 28 digits.
    if isinstance(instance, Decimal) and EXACT.remainder(instance, Decimal(factor)):
        yield jsonschema.ValidationError(f"{instance!r} is not a multiple of {factor}")


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and not linear(pattern).search(instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, named: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[jsonschema.ValidationError]:
    for pattern, subschema in named.items() if isinstance(instance, dict) else ():
        for name, value in instance.items():
            if linear(pattern).search(name):
                yield from validator.descend(value, subschema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[jsonschema.ValidationError]:
    """The library's own, which never sees a pattern: it would search by Python's engine."""
    patterns = [linear(pattern) for pattern in schema.get("patternProperties", ())]
    if isinstance(instance, dict):
        instance = {
            name: value
            for name, value in instance.items()
            if not any(pattern.search(name) for pattern in patterns)
        }
    plain = {"properties": schema.get("properties", {})}
    yield from _Base.VALIDATORS["additionalProperties"](validator, allowed, instance, plain)


_Base = jsonschema.Draft202012Validator
# Numbers are Decimals here: a float would lose digits before the schema sees them.
_ExactValidator: type[Any] = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # has no types
    _Base,
    validators={
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
    type_checker=_Base.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer}),
)
_FORMATS = jsonschema.FormatChecker()


@_FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    return bool(_DATE_TIME.fullmatch(text) and datetime.fromisoformat(text.upper()))


@_FORMATS.checks("time", raises=ValueError)
def _is_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    return bool(_FULL_TIME.fullmatch(text)) and time.fromisoformat(text.upper()) is not None


@_FORMATS.checks("regex", raises=NotLinear)
def _is_regex(text: object) -> bool:
    return not isinstance(text, str) or linear(text) is not None


@_FORMATS.checks("uri")
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or _URI.fullmatch(text) is not None


def require_schema(schema: Mapping[str, Any]) -> None:
    """Raise jsonschema.SchemaError when the schema is wrong, or could fail at a write.

    The second is what `require_answerable` finds.
    """
    _ExactValidator.check_schema(dict(schema))
    require_answerable(schema)


def require_valid(item: Item, schema: Mapping[str, Any] | None) -> None:
    """Raise InvalidValue, one problem for each rule broken, unless the item fits the schema."""
    if schema is None:
        return
    validator = _ExactValidator(
        _exact(schema), format_checker=_FORMATS, registry=referencing.Registry()
    )
    found = validator.iter_errors(plain_item(item, number=Decimal))
    errors = sorted(found, key=lambda error: list(map(str, error.absolute_path)))[:_MOST_PROBLEMS]
    if not errors:
        return
    problems = [
        Problem(_pointer(error.absolute_path), _words(error.message), str(error.validator))
        for error in errors
    ]
    raise InvalidValue(
        "The item does not fit the table's schema: {pointer}: {reason}.",
        problems=problems,
        pointer=problems[0].pointer or "/",
        reason=problems[0].detail,
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
        tag = _tag(child.get("type"))
        if tag is not None:
            yield (*path, name), tag
        yield from _declared((*path, name), child)


def _tag(declared: Any) -> str | None:
    """The attribute type of a `type`; of several one that is not null decides."""
    kinds = [declared] if isinstance(declared, str) else list(declared or ())
    kinds = [kind for kind in kinds if kind != "null"] or kinds
    return _TAGS.get(kinds[0]) if len(kinds) == 1 else None


def _exact(node: Any) -> Any:
    """The schema with decimals in place of floats: as their shortest text says, `0.1` is 0.1."""
    if isinstance(node, float):
        return Decimal(repr(node))
    if isinstance(node, Mapping):
        return {name: _exact(child) for name, child in node.items()}
    return [_exact(child) for child in node] if isinstance(node, list) else node


def _words(message: str) -> str:
    return _DECIMAL.sub(r"\1", message)[:500]


def _pointer(path: Any) -> str:
    pointer = ""
    for segment in path:
        pointer = join_pointer(pointer, str(segment))
    return pointer
