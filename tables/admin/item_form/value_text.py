"""Attribute values as the text that people edit, in each view, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from tables.admin.item_form.json_mistakes import mistake_words
from tables.admin.item_form.nested import fits_rows, has_rows, nested_text, nested_value
from tables.admin.values.json_text import json_text
from tables.core.errors import InvalidRequest, InvalidValue, TablesError
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import make_set, typed_value
from tables.core.updates import same_value
from tables.core.values import (
    SET_TYPES,
    AttributeValue,
    content_of,
    dumps,
    is_base64,
    plain_value,
    type_of,
    wire_value,
)

# How a text says its value. Each type has its own, the first of VIEWS unless that can't say it.
#   plain   the text itself; of sets, lists and maps plain JSON
#   several a string in a box of several lines, whatever it holds
#   typed   a string as a JSON string; lists and maps as typed JSON
#   pretty  a string that holds JSON, laid out; it is saved compact
#   chips   a set, a field for each entry;  lines  the same, an entry a line
#   rows    a list or map, a field for each value inside
View = Literal["plain", "several", "typed", "pretty", "chips", "lines", "rows"]

VIEWS: dict[str, tuple[View, ...]] = {
    "S": ("plain", "several", "typed", "pretty"),
    **dict.fromkeys(SET_TYPES, ("chips", "lines", "plain")),
    "L": ("rows", "plain", "typed"),
    "M": ("rows", "plain", "typed"),
}
# A typed value nests two objects or arrays for each level of the value itself.
TYPED_DEPTH = 2 * MAX_DEPTH + 2
# A set of more or longer entries is a box of lines.
_MOST_CHIPS = 30
_CHIP_CHARACTERS = 30
_NEWLINE = re.compile(r"\r\n|\r|\n")


def views_of(tag: str) -> tuple[View, ...]:
    """The views that a type has."""
    return VIEWS.get(tag, ("plain",))


def best_view(value: AttributeValue) -> View:
    """The view that a stored value is opened in: the first that can say it as it is."""
    views = (view for view in views_of(type_of(value)) if view != "rows" or fits_rows(value))
    return next((view for view in views if can_say(value, view)), "typed")


def can_say(value: AttributeValue, view: View) -> bool:
    """Whether a view says everything about a value, after a browser has submitted it.

    Plain JSON can't say sets and binary inside lists and maps; browsers alter some characters of a
    text (NUL, and line breaks of different kinds); an entry of a set may hold a line break.
    """
    return view in views_of(type_of(value)) and _LIMITS[view](value)


def text_of(value: AttributeValue, view: View) -> str:
    """The text to edit a value as: itself, lines, or JSON."""
    tag, content = type_of(value), content_of(value)
    if tag == "S":
        return _string_text(content, view)
    if tag in ("N", "B"):
        return str(content)
    if tag == "BOOL":
        return "true" if content else "false"
    if tag == "NULL":
        return ""
    if tag in SET_TYPES:
        return json_text(content) if view == "plain" else "\n".join(content)
    if view == "rows":
        return nested_text(value)
    return json_text(content if view == "typed" else plain_value(value))


def value_of(
    tag: str, text: str, view: View, opened: AttributeValue | None = None
) -> AttributeValue:
    """The value that a text means. Raises InvalidValue in words for whoever typed it.

    `opened` is what stood there, whose kind of line break a string keeps.
    """
    if tag == "S":
        return {"S": _string(text, view, opened)}
    if tag == "N":
        return {"N": _number(text.strip())}
    if tag == "B":
        return {"B": _base64(text)}
    if tag == "BOOL":
        return {"BOOL": _boolean(text)}
    if tag == "NULL":
        return {"NULL": True}
    if tag in SET_TYPES:
        return _set_of_json(tag, text) if view == "plain" else _set_of_lines(tag, text)
    if tag in ("L", "M"):
        return nested_value(tag, text) if view == "rows" else _nested(tag, text, view)
    raise InvalidValue(_("Choose one of the ten types."))


def as_submitted(text: str) -> str:
    """What a browser makes of a text in a form: CRLF, and no NUL (HTML, form submission)."""
    return _NEWLINE.sub("\r\n", text.replace("\0", "\ufffd"))


def meant(text: str, opened: AttributeValue | None) -> str:
    """Browsers submit every line break as CRLF; people mean LF, or what stood there before."""
    before = (opened or {}).get("S", "")
    if "\r\n" in before and not set("\r\n") & set(before.replace("\r\n", "")):
        return text
    return text.replace("\r\n", "\n")


def holds_json(text: str) -> bool:
    """Whether a string is the JSON text of an object or array."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(parse(text, max_depth=TYPED_DEPTH), dict | list)
    except TablesError:
        return False


# ---------------------------------------------------------------- which view can say it


def _survives(value: AttributeValue) -> bool:
    text: str = content_of(value) if type_of(value) == "S" else ""
    return meant(as_submitted(text), value) == text


def _is_plain(value: AttributeValue) -> bool:
    if type_of(value) in ("L", "M"):
        plain = parse(dumps(plain_value(value)), max_depth=MAX_DEPTH + 1)
        return same_value(wire_value(plain), value)
    return _survives(value)


def _fits_lines(value: AttributeValue) -> bool:
    entries: list[str] = content_of(value)
    return all(entry and not set("\r\n\0") & set(entry) for entry in entries)


def _fits_chips(value: AttributeValue) -> bool:
    entries: list[str] = content_of(value)
    return (
        len(entries) <= _MOST_CHIPS
        and all(len(entry) <= _CHIP_CHARACTERS for entry in entries)
        and _fits_lines(value)
    )


_LIMITS: dict[View, Callable[[AttributeValue], bool]] = {
    "plain": _is_plain,
    "several": _survives,
    "typed": lambda _value: True,
    "pretty": lambda value: holds_json(content_of(value)),
    "chips": _fits_chips,
    "lines": _fits_lines,
    "rows": has_rows,
}


# ---------------------------------------------------------------- strings


def _string_text(content: str, view: View) -> str:
    if view == "typed":
        return dumps(content).decode()
    return json_text(parse(content, max_depth=TYPED_DEPTH)) if view == "pretty" else content


def _string(text: str, view: View, opened: AttributeValue | None) -> str:
    if view == "pretty":
        return dumps(_json(text, TYPED_DEPTH)).decode()
    if view != "typed":
        return meant(text, opened)
    content = _json(text, 0)
    if not isinstance(content, str):
        raise InvalidValue(_('This string is written in JSON, in quotes, such as "a\\nb".'))
    return content


# ---------------------------------------------------------------- scalars and sets


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


def _set_of_json(tag: str, text: str) -> AttributeValue:
    entries = _json(text, 1) if text.strip() else None
    if not isinstance(entries, list):
        raise InvalidValue(_('A set is written as a JSON array, such as ["a", "b"].'))
    # The numbers of a number set may be typed with or without quotes.
    return make_set(tag, [str(e) if tag == "NS" and isinstance(e, Decimal) else e for e in entries])


def _set_of_lines(tag: str, text: str) -> AttributeValue:
    entries = [entry for entry in _NEWLINE.split(text) if entry]
    if tag != "SS":
        entries = [entry.strip() for entry in entries if entry.strip()]
    if not entries:
        raise InvalidValue(_("A set holds at least one value: write one, or remove the attribute."))
    try:
        return make_set(tag, entries)
    except InvalidValue as error:
        raise InvalidValue(_entry_words(tag, entries) or error.message) from error


def _entry_words(tag: str, entries: list[str]) -> str:
    """What is wrong with the first entry that is no value of this set; empty for none."""
    for entry in entries:
        try:
            make_set(tag, [entry])
        except InvalidValue:
            words = (
                _("“%(entry)s” is no number. Write one number a line, such as 12.5.")
                if tag == "NS"
                else _("“%(entry)s” is no base64. Write one value a line, such as AAEC.")
            )
            return words % {"entry": entry[:40]}
    return ""


# ---------------------------------------------------------------- JSON


def _nested(tag: str, text: str, view: View) -> AttributeValue:
    wanted = _('a JSON object, such as {"a": 1}') if tag == "M" else _("a JSON array, such as [1]")
    content = _json(text, TYPED_DEPTH) if text.strip() else None
    if not isinstance(content, dict if tag == "M" else list):
        raise InvalidValue(_("Write %(wanted)s.") % {"wanted": wanted})
    return typed_value({tag: content}) if view == "typed" else wire_value(content)


def _json(text: str, max_depth: int) -> Any:
    try:
        return parse(text, max_depth=max_depth, what=_("This"))
    except InvalidRequest as error:
        raise InvalidValue(mistake_words(text, error)) from error
