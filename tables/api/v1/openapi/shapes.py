"""A table's own JSON Schema in the part of the language that generators of clients read.

What they can't read is left out, so that the shape allows more than the schema, never less. The
whole schema is in the table's own answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from tables.api.v1.openapi.objects import Part, ref
from tables.api.v1.openapi.values import NUMBER, VALUE

_KEPT = frozenset(
    {
        *("type", "description", "enum", "const", "format", "examples", "example", "readOnly"),
        *("minLength", "maxLength", "pattern", "required", "minProperties", "maxProperties"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minItems", "maxItems", "uniqueItems", "deprecated"),
    }
)
# References to what is no object are followed so far.
_MOST_STEPS = 8
_NOT_WORD = re.compile(r"[^A-Za-z0-9]")


class Shapes:
    """The shapes of one schema document; objects that are referred to become components."""

    def __init__(self, name: str, schema: Mapping[str, Any]) -> None:
        self._name = name
        self._root = schema
        self._component_of: dict[str, str] = {}
        self.components: dict[str, Part] = {}

    def whole(self) -> Part:
        """The shape of the document itself, an object."""
        return self._object(self._plain(self._root, 0))

    def _shape(self, node: Any, steps: int) -> Part:
        if isinstance(node, bool) or not isinstance(node, Mapping):
            return {"not": {}} if node is False else {}
        if "$ref" not in node:
            return self._plain(node, steps)
        pointer, beside = str(node["$ref"]), node.keys() - {"$ref", "description", "title"}
        target = _at(self._root, pointer)
        if _is_object(target) and not beside:
            return ref("schemas", self._component(pointer, target))
        if steps == _MOST_STEPS:
            return {}
        own = {name: value for name, value in node.items() if name != "$ref"}
        return self._plain({**own, "allOf": [target, *own.get("allOf", ())]}, steps + 1)

    def _component(self, pointer: str, target: Mapping[str, Any]) -> str:
        if pointer not in self._component_of:
            word = _NOT_WORD.sub("", pointer.rpartition("/")[2].capitalize()) or "Item"
            name = f"{self._name}.Part{len(self._component_of) + 1}{word}"
            self._component_of[pointer] = name
            self.components[name] = self._object(self._plain(target, 0))
        return self._component_of[pointer]

    def _plain(self, node: Mapping[str, Any], steps: int) -> Part:
        part = {name: value for name, value in node.items() if name in _KEPT}
        if "title" in node:
            # Generators take titles for names of classes, which then meet.
            part.setdefault("description", node["title"])
        for name in ("enum", "const"):
            if name in part and not _is_nameable(part[name]):
                del part[name]
        if "properties" in node:
            part["properties"] = {
                name: self._shape(child, steps) for name, child in node["properties"].items()
            }
        for branch in node.get("allOf", ()):
            part = _joined(part, self._inline(branch, steps))
        part = self._with_children(part, node, steps)
        return self._with_alternatives(part, node, steps)

    def _inline(self, node: Any, steps: int) -> Part:
        """A branch of an `allOf`, never by reference."""
        target = _at(self._root, node["$ref"]) if _refers(node) else node
        if not isinstance(target, Mapping) or steps == _MOST_STEPS:
            return {}
        return self._plain(target, steps + 1) if not _refers(target) else {}

    def _with_children(self, part: Part, node: Mapping[str, Any], steps: int) -> Part:
        kinds = _types(part)
        if "array" in kinds:
            is_tuple = "prefixItems" in node
            part["items"] = VALUE if is_tuple else self._shape(node.get("items", True), steps)
        if "object" in kinds or "properties" in part:
            allowed = (
                True if "patternProperties" in node else node.get("additionalProperties", True)
            )
            part.setdefault("additionalProperties", self._more(allowed, steps))
        if kinds & {"number", "integer"}:
            return {**_bounds(part), **part}
        return part

    def _more(self, allowed: Any, steps: int) -> Any:
        return allowed if allowed is False else self._shape(allowed, steps)

    def _with_alternatives(self, part: Part, node: Mapping[str, Any], steps: int) -> Part:
        if "properties" in part or "items" in part:
            return part
        for word in ("anyOf", "oneOf"):
            if word in node:
                branches = [self._shape(branch, steps) for branch in node[word]]
                return {**part, "anyOf": branches} if all(branches) else part
        return part

    @staticmethod
    def _object(part: Part) -> Part:
        return {"additionalProperties": VALUE, **part, "type": "object"}


def relaxed(part: Part) -> Part:
    """What an answer may show of it: parts of it, and what was stored before it was asked for."""
    kept = {
        name: part[name] for name in ("type", "description", "readOnly", "$ref") if name in part
    }
    if "$ref" in part:
        return VALUE
    if "properties" in part:
        kept["properties"] = {name: relaxed(child) for name, child in part["properties"].items()}
    if "object" in _types(part):
        kept["additionalProperties"] = VALUE
    if "items" in part:
        kept["items"] = relaxed(part["items"])
    if "anyOf" in part:
        kept["anyOf"] = [relaxed(branch) for branch in part["anyOf"]]
        return kept if all(kept["anyOf"]) else VALUE
    return kept


def _at(root: Mapping[str, Any], pointer: str) -> Any:
    """What a reference within the document leads to; anything at all for one by an anchor."""
    if pointer != "#" and not pointer.startswith("#/"):
        return True
    node: Any = root
    for segment in _segments(pointer):
        node = node[int(segment)] if isinstance(node, list) else node.get(segment, True)
    return node


def _segments(pointer: str) -> Iterator[str]:
    for segment in unquote(pointer.removeprefix("#")).split("/")[1:]:
        yield segment.replace("~1", "/").replace("~0", "~")


def _refers(node: Any) -> bool:
    return isinstance(node, Mapping) and isinstance(node.get("$ref"), str)


def _is_object(node: Any) -> bool:
    return isinstance(node, Mapping) and ("properties" in node or node.get("type") == "object")


def _types(part: Part) -> set[str]:
    kind = part.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _is_nameable(values: Any) -> bool:
    """Whether each of these values can be a constant of a class, under a name of its own."""
    listed = values if isinstance(values, list) else [values]
    kinds = {type(value) for value in listed if value is not None}
    names = {_NOT_WORD.sub("_", str(value)).upper() for value in listed}
    return len(kinds) == 1 and kinds <= {str, int} and len(names) == len(listed)


def _bounds(part: Part) -> Part:
    """The magnitudes of DynamoDB's numbers, where the schema itself draws no line."""
    lower = {"minimum", "exclusiveMinimum"} & part.keys()
    upper = {"maximum", "exclusiveMaximum"} & part.keys()
    taken = {"exclusiveMinimum"} if lower else set()
    taken |= {"exclusiveMaximum"} if upper else set()
    return {name: value for name, value in NUMBER.items() if name not in taken}


def _joined(left: Part, right: Part) -> Part:
    """What both say; where they say two things, the second alone."""
    joined = {**left, **right}
    if "properties" in left and "properties" in right:
        joined["properties"] = {**left["properties"], **right["properties"]}
    if "required" in left and "required" in right:
        joined["required"] = list(dict.fromkeys([*left["required"], *right["required"]]))
    if "properties" in joined:
        joined["additionalProperties"] = VALUE
    return joined
