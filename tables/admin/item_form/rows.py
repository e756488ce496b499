"""The rows of the item form: one attribute each, between wire values and what browsers submit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from tables.admin.texts.core_messages import told
from tables.admin.values.json_text import json_text
from tables.core.errors import InvalidRequest, InvalidValue, TablesError
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import make_set, typed_value
from tables.core.updates import same_value
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
State = Literal["given", "removed", "optional", "bare"]

MAX_ROWS = 2000
# A typed value nests two objects or arrays for each level of the value itself.
_TYPED_DEPTH = 2 * MAX_DEPTH + 2
_ROW = re.compile(r"a-(\d{1,5})-(?:of|name)")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_NOT_JSON = "The body is not valid JSON: "


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute as text.

    `view` says how the text is written: lists and maps as plain or typed JSON, strings as they are
    or (typed) as JSON strings. `place` is the attribute's place in the opened item. `error` is for
    whoever typed it. A row's `state` is one of four: its text was given; the attribute is to be
    removed; without text it stands for no attribute (optional); it came without its control, as
    when the type of a null is changed (bare).
    """

    name: str
    type: str
    text: str = ""
    view: View = "plain"
    place: int | None = None
    state: State = "given"
    error: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether the row says nothing at all."""
        return not self.text and (self.state == "optional" or not self.name)

    def with_error(self, words: str) -> Row:
        """The row with one more error, each once."""
        if words in self.error:
            return self
        return replace(self, error=f"{self.error} {words}".strip())


def row_of(name: str, value: AttributeValue, place: int | None = None) -> Row:
    """The row that shows a stored value."""
    view: View = "plain" if is_plain(value) else "typed"
    return Row(name, type_of(value), text_of(value, view), view, place)


def is_plain(value: AttributeValue) -> bool:
    """Whether the plain view says everything about a value.

    It can't say sets and binary inside lists and maps; and browsers alter some characters of a
    string: NUL, and line breaks of different kinds.
    """
    tag = type_of(value)
    if tag == "S":
        text: str = value["S"]
        return _meant(_as_submitted(text), value) == text
    if tag not in ("L", "M"):
        return True
    return same_value(wire_value(parse(dumps(plain_value(value)), max_depth=MAX_DEPTH + 1)), value)


def text_of(value: AttributeValue, view: View) -> str:
    """The text to edit a value as: itself, or JSON."""
    tag, content = type_of(value), content_of(value)
    if tag == "S" and view == "typed":
        return dumps(content).decode()
    if tag in ("S", "N", "B"):
        return str(content)
    if tag == "BOOL":
        return "true" if content else "false"
    if tag == "NULL":
        return ""
    if tag in SET_TYPES or view == "typed":
        return json_text(content)
    return json_text(plain_value(value))


def value_of(row: Row, opened: AttributeValue | None = None) -> AttributeValue:
    """The value that a row's text means. Raises InvalidValue in words for whoever typed it.

    `opened` is what stood there, whose kind of line break a string keeps.
    """
    if row.state == "bare" and row.type != "NULL":
        raise InvalidValue(_("Now write the value in its new type."))
    if row.type == "S":
        return {"S": _string(row, opened)}
    if row.type == "N":
        return {"N": _number(row.text.strip())}
    if row.type == "B":
        return {"B": _base64(row.text)}
    if row.type == "BOOL":
        return {"BOOL": _boolean(row.text)}
    if row.type == "NULL":
        return {"NULL": True}
    if row.type in SET_TYPES:
        return _set(row.type, row.text)
    if row.type in ("L", "M"):
        return _nested(row)
    raise InvalidValue(_("Choose one of the ten types."))


def is_untouched(row: Row, opened: AttributeValue) -> bool:
    """Whether a browser would submit this very row for a value that nobody touched."""
    if row.state == "removed" or row.type != type_of(opened):
        return False
    return _as_submitted(row.text) == _as_submitted(text_of(opened, row.view))


def submitted_rows(form: Mapping[str, str], opened: Item) -> list[Row]:
    """The rows of a submitted form, in order, without those that say nothing.

    The row of an attribute that was there names it by its place in the item, because browsers
    alter names as they alter text. Raises InvalidRequest for more rows than a form can have.
    """
    numbers = sorted({int(match[1]) for match in map(_ROW.fullmatch, form) if match})
    if len(numbers) > MAX_ROWS:
        raise InvalidRequest(_("The form has too many rows."))
    names = list(opened)
    rows = (_submitted(form, number, names) for number in numbers)
    return [row for row in rows if row.state == "optional" or not row.is_blank]


def item_of(rows: Iterable[Row], opened: Item) -> tuple[Item, list[Row]]:
    """The item that rows describe, and the rows again, each with its error where it has one.

    A row that nobody touched keeps the opened value to the byte, and so does an attribute that no
    row speaks of: only a row that says so removes one.
    """
    item: Item = dict(opened)
    seen: set[str] = set()
    checked: list[Row] = []
    for row in rows:
        try:
            _apply(row, item, seen, opened)
            checked.append(row)
        except TablesError as error:
            checked.append(replace(row, error=told(error.message)))
    return item, checked


def viewed(row: Row, view: View, opened: Item) -> Row:
    """The row in another view, or with an error when its text can't be read, or can't be shown."""
    if row.view == view:
        return row
    if row.type in ("L", "M") and not row.text.strip():
        return replace(row, view=view)
    try:
        value = value_of(row, opened.get(row.name))
    except TablesError as error:
        return replace(row, error=told(error.message))
    if view == "plain" and not is_plain(value):
        return replace(row, error=_("Plain text can’t say all of this value: it stays as it is."))
    return replace(row, view=view, text=text_of(value, view))


def _apply(row: Row, item: Item, seen: set[str], opened: Item) -> None:
    if row.is_blank:
        return
    if not row.name:
        raise InvalidValue(_("Give the attribute a name."))
    if row.name in seen:
        raise InvalidValue(_("Another row has this name."))
    seen.add(row.name)
    before = opened.get(row.name)
    if row.state == "removed":
        item.pop(row.name, None)
    elif before is None or not is_untouched(row, before):
        item[row.name] = value_of(row, before)


def _submitted(form: Mapping[str, str], number: int, names: list[str]) -> Row:
    def member(name: str) -> str:
        return form.get(f"a-{number}-{name}", "")

    of = member("of")
    place = int(of) if of.isascii() and of.isdigit() and int(of[:6]) < len(names) else None
    return Row(
        name=member("name") if place is None else names[place],
        type=member("type") if member("type") in TYPES else "",
        text=member("value"),
        view="typed" if member("view") == "typed" else "plain",
        place=place,
        state=_state(form, number),
    )


def _state(form: Mapping[str, str], number: int) -> State:
    if form.get(f"a-{number}-remove"):
        return "removed"
    if form.get(f"a-{number}-optional"):
        return "optional"
    return "given" if f"a-{number}-value" in form else "bare"


def _as_submitted(text: str) -> str:
    """What a browser makes of a text in a form: CRLF, and no NUL (HTML, form submission)."""
    return _NEWLINE.sub("\r\n", text.replace("\0", "\ufffd"))


def _meant(text: str, opened: AttributeValue | None) -> str:
    """Browsers submit every line break as CRLF; people mean LF, or what stood there before."""
    before = (opened or {}).get("S", "")
    if "\r\n" in before and not set("\r\n") & set(before.replace("\r\n", "")):
        return text
    return text.replace("\r\n", "\n")


def _string(row: Row, opened: AttributeValue | None) -> str:
    if row.view == "plain":
        return _meant(row.text, opened)
    text = _json(row.text, 0)
    if not isinstance(text, str):
        raise InvalidValue(_('This string is written in JSON, in quotes, such as "a\\nb".'))
    return text


def _number(text: str) -> str:
    if not text:
        raise InvalidValue(_("Write a number."))
    return canonical_number(text)


def _boolean(text: str) -> bool:
    if text.strip() not in ("true", "false"):
        raise InvalidValue(_("Choose true or false."))
    return text.strip() == "true"


def _base64(text: str) -> str:
    packed = "".join(text.split())
    if not is_base64(packed):
        raise InvalidValue(_("Binary is written in base64, with its padding."))
    return packed


def _set(tag: str, text: str) -> AttributeValue:
    entries = _json(text, 1) if text.strip() else None
    if not isinstance(entries, list):
        raise InvalidValue(_('A set is written as a JSON array, such as ["a", "b"].'))
    # The numbers of a number set may be typed with or without quotes.
    return make_set(tag, [str(e) if tag == "NS" and isinstance(e, Decimal) else e for e in entries])


def _nested(row: Row) -> AttributeValue:
    wanted = _("a JSON object, such as {}") if row.type == "M" else _("a JSON array, such as []")
    content = _json(row.text, _TYPED_DEPTH) if row.text.strip() else None
    if not isinstance(content, dict if row.type == "M" else list):
        raise InvalidValue(_("Write %(wanted)s.") % {"wanted": wanted})
    return typed_value({row.type: content}) if row.view == "typed" else wire_value(content)


def _json(text: str, max_depth: int) -> Any:
    try:
        return parse(text, max_depth=max_depth)
    except InvalidRequest as error:
        words = error.message.replace(_NOT_JSON, _("This is not valid JSON: "))
        raise InvalidValue(words.replace("The body", _("This"))) from error
