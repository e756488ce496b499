"""JSON in the database that holds any text: PostgreSQL can't hold NUL, and keys of items may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

# Noncharacters (Unicode 17, 23.7), which no text means anything by; they stand for themselves too.
_MARK, _ITSELF, _NUL = "\ufdd0", "\ufdd1", "\ufdd2"


class AnyTextJSONField(models.JSONField):
    """A JSONField whose strings and names may hold NUL, on every database."""

    def deconstruct(self) -> Any:
        """As a plain JSONField: the column is one."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(_mapped(value, _kept))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return _mapped(super().from_db_value(value, expression, connection), _restored)


def _mapped(value: Any, text: Callable[[str], str]) -> Any:
    """The value with each of its strings, names included, changed by `text`."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(name): _mapped(entry, text) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(entry, text) for entry in value]
    return value


def _kept(text: str) -> str:
    return text.replace(_MARK, _MARK + _ITSELF).replace("\0", _MARK + _NUL)


def _restored(text: str) -> str:
    return text.replace(_MARK + _NUL, "\0").replace(_MARK + _ITSELF, _MARK)
