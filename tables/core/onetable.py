"""Kinds of items as a OneTable schema describes them (its specification 1.1.0), as suggestions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tables.core.descriptions import TableDescription
from tables.core.patterns import NotAPattern, parse_pattern
from tables.core.suggestions import Suggestion, free_alias

# `${name}`, or padded with zeros `${number:2}`.
_REFERENCE = re.compile(r"\$\{([A-Za-z_][\w.]*)(?::([1-9])(?::0)?)?\}")


def suggest_from_onetable(document: Any, description: TableDescription) -> list[Suggestion]:
    """A suggestion for each model; its `count` is 0. Raises NotAPattern for what is no schema."""
    models = document.get("models") if isinstance(document, dict) else None
    if not isinstance(models, dict):
        raise NotAPattern("The file has no object called models.")
    params = document.get("params")
    mark = params.get("typeField", "_type") if isinstance(params, dict) else "_type"
    taken: set[str] = set()
    return [
        _suggestion(name, model, str(mark), description, taken)
        for name, model in models.items()
        if isinstance(model, dict)
    ]


def _suggestion(
    name: str,
    model: Mapping[str, Any],
    mark: str,
    description: TableDescription,
    taken: set[str],
) -> Suggestion:
    key = {}
    for attribute in description.key_names:
        field = model.get(attribute)
        text = field.get("value") if isinstance(field, dict) else None
        pattern = _pattern(text) if isinstance(text, str) else None
        if pattern is not None:
            key[attribute] = pattern
    if key.keys() != set(description.key_names):
        key = {}
    names = (part for text in key.values() for part in parse_pattern(text).names)
    only = tuple(part for part in dict.fromkeys(names) if part not in {*model, mark})
    return Suggestion(free_alias(name, taken), {mark: name}, 0, key, only)


def _pattern(template: str) -> str | None:
    """Our pattern for a template of theirs; None for one that we can't say."""
    pieces, end = [], 0
    for found in _REFERENCE.finditer(template):
        pieces.append(_literal(template[end : found.start()]))
        width = f":0{found[2]}" if found[2] else ""
        pieces.append(f"{{{found[1]}{width}}}")
        end = found.end()
    pieces.append(_literal(template[end:]))
    text = "".join(pieces)
    try:
        parse_pattern(text)
    except NotAPattern:
        return None
    return None if "${" in _REFERENCE.sub("", template) else text


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
