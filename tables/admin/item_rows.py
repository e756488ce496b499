"""The rows of the item form: one attribute each, between wire values and what browsers submit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from tables.core.errors import InvalidRequest, InvalidValue, TablesError
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import make_set, typed_value
from tables.core.values import (
    SET_TYPES,
    TYPES,
    AttributeValue,
    Item,
    content_of,
    dumps,
    is_base64,
    plain_value,
    type_of,
    wire_value,
)

View = Literal["plain", "typed"]

MAX_ROWS = 2000
# A typed value nests two objects or arrays for each level of the value itself.
_TYPED_DEPTH = 2 * MAX_DEPTH + 2
_ROW = re.compile(r"a-(\d{1,5})-(?:name|type)")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute as text. `view` matters for lists and maps: plain or typed JSON.

    `error` is for whoever typed it; `removed` rows are kept so that a second look can undo it.
    """

    name: str
    type: str
    text: str = ""
    view: View = "plain"
    removed: bool = False
    error: str = ""


def row_of(name: str, value: AttributeValue) -> Row:
    """The row that shows a stored value."""
    tag = type_of(value)
    view: View = "plain" if tag not in ("L", "M") or is_plain(value) else "typed"
    return Row(name, tag, text_of(value, view), view)


def is_plain(value: AttributeValue) -> bool:
    """Whether plain JSON says everything about a value: no sets, no binary inside."""
    return bool(wire_value(parse(dumps(plain_value(value)), max_depth=MAX_DEPTH + 1)) == value)


def text_of(value: AttributeValue, view: View) -> str:
    """The text to edit a value as: itself, or JSON for sets, lists and maps."""
    tag, content = type_of(value), content_of(value)
    if tag in ("S", "N", "B"):
        return str(content)
    if tag == "BOOL":
        return "true" if content else "false"
    if tag == "NULL":
        return ""
    if tag in SET_TYPES:
        return dumps(content, pretty=True).decode()
    return dumps(content if view == "typed" else plain_value(value), pretty=True).decode()


def value_of(row: Row) -> AttributeValue:
    """The value that a row's text means. Raises InvalidValue in words for whoever typed it."""
    text = _unsubmitted(row.text)
    if row.type == "S":
        return {"S": text}
    if row.type == "N":
        return {"N": canonical_number(text.strip())}
    if row.type == "B":
        return {"B": _base64(text)}
    if row.type == "BOOL":
        if text not in ("true", "false"):
            raise InvalidValue(_("Choose true or false."))
        return {"BOOL": text == "true"}
    if row.type == "NULL":
        return {"NULL": True}
    if row.type in SET_TYPES:
        return _set(row.type, text)
    if row.type in ("L", "M"):
        return _nested(row, text)
    raise InvalidValue(_("Choose one of the ten types."))


def is_untouched(row: Row, opened: AttributeValue) -> bool:
    """Whether a browser would submit this very row for a value that nobody touched."""
    if row.removed or row.type != type_of(opened):
        return False
    views: tuple[View, ...] = ("plain", "typed") if row.type in ("L", "M") else ("plain",)
    shown = (text_of(opened, view) for view in views if view == row.view or row.type not in "LM")
    return _as_submitted(row.text) in {_as_submitted(text) for text in shown}


def submitted_rows(form: Mapping[str, str], opened: Item) -> list[Row]:
    """The rows of a submitted form, in order; rows without a name or any text are left out.

    The row of an attribute that was there names it by its place in the item, because browsers
    alter names as they alter text. Raises InvalidRequest for more rows than a form can have.
    """
    numbers = sorted({int(match[1]) for match in map(_ROW.fullmatch, form) if match})
    if len(numbers) > MAX_ROWS:
        raise InvalidRequest(_("The form has too many rows."))
    names = list(opened)
    rows = [_submitted(form, number, names) for number in numbers]
    return [row for row in rows if row.name or (row.text and not row.removed)]


def item_of(rows: Iterable[Row], opened: Item) -> tuple[Item, list[Row]]:
    """The item that rows describe, and the rows again, each with its error where it has one.

    A row that nobody touched keeps the opened value to the byte.
    """
    item: Item = {}
    checked: list[Row] = []
    for row in rows:
        if row.removed:
            checked.append(row)
            continue
        try:
            item[_name(row, item)] = _value(row, opened)
            checked.append(row)
        except TablesError as error:
            checked.append(replace(row, error=error.message))
    return item, checked


def errors_of(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that have an error."""
    return (row for row in rows if row.error)


def _value(row: Row, opened: Item) -> AttributeValue:
    if row.name in opened and is_untouched(row, opened[row.name]):
        return opened[row.name]
    return value_of(row)


def _submitted(form: Mapping[str, str], number: int, names: list[str]) -> Row:
    def member(name: str) -> str:
        return form.get(f"a-{number}-{name}", "")

    place = member("of")
    is_known = place.isascii() and place.isdigit() and int(place) < len(names)
    return Row(
        name=names[int(place)] if is_known else member("name"),
        type=member("type") if member("type") in TYPES else "",
        text=member("value"),
        view="typed" if member("view") == "typed" else "plain",
        removed=bool(member("remove")),
    )


def _name(row: Row, item: Item) -> str:
    if not row.name:
        raise InvalidValue(_("Give the attribute a name."))
    if row.name in item:
        raise InvalidValue(_("Another row has this name."))
    return row.name


def _unsubmitted(text: str) -> str:
    """Browsers submit every line break as CRLF; people mean LF."""
    return text.replace("\r\n", "\n")


def _as_submitted(text: str) -> str:
    """What a browser makes of a text in a form: CRLF, and no NUL (HTML, form submission)."""
    return _NEWLINE.sub("\r\n", text.replace("\0", "\ufffd"))


def _base64(text: str) -> str:
    packed = "".join(text.split())
    if not is_base64(packed):
        raise InvalidValue(_("Binary is written in base64, with its padding."))
    return packed


def _set(tag: str, text: str) -> AttributeValue:
    entries = parse(text, max_depth=1) if text.strip() else []
    if not isinstance(entries, list):
        raise InvalidValue(_('A set is written as a JSON array, such as ["a", "b"].'))
    # A number set may be typed with or without quotes.
    return make_set(tag, [entry if isinstance(entry, str) else str(entry) for entry in entries])


def _nested(row: Row, text: str) -> AttributeValue:
    if row.view == "typed":
        return typed_value({row.type: parse(text, max_depth=_TYPED_DEPTH)})
    value = wire_value(parse(text))
    if type_of(value) != row.type:
        wanted = _("a JSON object") if row.type == "M" else _("a JSON array")
        raise InvalidValue(_("This must be %(wanted)s.") % {"wanted": wanted})
    return value
