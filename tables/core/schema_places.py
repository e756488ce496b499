"""What of a JSON Schema can't be asked at a write, and where it stands: found at the start."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
import referencing
import referencing.exceptions
import referencing.jsonschema

from tables.core.linear_patterns import NotLinear, linear
from tables.core.values import join_pointer

# Keyword -> how its subschemas are held: one, a list of them, or a map by name.
# Those that speak of the very value that their schema speaks of …
_OF_THE_SAME = {
    **dict.fromkeys(("not", "if", "then", "else"), "one"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), "list"),
    "dependentSchemas": "map",
}
# … and those that speak of what is inside it, or of nothing until they are referred to.
_OF_WHAT_IS_INSIDE = {
    **dict.fromkeys(("items", "contains", "additionalProperties", "propertyNames"), "one"),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "contentSchema"), "one"),
    "prefixItems": "list",
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), "map"),
}
_REFERENCES = ("$ref", "$dynamicRef")


@dataclass(frozen=True, slots=True)
class _Place:
    """A subschema: its pointer, and the resolver of the references that stand in it."""

    pointer: str
    schema: Mapping[str, Any]
    resolver: Any


def require_answerable(schema: Mapping[str, Any]) -> None:
    """Raise jsonschema.SchemaError, naming the place, for what could not be decided at a write.

    That is: a reference that leads nowhere in this file, one that comes back to itself without
    going deeper into the item, a pattern that takes more than linear time.
    """
    document = dict(schema)
    resource = referencing.jsonschema.DRAFT202012.create_resource(document)
    resolver = referencing.Registry().resolver_with_root(resource)
    places: dict[int, _Place] = {}
    left = [_Place("", document, resolver)]
    while left:
        place = left.pop()
        if id(place.schema) not in places:
            places |= {id(found.schema): found for found in _places(place)}
            left += [found for within in places.values() for found in _outside(within, places)]
    for place in places.values():
        _require_linear(place)
    _require_no_unevaluated_patterns(places.values())
    _require_depth(places)


def _outside(place: _Place, places: Mapping[int, _Place]) -> Iterator[_Place]:
    """What a place refers to that stands under no keyword of JSON Schema."""
    for keyword, found in _references(place):
        if isinstance(found.contents, Mapping) and id(found.contents) not in places:
            jsonschema.Draft202012Validator.check_schema(found.contents)
            yield _Place(place.schema[keyword].lstrip("#"), found.contents, found.resolver)


def _places(place: _Place) -> Iterator[_Place]:
    """A schema and all in it; `true` and `false` hold nothing."""
    yield place
    for keywords in (_OF_THE_SAME, _OF_WHAT_IS_INSIDE):
        for pointer, child in _children(place.schema, keywords):
            if isinstance(child, Mapping):
                resource = referencing.jsonschema.DRAFT202012.create_resource(child)
                inner = place.resolver.in_subresource(resource)
                yield from _places(_Place(place.pointer + pointer, child, inner))


def _children(schema: Mapping[str, Any], keywords: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Each subschema under these keywords, by the rest of its pointer."""
    for keyword, held in keywords.items():
        if keyword not in schema:
            continue
        value, pointer = schema[keyword], join_pointer("", keyword)
        if held == "one":
            yield pointer, value
        elif held == "list":
            for position, child in enumerate(value):
                yield f"{pointer}/{position}", child
        else:
            for name, child in value.items():
                yield join_pointer(pointer, name), child


def _require_linear(place: _Place) -> None:
    named = place.schema.get("patternProperties", {})
    for pattern in [*named, *([place.schema["pattern"]] if "pattern" in place.schema else [])]:
        try:
            linear(pattern)
        except NotLinear as error:
            raise jsonschema.SchemaError(
                f"at {place.pointer or '/'}: the pattern {pattern!r} can't be searched in linear"
                f" time ({error})"
            ) from error


def _require_no_unevaluated_patterns(places: Iterable[_Place]) -> None:
    """Raise jsonschema.SchemaError for a keyword that searches names by a pattern of its own."""
    asking = [place for place in places if "unevaluatedProperties" in place.schema]
    if asking and any("patternProperties" in place.schema for place in places):
        raise jsonschema.SchemaError(
            f"at {asking[0].pointer or '/'}: unevaluatedProperties can't be asked in linear time in"
            " a schema that has patternProperties; additionalProperties can"
        )


def _require_depth(places: Mapping[int, _Place]) -> None:
    """Raise jsonschema.SchemaError where a value would be asked of the same schema for ever."""
    graph = {key: _asked_next(place, places) for key, place in places.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        first, second = (places[key].pointer or "/" for key in error.args[1][:2])
        raise jsonschema.SchemaError(
            f"at {second}: a reference comes back to {first} without going deeper into the item"
        ) from error


def _asked_next(place: _Place, places: Mapping[int, _Place]) -> list[int]:
    """The schemas that the same value is asked of right after this one."""
    children = [child for _, child in _children(place.schema, _OF_THE_SAME)]
    for keyword, found in _references(place):
        children.append(found.contents)
        if keyword == "$dynamicRef":
            # Which of the anchors of that name it will be depends on the way there: any of them.
            anchor = place.schema[keyword].rpartition("#")[2]
            schemas = (other.schema for other in places.values())
            children += [one for one in schemas if one.get("$dynamicAnchor") == anchor]
    return [id(child) for child in children if id(child) in places]


def _references(place: _Place) -> Iterator[tuple[str, Any]]:
    """Each reference of a schema, and what it leads to. Raises jsonschema.SchemaError."""
    for keyword in _REFERENCES:
        if keyword not in place.schema:
            continue
        reference = place.schema[keyword]
        try:
            yield keyword, place.resolver.lookup(reference)
        except referencing.exceptions.Unresolvable as error:
            raise jsonschema.SchemaError(
                f"at {place.pointer or '/'}: the reference {reference!r} leads nowhere in this file"
            ) from error
