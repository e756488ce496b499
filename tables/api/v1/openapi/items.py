"""Each table as the OpenAPI document describes it: its items, from keys and JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tables.api.v1.openapi.examples import example_at_url, example_item
from tables.api.v1.openapi.objects import Part
from tables.api.v1.openapi.schemas import INDEX, search_of, typed_item, typed_patch
from tables.api.v1.openapi.shapes import Shapes, relaxed
from tables.api.v1.openapi.subject import Subject
from tables.api.v1.openapi.texts import STRING, folded
from tables.api.v1.openapi.values import BINARY, NAMES, NUMBER, typed, typed_scalar
from tables.core.descriptions import KeyType, TableDescription
from tables.core.entities import Entity
from tables.core.expressions import format_path, parse_path
from tables.core.operand_types import filter_types
from tables.core.queries import PARAMETERS
from tables.core.registry import Table
from tables.core.values import Item
from tables.items.rules import kept_names

_KEY_TYPES: Mapping[KeyType, Part] = {
    "S": {**STRING, "minLength": 1},
    "N": NUMBER,
    "B": {**BINARY, "minLength": 1},
}
_TYPED_KEYS: Mapping[KeyType, Part] = {
    "S": typed_scalar("S", minLength=1),
    "N": typed_scalar("N"),
    "B": typed_scalar("B", minLength=1),
}
# What a part of a natural key is, where the schema says no more.
_NATURAL: Part = {"anyOf": [{**STRING, "minLength": 1}, NUMBER, {"type": "boolean"}]}
_TYPED_NATURAL: Part = {
    "oneOf": [typed_scalar("S", minLength=1), typed_scalar("N"), typed("BOOL", {"type": "boolean"})]
}
_TYPED_PART: Part = {"oneOf": [typed_scalar("S", minLength=1), typed_scalar("N")]}
_TYPES_OF: Mapping[str, Part] = {"S": STRING, "BOOL": {"type": "boolean"}}
_FILTERABLE: Mapping[str, Part] = {"S": STRING, "N": NUMBER}
# What a required attribute of a schema is in typed JSON.
_TYPED: Mapping[str, Part] = {
    "string": typed_scalar("S"),
    "number": typed_scalar("N"),
    "integer": typed_scalar("N"),
    "boolean": typed("BOOL", {"type": "boolean"}),
}


def subject_of(
    table: Table, known: TableDescription | None, name: str = ""
) -> tuple[Subject, dict[str, Part]]:
    """A table's subject, and the schemas of its items by component name.

    Where the keys are not known, the schema alone describes an item. `name` is what the document
    calls the table: its alias, unless told.
    """
    shapes = Shapes(name or table.alias, table.schema or {})
    items = _items_of(table, known, shapes.whole())
    example = example_item(table, known) if known else None
    components = {**items.plain(), **items.typed(), "Search": search_of(_index(known))}
    subject = Subject(
        alias=table.alias,
        name=name or table.alias,
        has_natural_key=bool(table.natural_key),
        creates_by_put=not items.made,
        requires_precondition=table.require_precondition,
        example=example,
        example_at_url=example_at_url(table, example, items.keys) if example is not None else None,
        filters=tuple(_filters(table, known)),
        indexes=tuple(index.name for index in known.indexes) if known else None,
        takes_forms="NewForm" in components,
    )
    own = {f"{subject.name}.{word}": part for word, part in components.items()}
    return subject, own | shapes.components


@dataclass(frozen=True, slots=True)
class _Items:
    """What the items of a table look like.

    `whole` is their schema, `keys` the types of the key attributes by name, `indexed` those of
    index keys too; `made` are the keys that the server makes, `defaulted` what it may make.
    `parts` are what keys are made of that a new item must bring, `told` what one at its URL must
    say, and `loose` those that are text or a number. `constants` are the same in every item.
    """

    whole: Part
    keys: Mapping[str, KeyType]
    indexed: Mapping[str, KeyType]
    made: frozenset[str]
    defaulted: frozenset[str]
    needed: tuple[str, ...]
    parts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    loose: frozenset[str] = frozenset()
    constants: Item = field(default_factory=dict)

    def plain(self) -> dict[str, Part]:
        """The schemas of plain items, and of forms where a form can be a whole item."""
        properties = self.whole["properties"]
        new = {name: part for name, part in properties.items() if name not in self.made}
        fixed = {
            name: {**part, "readOnly": True} if name in self.keys else part
            for name, part in properties.items()
        }
        lasting = {*self.keys, *self.needed}
        patch = {
            name: part if name in lasting else {"anyOf": [part, {"type": "null"}]}
            for name, part in fixed.items()
        }
        shown = relaxed(self.whole)
        shown["properties"] |= {name: {"type": ["string", "number"]} for name in self.loose}
        schemas = {
            "Shown": {
                **shown,
                "description": "An item, or the part of it that `fields` names.",
            },
            "NewItem": self._required({**self.whole, "properties": new}, self._of_new),
            "ItemAtUrl": self._required({**self.whole, "properties": fixed}, self._of_url),
            "MergePatch": {
                "type": "object",
                "propertyNames": NAMES,
                "properties": patch,
                "additionalProperties": self.whole["additionalProperties"],
            },
        }
        texts = {name for name, part in new.items() if part.get("type") == "string"}
        if texts.issuperset({*self._of_new, *self._of_url}):
            schemas["NewForm"] = self._form(new, texts, self._of_new)
            schemas["FormAtUrl"] = self._form(new, texts - self.keys.keys(), self._of_url)
        return schemas

    def typed(self) -> dict[str, Part]:
        """The schemas of the same items in typed JSON."""
        names = (*self.needed, *self.parts, *self.told, *self.indexed)
        known = {name: self._typed_of(name) for name in dict.fromkeys(names)}
        known = {name: part for name, part in known.items() if part}
        new = {name: part for name, part in known.items() if name not in self.made}
        other = {name: part for name, part in known.items() if name not in self.keys}
        return {
            "TypedNewItem": typed_item(new, self._of_new),
            "TypedItemAtUrl": typed_item(other, self._of_url),
            "TypedPatch": typed_patch(other),
        }

    @property
    def _of_new(self) -> list[str]:
        given = self.made | self.defaulted
        names = (*self.keys, *self.needed, *self.parts)
        return [name for name in dict.fromkeys(names) if name not in given]

    @property
    def _of_url(self) -> list[str]:
        names = dict.fromkeys((*self.needed, *self.told))
        return [name for name in names if name not in self.keys]

    def _required(self, schema: Part, names: list[str]) -> Part:
        return {**schema, "required": list(dict.fromkeys(names))}

    def _typed_of(self, name: str) -> Part:
        if name in self.constants:
            ((tag, content),) = self.constants[name].items()
            return typed(tag, {**_TYPES_OF.get(tag, STRING), "const": content})
        if name in self.loose:
            return _TYPED_PART
        if name in self.indexed:
            return _TYPED_KEYS[self.indexed[name]]
        kind = self.whole["properties"].get(name, {}).get("type")
        if isinstance(kind, str):
            return _TYPED.get(kind, {})
        return _TYPED_NATURAL if self.whole["properties"].get(name) == _NATURAL else {}

    def _form(self, new: Mapping[str, Part], texts: set[str], required: list[str]) -> Part:
        """Fields are strings, so what must be anything else can't be one."""
        names: Part = {**NAMES}
        others = sorted(new.keys() - texts)
        if others:
            names["not"] = {"enum": others}
        form = {
            "type": "object",
            "propertyNames": names,
            "properties": {name: part for name, part in new.items() if name in texts},
            "additionalProperties": STRING,
        }
        return self._required(form, required)


def _items_of(table: Table, known: TableDescription | None, whole: Part) -> _Items:
    indexed = known.declared_types() if known else {}
    first = known.partition_key if known else None
    makes_keys = not table.client_keys or bool(table.natural_key)
    natural = [str(parse_path(name)[0]) for name in table.natural_key]
    required = [name for name in whole.get("required", ()) if name not in kept_names(table)]
    entity = table.entity or Entity()
    defaulted = {first.name} if first and first.type == "S" else set()
    return _Items(
        whole={
            "propertyNames": NAMES,
            **whole,
            "properties": _properties(table, indexed, whole.get("properties", {})),
        },
        keys={key.name: key.type for key in known.key_attributes} if known else {},
        indexed=indexed,
        made=frozenset({first.name} if first and makes_keys else ()),
        defaulted=frozenset({*defaulted, *entity.key, *entity.make, *entity.constants}),
        needed=tuple(dict.fromkeys([*required, *natural])),
        parts=entity.asked,
        told=entity.told,
        constants=entity.constants,
        loose=frozenset({*entity.parts} - whole.get("properties", {}).keys()),
    )


def _properties(
    table: Table, indexed: Mapping[str, KeyType], declared: Mapping[str, Any]
) -> dict[str, Part]:
    """What is known of attributes by name: from keys, from the table's schema, from us."""
    types: dict[str, Part] = {
        name: {"minLength": 1} if name in declared else _NATURAL
        for name in table.natural_key
        if len(parse_path(name)) == 1
    }
    entity = table.entity or Entity()
    types |= {name: {**STRING, "minLength": 1} for name in entity.parts if name not in declared}
    types |= {name: _KEY_TYPES[tag] for name, tag in indexed.items()}
    types |= {
        name: {**types[name], "pattern": pattern.expression}
        for name, pattern in entity.key.items()
        if indexed.get(name) == "S"
    }
    types |= {
        name: {**_TYPES_OF[tag], **types.get(name, {}), "const": content}
        for name, value in entity.constants.items()
        for tag, content in value.items()
        if tag in _TYPES_OF
    }
    properties = types | {name: {**types.get(name, {}), **part} for name, part in declared.items()}
    kept = {name: {**STRING, "readOnly": True} for name in kept_names(table)}
    if table.version:
        kept[table.version] = {**NUMBER, "readOnly": True}
    return properties | kept


def _index(known: TableDescription | None) -> Part:
    if known is None:
        return INDEX
    names = [index.name for index in known.indexes]
    return {**INDEX, "enum": names} if names else {"type": "null"}


def _padded(entity: Entity) -> list[str]:
    """The whole numbers that stand in keys alone, with zeros before them."""
    patterns = entity.key.values()
    return [n for n in entity.key_only if any(pattern.is_padded(n) for pattern in patterns)]


def _filters(table: Table, known: TableDescription | None) -> list[Part]:
    types = filter_types(table, known)
    padded = {format_path((name,)) for name in _padded(table.entity or Entity())}
    filters = {
        folded(path): {
            "name": f"{path}__eq" if path in PARAMETERS else path,
            "in": "query",
            "description": "Equality, or with `__in` one of several: it stands in the key alone."
            if path in padded
            else "Equality; add an operator for another comparison.",
            "schema": {**STRING, "pattern": "^[0-9]+$"} if path in padded else _FILTERABLE[tag],
        }
        for path, tag in types.items()
        if tag in _FILTERABLE and "__" not in path
    }
    return list(filters.values())
