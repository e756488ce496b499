"""A row of the item form as the template prints it, with what the table's schema says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.admin.item_form.key_parts import constant_names, made_of, needed_parts, patterned
from tables.admin.item_form.nested import Node, nodes_of
from tables.admin.item_form.rows import Row, is_untouched, viewed
from tables.admin.item_form.saving import read_only_names
from tables.admin.item_form.value_text import View, can_say, holds_json, views_of
from tables.admin.item_list.filter_choices import kind_options
from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import marked, unseen_words
from tables.admin.values.lead import Lead
from tables.admin.values.moments import Moment, distance_words, moment_of, never_expires
from tables.admin.visit import Visit
from tables.core.schemas import subschema
from tables.core.values import SET_TYPES, AttributeValue, Item

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Widget = Literal["line", "box", "choice", "date", "moment", "chips", "rows", "none"]

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
# Longer than this, a text gets a box of several lines.
_ONE_LINE_CHARACTERS = 120
_VIEW_WORDS: dict[tuple[str, View], StrOrPromise] = {
    ("S", "plain"): gettext_lazy("Text"),
    ("S", "several"): gettext_lazy("Several lines"),
    ("S", "pretty"): gettext_lazy("JSON"),
    ("set", "chips"): gettext_lazy("One by one"),
    ("set", "lines"): gettext_lazy("As text"),
    ("set", "plain"): gettext_lazy("JSON"),
    ("nested", "rows"): gettext_lazy("Rows"),
    ("nested", "plain"): gettext_lazy("JSON"),
    ("nested", "typed"): gettext_lazy("With types"),
}
_SET_EXAMPLES = {"SS": '["a", "b"]', "NS": "[1, 2.5]", "BS": '["AAEC"]'}
_FAMILIES = {"S": "S", **dict.fromkeys(SET_TYPES, "set"), "L": "nested", "M": "nested"}


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row with its widget. `choices` are values and words of a choice widget.

    A row that `is_named` is of an attribute that has its name already; one that `is_as_stored` says
    what the opened item says; one that `is_part` is of what a key is made of. `views` are the other
    ways to edit the value, each with its words. `note` is what there is to know of the value
    itself; `leads` are its links to other items, and `choices_url` is where others are offered.
    """

    number: int | str
    row: Row
    widget: Widget
    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_key: bool = False
    is_part: bool = False
    is_constant: bool = False
    is_as_stored: bool = False
    is_named: bool = False
    is_ttl: bool = False
    required: bool = False
    views: tuple[tuple[View, str], ...] = ()
    note: str = ""
    leads: tuple[Lead, ...] = ()
    choices_url: str = ""

    @property
    def n(self) -> SafeString:
        """The number as text, which a template need neither spell nor escape at its many places."""
        return mark_safe(str(self.number))  # noqa: S308 - digits, or a word of ours

    @property
    def lines(self) -> int:
        """How tall the text's box is, in lines."""
        text = self.row.text
        lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text[:5000].split("\n"))
        return max(min(lines, _MOST_LINES), 2 if self.row.type == "S" else 3)

    @property
    def types(self) -> SafeString:
        """The ten types to choose from, this row's chosen."""
        return kind_options(self.row.type)

    @property
    def type_word(self) -> str:
        """The row's type in words."""
        return kind_words(self.row.type)

    @property
    def title(self) -> str:
        """What the label says: the schema's title, else the name."""
        return self.label or self.row.name or _("New attribute")

    @property
    def heading(self) -> SafeString:
        """What the label says, as HTML: what can't be seen in a name is marked."""
        return marked(self.title)

    @property
    def is_settled(self) -> bool:
        """Whether it makes a stored item one of its kind: another value could only be refused."""
        return self.is_constant and self.row.place is not None

    @property
    def is_stored_key(self) -> bool:
        """Whether it is of the key of an item that is there: text, and a field for another item."""
        return (self.is_key or self.is_part) and self.row.place is not None

    @property
    def text(self) -> SafeString:
        """The row's text to be read: what can't be seen in it is marked."""
        return marked(self.row.text)

    @property
    def tabs(self) -> tuple[tuple[View, str], ...]:
        """The views to offer as tabs; those of a line of text and of a set are with the type."""
        has_tabs = self.row.type in ("L", "M") or any(view == "pretty" for view, _ in self.views)
        return self.views if has_tabs and len(self.views) > 1 else ()

    @property
    def ways(self) -> list[tuple[View, str]]:
        """The other views, where there are no tabs for them."""
        return [] if self.tabs else [pair for pair in self.views if pair[0] != self.row.view]

    @property
    def entries(self) -> list[str]:
        """The entries of a set that has a field for each; the last one is empty, for another."""
        return [*filter(None, self.row.text.split("\n")), ""]

    @property
    def nodes(self) -> list[Node]:
        """The values inside of a list or map in rows, without the outermost."""
        return nodes_of(self.row.text)[1:]

    @property
    def first_field(self) -> int | None:
        """The number of the first of those values that has a field."""
        return next((n.number for n in self.nodes if n.widget not in ("group", "fixed")), None)

    @property
    def moment(self) -> Moment | None:
        """The time that the number says, where it says one; a time to live counts seconds only."""
        moment = moment_of(self.row.text)
        return None if moment and self.is_ttl and moment.unit == "ms" else moment

    @property
    def unit(self) -> str:
        """What the number counts."""
        return self.moment.unit if self.moment else "s"


def form_row(number: int, row: Row, visit: Visit, opened: Item) -> FormRow:
    """The row with its widget and words."""
    known = subschema(visit.table.schema, (row.name,)) if row.name else {}
    choices = _choices(row, known)
    is_key = row.name in visit.description.key_names
    parts = made_of(visit.table)
    is_ttl = bool(row.name) and row.name == visit.description.ttl_attribute
    widget = _widget(row, known, choices, is_ttl=is_ttl)
    is_as_stored = row.name in opened and is_untouched(row, opened[row.name])
    return FormRow(
        number=number,
        row=row,
        widget=widget,
        label=visit.table.labels.get(row.name) or str(known.get("title") or ""),
        help=" ".join(filter(None, (_help(known, widget), _shape_words(row, widget)))),
        choices=choices,
        is_key=is_key,
        is_part=row.name in parts,
        is_constant=row.name in constant_names(visit.table),
        is_as_stored=is_as_stored,
        is_named=is_key or row.name in parts or bool(known) or row.place is not None,
        is_ttl=is_ttl,
        required=is_key or row.name in needed_parts(visit.table) or row.name in _required(visit),
        views=_views(row, widget, opened[row.name] if is_as_stored else None, opened),
        note=_note(row, is_ttl=is_ttl),
    )


def blank_rows(visit: Visit, start: Mapping[str, str], *, made_key: str = "") -> list[Row]:
    """Empty rows for each key attribute, or what it is made of, and for what the schema knows.

    `start` has texts to begin with; the key that the server makes has no row.
    """
    schema, table = visit.table.schema or {}, visit.table
    fixed = {*read_only_names(visit), *constant_names(table)}
    keys = {attribute.name: attribute.type for attribute in visit.description.key_attributes}
    chosen = {name: tag for name, tag in keys.items() if name not in {made_key, *fixed}}
    types: dict[str, str] = {n: tag for n, tag in chosen.items() if n not in patterned(table)}
    for name in (*made_of(table), *(schema.get("properties") or {})):
        if name not in fixed and name not in keys:
            types[name] = _type(subschema(schema, (name,)))
    needed = {*keys, *needed_parts(table), *_required(visit)}
    return [
        Row(name, tag, start.get(name, ""), state="given" if name in needed else "optional")
        for name, tag in types.items()
    ]


def _views(
    row: Row, widget: Widget, stored: AttributeValue | None, opened: Item
) -> tuple[tuple[View, str], ...]:
    """The views that the value can be turned to, this one among them where there are several.

    Of a `stored` value that nobody touched, it need not be read from the text again.
    """
    if row.type == "S":
        views = _string_views(row, widget)
    elif stored and row.type in ("L", "M"):
        views = [view for view in views_of(row.type) if view == row.view or can_say(stored, view)]
    elif row.type in ("L", "M") and row.text:
        clean = replace(row, error="")
        views = [view for view in views_of(row.type) if not viewed(clean, view, opened).error]
    else:
        views = list(views_of(row.type))
    family = _FAMILIES.get(row.type, "")
    return tuple((view, str(_VIEW_WORDS.get((family, view), ""))) for view in views[:3])


def _string_views(row: Row, widget: Widget) -> list[View]:
    if row.view == "pretty" or holds_json(row.text):
        return ["plain", "pretty"]
    if row.view == "plain" and widget == "line":
        return ["plain", "several"]
    return ["plain"]


def _note(row: Row, *, is_ttl: bool) -> str:
    """What a number says as a time, and why a time to live is none."""
    reason = never_expires({row.type: row.text.strip()}) if is_ttl and row.text else ""
    if reason:
        return reason[:1].upper() + reason[1:] + "."
    unseen = unseen_words(row.text) if row.type == "S" and row.view == "plain" else ""
    if unseen and "\n" not in row.text:
        return _("Holds what can’t be seen: %(unseen)s.") % {"unseen": unseen}
    moment = moment_of(row.text) if row.type == "N" else None
    if moment is None:
        return (
            _("Date in UTC, or “in 7 days”; the number is seconds.")
            if is_ttl and row.type == "N"
            else ""
        )
    unit = _("milliseconds") if moment.unit == "ms" else _("seconds")
    words = _("UTC, %(distance)s; the number is %(unit)s. Change either one, or type “in 7 days”.")
    return words % {"distance": distance_words(moment), "unit": unit}


def _shape_words(row: Row, widget: Widget) -> str:
    """How a set, a list or a map is written here, with an example."""
    if row.type in SET_TYPES and row.view == "plain":
        return _("JSON, such as %(example)s.") % {"example": _SET_EXAMPLES[row.type]}
    if row.type in SET_TYPES and widget == "box":
        return _("One value a line, in no order.")
    if row.type == "L" and row.view == "plain":
        return _('JSON, such as ["a", 1].')
    if row.type == "M" and row.view == "plain":
        return _('JSON, such as {"a": 1}.')
    return _("It is saved on one line, without blanks.") if row.view == "pretty" else ""


def _required(visit: Visit) -> tuple[str, ...]:
    return tuple((visit.table.schema or {}).get("required") or ())


def _type(known: Mapping[str, Any]) -> str:
    kind = known.get("type")
    kinds = [kind] if isinstance(kind, str) else [k for k in kind or () if k != "null"]
    return _TAGS.get(kinds[0], "S") if kinds else "S"


def _widget(
    row: Row, known: Mapping[str, Any], choices: tuple[tuple[str, str], ...], *, is_ttl: bool
) -> Widget:
    if row.type == "NULL":
        return "none"
    if choices:
        return "choice"
    if row.view in ("chips", "rows") and row.type in (*SET_TYPES, "L", "M"):
        return "chips" if row.view == "chips" else "rows"
    is_date = row.type == "S" and row.view == "plain" and known.get("format") == "date"
    if is_date and (not row.text or _is_date(row.text)):
        return "date"
    if row.type == "N" and (is_ttl or moment_of(row.text)):
        return "moment"
    return "line" if _is_one_line(row) else "box"


def _is_one_line(row: Row) -> bool:
    """Whether Enter saves where this is typed: no line break, and not long."""
    if row.type not in ("S", "N", "B") or row.view not in ("plain", "typed"):
        return False
    return len(row.text) <= _ONE_LINE_CHARACTERS and not {"\r", "\n"} & set(row.text)


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
