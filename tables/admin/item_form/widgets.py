"""A row of the item form as the template prints it, with what the table's schema says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tables.admin.item_form.rows import Row, viewed
from tables.admin.item_form.saving import read_only_names
from tables.admin.item_list.filter_choices import kind_options
from tables.admin.visit import Visit
from tables.core.schemas import subschema
from tables.core.values import TYPES, Item

Widget = Literal["text", "choice", "date", "none"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TAGS = {
    "string": "S",
    "number": "N",
    "integer": "N",
    "boolean": "BOOL",
    "array": "L",
    "object": "M",
    "null": "NULL",
}
_MOST_LINES = 18
_LINE_CHARACTERS = 70


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row with its widget. `choices` are values and words of a choice widget.

    A row that `is_named` is of an attribute that has its name already.
    """

    number: int | str
    row: Row
    widget: Widget
    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_key: bool = False
    is_named: bool = False
    required: bool = False
    can_switch: bool = False

    @property
    def lines(self) -> int:
        """How tall the text's box is, in lines."""
        text = self.row.text
        lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text[:5000].split("\n"))
        return max(min(lines, _MOST_LINES), 3 if self.row.type in ("L", "M") else 1)

    @property
    def types(self) -> SafeString:
        """The ten types to choose from, this row's chosen."""
        return kind_options(self.row.type)

    @property
    def type_word(self) -> str:
        """The row's type in words."""
        return _(TYPES[self.row.type]) if self.row.type in TYPES else ""

    @property
    def title(self) -> str:
        """What the label says: the schema's title, else the name."""
        return self.label or self.row.name or _("New attribute")


def form_row(number: int, row: Row, visit: Visit, opened: Item) -> FormRow:
    """The row with its widget and words."""
    known = subschema(visit.table.schema, (row.name,)) if row.name else {}
    choices = _choices(row, known)
    is_key = row.name in visit.description.key_names
    widget = _widget(row, known, choices)
    return FormRow(
        number=number,
        row=row,
        widget=widget,
        label=str(known.get("title") or ""),
        help=_help(known, widget),
        choices=choices,
        is_key=is_key,
        is_named=is_key or bool(known) or row.place is not None,
        required=is_key or row.name in _required(visit),
        can_switch=_can_switch(row, opened),
    )


def blank_rows(visit: Visit, start: Mapping[str, str], *, made_key: str = "") -> list[Row]:
    """Empty rows for each key attribute and each attribute that the schema knows.

    `start` has texts to begin with; the key that the server makes has no row.
    """
    schema = visit.table.schema or {}
    fixed = read_only_names(visit)
    keys = {attribute.name: attribute.type for attribute in visit.description.key_attributes}
    types: dict[str, str] = {name: tag for name, tag in keys.items() if name != made_key}
    for name in schema.get("properties") or {}:
        if name not in fixed and name not in keys:
            types[name] = _type(subschema(schema, (name,)))
    needed = {*keys, *_required(visit)}
    return [
        Row(name, tag, start.get(name, ""), state="given" if name in needed else "optional")
        for name, tag in types.items()
    ]


def _can_switch(row: Row, opened: Item) -> bool:
    """Whether the other view can show what stands there."""
    if row.view == "plain":
        return row.type in ("L", "M")
    return not viewed(replace(row, error=""), "plain", opened).error


def _required(visit: Visit) -> tuple[str, ...]:
    return tuple((visit.table.schema or {}).get("required") or ())


def _type(known: Mapping[str, Any]) -> str:
    kind = known.get("type")
    kinds = [kind] if isinstance(kind, str) else [k for k in kind or () if k != "null"]
    return _TAGS.get(kinds[0], "S") if kinds else "S"


def _widget(row: Row, known: Mapping[str, Any], choices: tuple[tuple[str, str], ...]) -> Widget:
    if row.type == "NULL":
        return "none"
    if choices:
        return "choice"
    is_date = row.type == "S" and row.view == "plain" and known.get("format") == "date"
    return "date" if is_date and (not row.text or _is_date(row.text)) else "text"


def _is_date(text: str) -> bool:
    """Whether a date field shows this text: it would swallow any other."""
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text).year > 0
    except ValueError:
        return False


def _choices(row: Row, known: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the row may be, with what it is now in any case; nothing where anything goes."""
    if row.type == "BOOL":
        values = ["true", "false"]
    elif row.type == "S" and row.view == "plain":
        values = [value for value in known.get("enum") or () if isinstance(value, str)]
    elif row.type == "N":
        enum = known.get("enum") or ()
        values = [str(v) for v in enum if isinstance(v, int) and not isinstance(v, bool)]
    else:
        values = []
    if not values:
        return ()
    more = [] if row.text in values else [row.text]
    if row.state == "optional" and "" not in (*values, *more):
        more = ["", *more]
    return tuple((value, value or "–") for value in [*more, *values])


def _help(known: Mapping[str, Any], widget: Widget) -> str:
    """The schema's own words, and an example; a calendar says by itself how a date is written."""
    parts = [str(known.get("description") or "")]
    if widget == "date":
        return parts[0]
    if known.get("format"):
        parts.append(_("Format: %(format)s.") % {"format": known["format"]})
    if examples := known.get("examples"):
        parts.append(_("For example %(example)s.") % {"example": examples[0]})
    return " ".join(part for part in parts if part)
