"""What OpenAPI documents are made of: objects of JSON, and references to them."""

from __future__ import annotations

from typing import Any

# A part of a document, as JSON has it.
Part = dict[str, Any]


def ref(kind: str, name: str) -> Part:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def object_of(required: dict[str, Part], **more: Any) -> Part:
    """An object that has exactly these members."""
    return {
        "type": "object",
        "properties": required,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }
