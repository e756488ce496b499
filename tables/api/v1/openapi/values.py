"""The JSON Schemas of attribute values, plain and typed, and of what names them."""

from __future__ import annotations

from typing import Any

from tables.api.v1.openapi.objects import Part, object_of, ref
from tables.api.v1.openapi.texts import STRING
from tables.core.values import SET_TYPES

# What a name of an attribute must be, at the top of an item.
NAMES: Part = {"minLength": 1}
# At most 38 digits, and no nearer to zero than 1e-130: neither can be said here.
NUMBER: Part = {"type": "number", "exclusiveMinimum": -1e126, "exclusiveMaximum": 1e126}
# Any JSON. A schema that leads back to itself is read by hardly any generator of clients.
VALUE: Part = {}
TYPED_VALUE = ref("schemas", "TypedValue")
BINARY: Part = {
    "type": "string",
    "contentEncoding": "base64",
    "pattern": (
        "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
    ),
}
# Of at most 38 digits that count; zeros around them make up the rest.
_NUMBER_TEXT: Part = {
    "type": "string",
    "pattern": r"^-?[0-9]{1,126}(?:\.[0-9]{1,168})?(?:[eE][+-]?[0-9]{1,3})?$",
}
_SCALARS: dict[str, Part] = {"S": STRING, "N": _NUMBER_TEXT, "B": BINARY}


def typed(tag: str, content: Part) -> Part:
    """A typed value of one type."""
    return object_of({tag: content})


def typed_scalar(tag: str, **more: Any) -> Part:
    """A typed string, number or binary; `more` are keywords for its text."""
    return typed(tag, {**_SCALARS[tag], **more})


def _set_of(scalar: Part) -> Part:
    return {"type": "array", "items": scalar, "minItems": 1, "uniqueItems": True}


VALUES: dict[str, Part] = {
    "TypedValue": {
        "type": "object",
        "description": "A value as DynamoDB itself writes it: its type, and what it holds.",
        "properties": {
            **_SCALARS,
            "BOOL": {"type": "boolean"},
            "NULL": {"type": "boolean", "const": True},
            **{tag: _set_of(_SCALARS[scalar]) for tag, scalar in SET_TYPES.items()},
            "L": {"type": "array", "items": TYPED_VALUE},
            "M": {"type": "object", "additionalProperties": TYPED_VALUE},
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    },
}
