"""What browsers submit of a form's rows: a text each, or a field for each part of a value."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from tables.admin.item_form.nested import with_leaves
from tables.admin.item_form.rows import MAX_ROWS, Row, State
from tables.admin.item_form.value_text import View, as_submitted, views_of
from tables.admin.texts.core_messages import told
from tables.admin.values.moments import digits_of, digits_of_words, moment_of
from tables.core.errors import InvalidRequest, InvalidValue
from tables.core.values import SET_TYPES, TYPES, Item

_ROW = re.compile(r"a-(\d{1,5})-(?:of|name)")
_ENTRY = re.compile(r"a-(\d{1,5})-entry-(\d{1,5})")


def submitted_rows(form: Mapping[str, str], opened: Item) -> list[Row]:
    """The rows of a submitted form, in order, without those that say nothing.

    The row of an attribute that was there names it by its place in the item, because browsers
    alter names as they alter text. Raises InvalidRequest for more rows than a form can have.
    """
    numbers = sorted({int(match[1]) for match in map(_ROW.fullmatch, form) if match})
    if len(numbers) > MAX_ROWS:
        raise InvalidRequest(_("The form has too many rows."))
    names = list(opened)
    entries = _entries(form)
    rows = (_submitted(form, number, names, entries.get(number)) for number in numbers)
    return [row for row in rows if row.state == "optional" or not row.is_blank]


def _submitted(
    form: Mapping[str, str], number: int, names: list[str], entries: list[str] | None
) -> Row:
    def member(name: str) -> str:
        return form.get(f"a-{number}-{name}", "")

    of = member("of")
    place = int(of) if of.isascii() and of.isdigit() and int(of[:6]) < len(names) else None
    name = member("name") if place is None else names[place]
    tag = member("type") if member("type") in TYPES else ""
    shown_as = member("as") or tag
    view = _view(member("view"), shown_as)
    row = Row(name, tag, member("value"), view, place, _state(form, number))
    if entries is not None:
        row = replace(row, text="\n".join(entries))
    elif view == "rows":
        row = _with_leaves(row, form, number)
    if row.state == "bare" and entries is not None:
        row = replace(row, state="given")
    row = _renamed(row, member("rename"), is_known=place is not None)
    if tag != shown_as:
        return _retyped(row)
    if tag != "N":
        return row
    if f"a-{number}-moment" in form:
        row = replace(row, text=_told(row.text, member("unit")))
    return _with_moment(row, member("moment"), member("moment-of"), member("unit") or "s")


def _view(name: str, tag: str) -> View:
    """The view that a control was drawn in; JSON where the form names none that the type has."""
    return next((view for view in views_of(tag) if view == name), "plain")


def _state(form: Mapping[str, str], number: int) -> State:
    if form.get(f"a-{number}-remove"):
        return "removed"
    if form.get(f"a-{number}-optional"):
        return "optional"
    return "given" if f"a-{number}-value" in form else "bare"


def _entries(form: Mapping[str, str]) -> dict[int, list[str]]:
    """The entries of each set that has a field for each, in order, without the empty ones."""
    found: dict[int, dict[int, str]] = {}
    for name in form:
        if match := _ENTRY.fullmatch(name):
            found.setdefault(int(match[1]), {})[int(match[2])] = form[name]
    return {
        number: [entries[n] for n in sorted(entries) if entries[n]]
        for number, entries in found.items()
    }


def _with_leaves(row: Row, form: Mapping[str, str], number: int) -> Row:
    try:
        text = with_leaves(row.text, lambda leaf: form.get(f"a-{number}-leaf-{leaf}"))
    except InvalidValue as error:
        return row.with_error(told(error.message))
    return replace(row, text=text)


def _retyped(row: Row) -> Row:
    """A row whose type was changed without a script: its text is what was typed, as it came."""
    view: View = "plain"
    if row.type in SET_TYPES and not row.text.lstrip().startswith("["):
        view = "lines"
    return replace(row, view=view)


def _renamed(row: Row, name: str, *, is_known: bool) -> Row:
    """A row with another name; fields of one line drop line breaks, and NUL is none."""
    same = re.sub(r"[\r\n]", "", as_submitted(row.name))
    return replace(row, renamed=name) if is_known and name and name != same else row


def _with_moment(row: Row, typed: str, digits: str, unit: str) -> Row:
    """A number with the date beside it, where that was changed.

    `digits` is the number that the date was drawn for, `unit` what it counts. Both changed, and
    they differ: an error.
    """
    drawn = moment_of(digits)
    fresh = _digits(typed, unit)
    if not fresh or (drawn and drawn.unit == unit and fresh == _digits(drawn.field, unit)):
        return row
    if row.text.strip() not in (digits, fresh, ""):
        words = _("The number and the date were both changed, to different times: change one.")
        return row.with_error(words)
    return replace(row, text=fresh)


def _told(text: str, unit: str) -> str:
    """The number that words such as `in 7 days` mean beside a date; any other text stays."""
    with contextlib.suppress(ValueError):
        return digits_of_words(text, "ms" if unit == "ms" else "s")
    return text


def _digits(field: str, unit: str) -> str:
    with contextlib.suppress(ValueError):
        return digits_of(field, "ms" if unit == "ms" else "s")
    return ""
