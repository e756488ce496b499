"""The rows of the item form: one attribute each, with the text that people edit it as."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from tables.admin.item_form.nested import grown, without
from tables.admin.item_form.value_text import (
    View,
    as_submitted,
    best_view,
    can_say,
    text_of,
    value_of,
    views_of,
)
from tables.admin.texts.core_messages import told
from tables.core.errors import InvalidValue, TablesError
from tables.core.values import AttributeValue, Item, type_of

State = Literal["given", "removed", "optional", "bare"]

MAX_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute as text.

    `view` says how the text is written. `place` is the attribute's place in the opened item, and
    `renamed` the name it shall have instead of its own. `error` is for whoever typed it. A row's
    `state` is one of four: its text was given; the attribute is to be removed; without text it
    stands for no attribute (optional); it came without its control, as when the type of a null is
    changed (bare).
    """

    name: str
    type: str
    text: str = ""
    view: View = "plain"
    place: int | None = None
    state: State = "given"
    error: str = ""
    renamed: str = ""

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
    view = best_view(value)
    return Row(name, type_of(value), text_of(value, view), view, place)


def is_untouched(row: Row, opened: AttributeValue) -> bool:
    """Whether a browser would submit this very row for a value that nobody touched."""
    if row.state == "removed" or row.type != type_of(opened) or not can_say(opened, row.view):
        return False
    return as_submitted(row.text) == as_submitted(text_of(opened, row.view))


def item_of(rows: Iterable[Row], opened: Item) -> tuple[Item, list[Row]]:
    """The item that rows describe, and the rows again, each with its error where it has one.

    A row that nobody touched keeps the opened value to the byte, and so does an attribute that no
    row speaks of: only a row that says so removes one, or gives it another name.
    """
    item: Item = dict(opened)
    seen: set[str] = set()
    checked: list[Row] = []
    for row in rows:
        try:
            _apply(row, item, seen, opened)
            checked.append(row)
        except TablesError as error:
            checked.append(row.with_error(told(error.message)))
    return item, checked


def viewed(row: Row, view: View, opened: Item) -> Row:
    """The row in another view, or with an error when its text can't be read, or can't be shown."""
    if row.view == view or view not in views_of(row.type):
        return row
    if row.type in ("L", "M") and not row.text.strip():
        return replace(row, view=view)
    try:
        value = value_of(row.type, row.text, row.view, opened.get(row.name))
    except TablesError as error:
        return row.with_error(told(error.message))
    if not can_say(value, view):
        return row.with_error(_("This view can’t say all of this value: it stays as it is."))
    return replace(row, view=view, text=text_of(value, view), error="")


def without_part(row: Row, part: str) -> Row:
    """The row without one part of its value: an entry of a set, a value inside a list or map."""
    if not (part.isascii() and part.isdigit()):
        return row
    if row.view == "rows":
        return replace(row, text=_changed(row, without, int(part)), error="")
    entries = row.text.split("\n")
    return replace(row, text="\n".join(entries[: int(part)] + entries[int(part) + 1 :]), error="")


def with_entry(row: Row, part: str) -> Row:
    """The row with another entry in one of the lists of its value."""
    if row.view != "rows" or not (part.isascii() and part.isdigit()):
        return row
    return replace(row, text=_changed(row, grown, int(part)))


def _changed(row: Row, change: Callable[[str, int], str], part: int) -> str:
    try:
        return change(row.text, part)
    except InvalidValue:
        return row.text


def _apply(row: Row, item: Item, seen: set[str], opened: Item) -> None:
    if row.error or row.is_blank:
        return
    if not row.name:
        raise InvalidValue(_("Give the attribute a name."))
    name = row.renamed or row.name
    if name in seen or (row.renamed and row.renamed in opened):
        raise InvalidValue(_("Another row has this name."))
    seen.add(name)
    before = opened.get(row.name)
    if row.state == "removed":
        item.pop(row.name, None)
        return
    if row.state == "bare" and row.type != "NULL":
        raise InvalidValue(_("Now write the value in its new type."))
    is_kept = before is not None and is_untouched(row, before)
    value = before if is_kept else value_of(row.type, row.text, row.view, before)
    if name != row.name:
        item.pop(row.name, None)
    item[name] = value or {}
