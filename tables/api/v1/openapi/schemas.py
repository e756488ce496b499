"""The JSON Schemas of what v1 reads and writes, but for items, which each table has its own of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from tables.api.v1.openapi.objects import Part, object_of, ref
from tables.api.v1.openapi.scan_language import SCAN_LANGUAGE
from tables.api.v1.openapi.texts import PATH, POINTER, STRING, TAGS, word
from tables.api.v1.openapi.values import NAMES, TYPED_VALUE, VALUE, VALUES
from tables.core.descriptions import KeyType
from tables.core.history import Action
from tables.core.json_patch import MAX_OPERATIONS as MAX_PATCH_OPERATIONS
from tables.core.permissions import RIGHTS
from tables.core.queries import MAX_LIMIT
from tables.core.values import TYPES
from tables.jobs.kinds.batch import MOST_OPERATIONS

_URI: Part = {"type": "string", "format": "uri"}
_NULLABLE_STRING: Part = {"type": ["string", "null"]}
INDEX: Part = {"type": "string", "description": "Forces a secondary index."}
_NATURAL: Part = {"type": "integer", "minimum": 0}
_KEY_TYPES: tuple[KeyType, ...] = ("S", "N", "B")

_KEY = object_of({"name": STRING, "type": word(*_KEY_TYPES)})
_LINKS = {"url": _URI, "items": _URI, "search": _URI, "batch": _URI}
_SUMMARY: Part = {
    "alias": STRING,
    "label": STRING,
    "description": STRING,
    "rights": {"type": "array", "items": word(*RIGHTS)},
    **_LINKS,
}
# The keys of an index may have up to four attributes each.
_KEY_ATTRIBUTES: Part = {"type": "array", "items": ref("schemas", "KeyAttribute"), "maxItems": 4}
_INDEX = object_of(
    {
        "name": STRING,
        "global": {"type": "boolean"},
        "partition_key": ref("schemas", "KeyAttribute"),
        "sort_key": {"oneOf": [ref("schemas", "KeyAttribute"), {"type": "null"}]},
        "partition_keys": _KEY_ATTRIBUTES,
        "sort_keys": _KEY_ATTRIBUTES,
        "projection": {
            "oneOf": [word("ALL"), {"type": "array", "items": STRING}],
        },
        "ready": {"type": "boolean"},
    }
)
_TABLE = object_of(
    {
        **_SUMMARY,
        "partition_key": ref("schemas", "KeyAttribute"),
        "sort_key": {"oneOf": [ref("schemas", "KeyAttribute"), {"type": "null"}]},
        "indexes": {"type": "array", "items": ref("schemas", "Index")},
        "item_count": {"type": ["integer", "null"], "minimum": 0},
        "item_count_read_at": {"type": "string", "format": "date-time"},
        "item_count_age": _NATURAL,
        "size_bytes": {"type": ["integer", "null"], "minimum": 0},
        "status": STRING,
        "ttl_attribute": _NULLABLE_STRING,
        "natural_key": {"type": "array", "items": STRING},
        "client_keys": {"type": "boolean"},
        "require_precondition": {"type": "boolean"},
        "audit_attributes": {"type": "boolean"},
        "schema": {"type": ["object", "null"], "additionalProperties": VALUE},
    }
)


def _sides(*names: str) -> Part:
    """A path and what stands there on each side, null where nothing does: `absent` says so."""
    found = object_of({"pointer": POINTER, **dict.fromkeys(names, VALUE)})
    found["properties"] |= {
        "absent": {
            "type": "array",
            "items": word(*names),
            "description": "The sides where nothing stands; elsewhere null is a value.",
        }
    }
    return found


_PROBLEM: Part = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": STRING,
        "status": {"type": "integer"},
        "detail": STRING,
        "instance": {"type": "string"},
        "code": STRING,
        "request_id": STRING,
        "errors": {
            "type": "array",
            "items": object_of({"pointer": POINTER, "detail": STRING}),
        },
        "conflicts": {
            "type": "array",
            "description": "What can't be undone: what was left, stands now, and would be set.",
            "items": _sides("left", "now", "undo"),
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
}
_WHEN: Part = {"type": "string", "format": "date-time"}
_ENTRY: Part = {
    "version": {"type": "integer", "minimum": 1},
    "at": _WHEN,
    "action": word(*get_args(Action)),
    "by": object_of({"sub": STRING, "name": STRING}),
    "door": STRING,
    "request_id": STRING,
    "happened": {"type": "boolean", "description": "Whether the write is known to be made."},
    "of": {"type": ["integer", "null"], "description": "The version that was taken back to."},
    "group": {"type": ["string", "null"], "description": "The bulk action it is part of."},
    "key": _NULLABLE_STRING,
    "url": {"type": ["string", "null"], "format": "uri"},
}
_CHANGE = _sides("old", "new")
_CHANGE["properties"] |= {
    "at": {"type": "integer", "minimum": 0, "description": "Where a part begins that differs."}
}
_CHANGES: Part = {"type": "array", "items": ref("schemas", "Change")}
_NEXT: Part = {"type": ["string", "null"], "format": "uri"}
_VERSION_NUMBER: Part = {"type": ["integer", "null"]}
_OUTSIDE = object_of(
    {
        "after": _VERSION_NUMBER,
        "before": _VERSION_NUMBER,
        "changes": {"oneOf": [_CHANGES, {"type": "null"}]},
    }
)
_HISTORY: dict[str, Part] = {
    "Change": _CHANGE,
    "Entry": object_of(_ENTRY),
    "Version": object_of(
        {
            **_ENTRY,
            "changes": _CHANGES,
            "item": {"type": ["object", "null"], "additionalProperties": VALUE},
        }
    ),
    "Versions": object_of(
        {
            "versions": {"type": "array", "items": ref("schemas", "Entry")},
            "outside": {"type": "array", "items": _OUTSIDE},
            "next": _NEXT,
        }
    ),
    "Changes": object_of(
        {"changes": {"type": "array", "items": ref("schemas", "Entry")}, "next": _NEXT}
    ),
}
_PLAN = object_of(
    {
        "operation": word("GetItem", "Query", "Scan"),
        "index": _NULLABLE_STRING,
    }
)
# What is there only where it says something.
_PLAN["properties"] |= {
    "by_pattern": {
        "type": "boolean",
        "description": "Whether what was read follows from the patterns that keys are made by.",
    },
    "types": {
        "type": "object",
        "description": "By path: as which types a value was compared that has no declared type.",
        "additionalProperties": {"type": "array", "items": word(*TYPES), "minItems": 1},
    },
    "holds": {
        "type": "array",
        "description": "All that an index holds of its items, where that is but a part.",
        "items": STRING,
    },
}
# Each operation of a batch fails alone: what its body is has no say in the rest.
_ANY: Part = {}
_CONDITIONS: Part = {"if_match": TAGS, "if_none_match": TAGS}
_OBJECT: Part = {"type": "object", "propertyNames": NAMES}
_FORM: Part = {
    **_OBJECT,
    "additionalProperties": STRING,
    "description": "Every field is a string; the files of a multipart body are binary.",
}
_ITEM: Part = {**_OBJECT, "additionalProperties": VALUE}


def _operation(method: str, **members: Part) -> Part:
    return {
        "type": "object",
        "properties": {"method": word(method), **members, **_CONDITIONS},
        "required": ["method", *members],
        "additionalProperties": False,
    }


_BATCH = object_of(
    {
        "operations": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_OPERATIONS,
            "items": {
                "oneOf": [
                    _operation("POST", body=_ANY),
                    _operation("PUT", key=STRING, body=_ANY),
                    _operation("PATCH", key=STRING, body=_ANY),
                    _operation("DELETE", key=STRING),
                ]
            },
        }
    },
    example={"operations": [{"method": "DELETE", "key": "42"}]},
)
_BATCH_RESULTS = object_of(
    {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "status": {"type": "integer"},
                    "key": _NULLABLE_STRING,
                    "etag": STRING,
                    "location": _URI,
                    "item": {"type": "object", "additionalProperties": VALUE},
                    "problem": ref("schemas", "Problem"),
                },
                "required": ["status", "key"],
            },
        }
    }
)
_JSON_PATCH: Part = {
    "type": "array",
    "maxItems": MAX_PATCH_OPERATIONS,
    "items": {
        "oneOf": [
            {
                "type": "object",
                "properties": {"op": word(op), "path": POINTER, **members},
                "required": ["op", "path", *members],
            }
            for op, members in (
                ("add", {"value": VALUE}),
                ("remove", {}),
                ("replace", {"value": VALUE}),
                ("move", {"from": POINTER}),
                ("copy", {"from": POINTER}),
                ("test", {"value": VALUE}),
            )
        ]
    },
    "example": [
        {"op": "test", "path": "/total", "value": 1},
        {"op": "replace", "path": "/total", "value": 2},
    ],
}


# openapi-python-client asks of a body whether it is one of these types, which no array survives;
# it leaves out what is not a component of its own, and keeps the other types of a PATCH.
JSON_PATCH_BODY: Part = {"$ref": "#/components/schemas/JsonPatch/properties/operations"}


def page_of(item: Part, **more: Part) -> Part:
    """A page of items."""
    return object_of(
        {
            "items": {"type": "array", "items": item},
            "count": _NATURAL,
            "scanned_count": _NATURAL,
            "consumed_capacity": {"type": "number", "minimum": 0},
            "plan": ref("schemas", "Plan"),
            "next": {"type": ["string", "null"], "format": "uri"},
            **more,
        }
    )


_LINKED: Part = {
    "type": "object",
    "description": "With `expand`: the items that are linked to and there, by alias and key.",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": True},
    },
}


def search_of(index: Part) -> Part:
    """The body of a search on a table with such indexes."""
    return {
        "type": "object",
        "properties": {
            "scan": ref("schemas", "Scan"),
            "fields": {"type": ["array", "null"], "items": PATH, "uniqueItems": True},
            "limit": {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_LIMIT},
            "cursor": _NULLABLE_STRING,
            "index": {"anyOf": [index, {"type": "null"}]},
            "order": {
                "type": ["string", "null"],
                "enum": ["asc", "desc", None],
                "description": "The order of a Query; a Scan has none.",
            },
            "plan": {"type": ["string", "null"], "enum": ["auto", "scan", None]},
        },
        "required": ["scan"],
        "additionalProperties": False,
        "example": {"scan": {"dueDays": {"comparator": "<=", "value": 10}}, "limit": 100},
    }


def typed_item(known: Mapping[str, Part], required: Sequence[str] = ()) -> Part:
    """An item in typed JSON, some of whose attributes have a type."""
    item = {**_OBJECT, "properties": dict(known), "additionalProperties": TYPED_VALUE}
    return {**item, "required": list(required)} if required else item


def typed_patch(known: Mapping[str, Part]) -> Part:
    """A patch in typed JSON."""
    return {
        **_OBJECT,
        "properties": dict(known),
        "additionalProperties": {"anyOf": [TYPED_VALUE, {"type": "null"}]},
        "description": "null removes an attribute; a value sets it whole.",
    }


SCHEMAS: dict[str, Any] = {
    "Problem": _PROBLEM,
    "Links": object_of({"tables": _URI, "schema": _URI, "docs": _URI, "errors": _URI}),
    "KeyAttribute": _KEY,
    "Index": _INDEX,
    "TableSummary": object_of(_SUMMARY),
    "Tables": object_of({"tables": {"type": "array", "items": ref("schemas", "TableSummary")}}),
    "Table": _TABLE,
    **_HISTORY,
    "Plan": _PLAN,
    "Linked": _LINKED,
    "Search": search_of(INDEX),
    "Batch": _BATCH,
    "BatchResults": _BATCH_RESULTS,
    "JsonPatch": object_of({"operations": _JSON_PATCH}),
    **VALUES,
    **SCAN_LANGUAGE,
    "NewItem": {**_ITEM, "description": "Any attributes."},
    "Shown": {**_ITEM, "description": "An item, or the part of it that `fields` names."},
    "ItemAtUrl": {**_ITEM, "description": "Any attributes; the key may be left out."},
    "NewForm": _FORM,
    "FormAtUrl": _FORM,
    "TypedItem": typed_item({}),
    "TypedNewItem": typed_item({}),
    "TypedItemAtUrl": typed_item({}),
    "TypedPatch": typed_patch({}),
    "MergePatch": {**_ITEM, "description": "null removes an attribute."},
}
