"""The JSON Schema of the scan language, made from the table of its operators."""

from __future__ import annotations

from tables.api.v1.openapi.objects import Part, object_of, ref
from tables.api.v1.openapi.texts import PATH, STRING, word
from tables.api.v1.openapi.values import NUMBER, VALUE
from tables.core.adminapi_scan import KEYWORDS
from tables.core.comparisons import ORDERED_TYPES
from tables.core.expressions import MAX_OPERATORS
from tables.core.filters import BY_SUFFIX, MAX_IN_OPERANDS, OPERATORS, Operator
from tables.core.values import TYPES

_CONDITION = ref("schemas", "Condition")
_OPERAND = ref("schemas", "Operand")
_PATHS: Part = {"type": ["array", "null"], "items": PATH, "maxItems": MAX_OPERATORS}
_BYTES: Part = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}}
_BUFFER = ref("schemas", "Buffer")
_SETS: dict[str, Part] = {"String": STRING, "Number": NUMBER, "Binary": _BUFFER}
_SCALARS: list[Part] = [STRING, NUMBER, {"type": "boolean"}, {"type": "null"}]


def _alternatives(operand: Part) -> Part:
    return {"type": "array", "items": operand, "minItems": 1, "maxItems": MAX_IN_OPERANDS}


def _wrapped_set(name: str, entry: Part) -> Part:
    values = {"type": "array", "items": entry, "minItems": 1, "uniqueItems": True}
    return object_of({"wrapperName": word("Set"), "type": word(name), "values": values})


def _value_of(operator: Operator) -> Part:
    """The `value` of a condition with this operator."""
    if operator.suffix == "type":
        return word(*TYPES)
    if operator.types == frozenset("SB"):
        return {"anyOf": [STRING, _BUFFER]}
    if operator.types == ORDERED_TYPES and operator.operands == 1:
        return {"anyOf": [STRING, NUMBER, _BUFFER]}
    if operator.operands == 1:
        return VALUE
    if operator.operands is None:
        return _alternatives(VALUE)
    pairs = [
        {"type": "array", "items": bound, "minItems": 2, "maxItems": 2}
        for bound in (STRING, NUMBER)
    ]
    return {"description": "The lower bound, then the upper.", "anyOf": pairs}


def _comparison(operator: Operator) -> Part:
    names = word(*operator.names)
    if operator.operands == 0:
        return object_of({"comparator": names})
    needed = ["comparator", "value"] if operator is not BY_SUFFIX["eq"] else ["value"]
    return {
        **object_of({"comparator": names, "value": _value_of(operator)}),
        "required": needed,
    }


# Under names of their own, which generators of clients take for the names of classes.
_OBJECTS: dict[str, Part] = {
    "Buffer": object_of({"type": word("Buffer"), "data": _BYTES}),
    **{f"SetOf{name}": _wrapped_set(name, entry) for name, entry in _SETS.items()},
    **{
        f"Compares{operator.suffix.title().replace('_', '')}": _comparison(operator)
        for operator in OPERATORS
    },
}
SCAN_LANGUAGE: dict[str, Part] = {
    **_OBJECTS,
    "Operand": {
        "description": "One of several values; among the objects are Set wrappers and Buffers.",
        "anyOf": [*_SCALARS, {"type": "object", "additionalProperties": VALUE}],
    },
    "Condition": {
        "description": (
            "A value is equal; an array holds one of these, an array of arrays one of each; an "
            "object compares."
        ),
        "anyOf": [
            *_SCALARS,
            _alternatives(_OPERAND),
            _alternatives(_alternatives(_OPERAND)),
            *(ref("schemas", name) for name in _OBJECTS),
        ],
    },
    "Scan": {
        "type": "object",
        "description": "Conditions by document path, all of which hold; {} means everything.",
        "properties": dict.fromkeys(KEYWORDS, _PATHS),
        "additionalProperties": _CONDITION,
        "propertyNames": PATH,
        "maxProperties": MAX_OPERATORS,
    },
}
