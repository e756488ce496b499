"""JSON laid out to be read and edited: what is short stays on one line."""

from __future__ import annotations

from typing import Any

from tables.core.values import dumps

_LINE_CHARACTERS = 72


def json_text(value: Any) -> str:
    """The value as JSON text, two spaces deeper on each level; numbers keep their digits."""
    if isinstance(value, list):
        return _joined("[", [json_text(child) for child in value], "]")
    if isinstance(value, dict):
        members = [f"{_scalar(name)}: {json_text(child)}" for name, child in value.items()]
        return _joined("{", members, "}")
    return _scalar(value)


def _scalar(value: Any) -> str:
    return dumps(value).decode()


def _joined(opening: str, parts: list[str], closing: str) -> str:
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= _LINE_CHARACTERS and "\n" not in line:
        return line
    # JSON text holds no line break but those made here.
    inner = ",\n".join(parts).replace("\n", "\n  ")
    return f"{opening}\n  {inner}\n{closing}"
