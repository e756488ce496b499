"""Cells of sheets: an attribute value as text in a column of a declared type, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tables.core import strict_json
from tables.core.errors import InvalidValue, Sentence
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH
from tables.core.typed_json import make_set, typed_value
from tables.core.values import (
    SET_TYPES,
    TYPES,
    AttributeValue,
    content_of,
    dumps,
    is_base64,
    number_at,
    plain_value,
    same,
    type_of,
    wire_value,
)

# What a column holds besides a type of attribute value: typed JSON, any type in each cell.
MIXED = "JSON"
# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), wide forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant
# A cell of another type than its column's: this, and then typed JSON.
OTHER = ":"
_GUARD = "'"
# A text that a reader would take for something else carries a guard, which reading takes off.
_GUARDED = (*FORMULA_STARTS, _GUARD, f"{OTHER}{{")
# Each level of typed JSON is an object in an object.
_TYPED_DEPTH = 2 * MAX_DEPTH + 2
_NESTED = ("L", "M")
_CELL = Sentence("The cell")


def exact_cell(value: AttributeValue | None, kind: str) -> str:
    """The cell of a value in a column of this kind (a type's tag, or `MIXED`); empty for absent.

    `value_of` reads it back as the same value, whatever the value is.
    """
    if value is None:
        return ""
    if kind == MIXED:
        return dumps(value).decode()
    if type_of(value) != kind or (kind in _NESTED and not is_plain(value)):
        return f"{OTHER}{dumps(value).decode()}"
    return _WRITERS[kind](content_of(value))


def value_of(cell: str, kind: str) -> AttributeValue | None:
    """The value of a cell in a column of this kind; None for an empty cell.

    Raises InvalidValue, InvalidRequest, TooLarge where the cell is no such value.
    """
    if not cell:
        return None
    if kind == MIXED:
        return _typed(cell)
    if cell.startswith(f"{OTHER}{{"):
        return _typed(cell.removeprefix(OTHER))
    return _READERS[kind](cell)


def is_plain(value: AttributeValue) -> bool:
    """Whether plain JSON gives the value back: nothing in it is binary or a set."""
    waiting = [value]
    while waiting:
        tag, content = next(iter(waiting.pop().items()))
        if tag == "B" or tag in SET_TYPES:
            return False
        if tag in _NESTED:
            waiting.extend(content.values() if tag == "M" else content)
    return True


def shown_cell(value: AttributeValue | None) -> str:
    """A value as a spreadsheet may have it: nothing for absent, JSON for what nests.

    Several values may have one such cell: only with the stored item beside it is it read back.
    """
    if value is None:
        return ""
    if "N" in value:
        return str(content_of(value))
    content = plain_value(value)
    return defused(content if isinstance(content, str) else dumps(content).decode())


def defused(text: str) -> str:
    """The text, marked as one where a spreadsheet would take it for a formula."""
    return f"{_GUARD}{text}" if text.startswith(FORMULA_STARTS) else text


def guarded(text: str) -> str:
    """The text as an exact cell has it: never empty, never a formula; `unguarded` undoes it."""
    return f"{_GUARD}{text}" if not text or text.startswith(_GUARDED) else text


def unguarded(cell: str) -> str:
    """The text of an exact cell."""
    return cell.removeprefix(_GUARD)


def _typed(text: str) -> AttributeValue:
    return typed_value(strict_json.parse(text, max_depth=_TYPED_DEPTH, what=_CELL))


def _number(cell: str) -> AttributeValue:
    return {"N": canonical_number(cell.strip())}


def _binary(cell: str) -> AttributeValue:
    text = unguarded(cell)
    if not is_base64(text):
        raise InvalidValue("Binary is base64 text (standard alphabet, padded).")
    return {"B": text}


def _boolean(cell: str) -> AttributeValue:
    # Spreadsheets write TRUE: that is the same value.
    known = _BOOLEANS.get(cell.strip().lower())
    if known is None:
        raise InvalidValue("A boolean is true or false.")
    return {"BOOL": known}


def _null(cell: str) -> AttributeValue:
    if cell.strip().lower() != "null":
        raise InvalidValue("A column of the type NULL takes null, or nothing.")
    return {"NULL": True}


def _set(tag: str) -> Callable[[str], AttributeValue]:
    def read(cell: str) -> AttributeValue:
        entries = strict_json.parse(cell, what=_CELL)
        if tag == "NS" and isinstance(entries, list):
            entries = [_number_text(entry, f"/{i}") for i, entry in enumerate(entries)]
        return make_set(tag, entries)

    return read


def _number_text(entry: Any, pointer: str) -> Any:
    """A number of plain JSON as typed JSON writes it; anything else is left to be refused."""
    is_number = not isinstance(entry, str | bool | list | dict) and entry is not None
    return number_at(entry, pointer) if is_number else entry


def _nested(tag: str) -> Callable[[str], AttributeValue]:
    def read(cell: str) -> AttributeValue:
        value = wire_value(strict_json.parse(cell, what=_CELL))
        if type_of(value) != tag:
            raise InvalidValue(
                "A column of the type {kind} takes JSON of that type.", kind=TYPES[tag]
            )
        return value

    return read


def _as_json(tag: str) -> Callable[[Any], str]:
    def write(content: Any) -> str:
        return dumps(plain_value({tag: content})).decode()

    return write


_BOOLEANS = {"true": True, "false": False}
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "S": guarded,
    "N": same,
    "B": guarded,
    "BOOL": lambda content: "true" if content else "false",
    "NULL": lambda _: "null",
    **{tag: _as_json(tag) for tag in (*SET_TYPES, *_NESTED)},
}
_READERS: Mapping[str, Callable[[str], AttributeValue]] = {
    "S": lambda cell: {"S": unguarded(cell)},
    "N": _number,
    "B": _binary,
    "BOOL": _boolean,
    "NULL": _null,
    **{tag: _set(tag) for tag in SET_TYPES},
    **{tag: _nested(tag) for tag in _NESTED},
}
