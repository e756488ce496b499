"""The seam where binary is bytes: what botocore's parser gives."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from tables.core.values import AttributeValue, Item


def from_parser(item: Mapping[str, Any]) -> Item:
    """The item in wire form, from what botocore's parser made of it."""
    return {name: _text_in(value) for name, value in item.items()}


def _text_in(value: Mapping[str, Any]) -> AttributeValue:
    ((tag, content),) = value.items()
    if tag == "B":
        return {"B": _text(content)}
    if tag == "BS":
        return {"BS": [_text(entry) for entry in content]}
    if tag == "M":
        return {"M": from_parser(content)}
    if tag == "L":
        return {"L": [_text_in(child) for child in content]}
    return dict(value)


def _text(content: bytes | str) -> str:
    return content if isinstance(content, str) else base64.b64encode(content).decode()
