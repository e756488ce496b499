"""The two seams where binary is bytes: what botocore takes, and what its parser gives."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from tables.core.values import AttributeValue, Item


def to_request(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The item as botocore takes it: binary as bytes instead of base64 text."""
    return {name: _bytes_in(value) for name, value in item.items()}


def from_request(item: Mapping[str, Any]) -> Item:
    """The item in wire form, from what botocore's parser made of it."""
    return {name: _text_in(value) for name, value in item.items()}


def _bytes_in(value: AttributeValue) -> AttributeValue:
    ((tag, content),) = value.items()
    if tag == "B":
        return {"B": base64.b64decode(content)}
    if tag == "BS":
        return {"BS": [base64.b64decode(entry) for entry in content]}
    if tag == "M":
        return {"M": to_request(content)}
    if tag == "L":
        return {"L": [_bytes_in(child) for child in content]}
    return value


def _text_in(value: Mapping[str, Any]) -> AttributeValue:
    ((tag, content),) = value.items()
    if tag == "B":
        return {"B": _text(content)}
    if tag == "BS":
        return {"BS": [_text(entry) for entry in content]}
    if tag == "M":
        return {"M": from_request(content)}
    if tag == "L":
        return {"L": [_text_in(child) for child in content]}
    return dict(value)


def _text(content: bytes | str) -> str:
    return content if isinstance(content, str) else base64.b64encode(content).decode()
