"""The item form: an object that knows its rows, its errors and what it was opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tables.admin.item_form.attribute_part import FIRST, PART, AttributePart, Pages
from tables.admin.item_form.creating import seal_new_key
from tables.admin.item_form.key_parts import in_key_alone, previews
from tables.admin.item_form.rows import (
    MAX_ROWS,
    Row,
    item_of,
    row_of,
    viewed,
    with_entry,
    without_part,
)
from tables.admin.item_form.saving import (
    key_problems,
    read_only_names,
    read_only_problems,
    seal,
    unseal,
)
from tables.admin.item_form.submitted import submitted_rows
from tables.admin.item_form.value_text import View
from tables.admin.item_form.widgets import FormRow, blank_rows, form_row
from tables.admin.texts.core_messages import told
from tables.admin.values.json_text import json_text
from tables.admin.visit import Visit
from tables.core.errors import InvalidValue, Problem, TablesError
from tables.core.sizes import MAX_ITEM_BYTES, item_size
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import typed_item
from tables.core.values import Item
from tables.items.new_keys import makes_key

Mode = Literal["rows", "raw"]

# Typed JSON nests two objects or arrays for each level of the item.
_RAW_DEPTH = 2 * MAX_DEPTH + 2
# Empty rows at the end: enough for pages without scripts after “Add attribute”.
_SPARE_ROWS = 1
_MORE_ROWS = 5


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The form of a new item (`opened` is empty) or of one that was opened.

    `edited` is the item that was submitted, as far as it could be read. `new_key` is sealed: the
    partition key of an item to be made, where the server chooses it. `trouble` is what stopped a
    save that may be tried again as it is. `part` is what is shown of very many attributes.
    """

    visit: Visit
    opened: Item
    rows: tuple[Row, ...] = ()
    mode: Mode = "rows"
    raw: str = ""
    edited: Item = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    is_new: bool = False
    spare: int = _SPARE_ROWS
    new_key: str = ""
    trouble: str = ""
    part: AttributePart = FIRST

    @classmethod
    def of_new(cls, visit: Visit, start: Mapping[str, str], mode: Mode) -> ItemForm:
        """An empty form: a row for each key and for what the schema knows, with texts to start."""
        rows = blank_rows(visit, start, made_key=_made_key(visit))
        keys = {row.name: {row.type: row.text} for row in rows if row.state != "optional"}
        return cls(visit, {}, tuple(rows), mode, raw=json_text(keys), is_new=True)

    @classmethod
    def of_item(cls, visit: Visit, item: Item, mode: Mode, edited: Item | None = None) -> ItemForm:
        """The form of a stored item, or of one with edits on it."""
        part = AttributePart.of(visit.request.GET)
        return cls(visit, item, edited=item if edited is None else edited, part=part).shown(mode)

    @classmethod
    def submitted(cls, visit: Visit, *, is_new: bool) -> ItemForm:
        """A submitted form, its rows read and each with its error where it has one.

        Raises InvalidRequest when the opened item was altered.
        """
        post = visit.request.POST
        opened = {} if is_new else unseal(post.get("opened", ""), visit.table.alias)
        part = AttributePart.of(post)
        form = cls(visit, opened, is_new=is_new, new_key=post.get("new_key", ""), part=part)
        if post.get("mode") == "raw":
            return _read(replace(form, mode="raw", raw=post.get("raw", "")))
        edited, rows = item_of(submitted_rows(post, opened), opened)
        return replace(form, edited=edited, rows=tuple(rows))

    # ---------------------------------------------------------------- reading

    @property
    def is_valid(self) -> bool:
        """Whether everything that was typed could be read, and may be written."""
        return not self.errors and not any(row.error for row in self.rows)

    def checked(self, *, as_new: bool) -> ItemForm:
        """With what it may not do: write what is read-only, or change the key of an item."""
        problems = read_only_problems(self.visit, self.opened, self.edited)
        if not as_new:
            problems += key_problems(self.visit, self.opened, self.edited)
        return _filled(self.with_problems(problems))

    def with_error(self, error: TablesError) -> ItemForm:
        """With each problem beside the row that it points to, the rest on top."""
        if error.problems:
            return self.with_problems(error.problems)
        return self.with_errors(told(error.message))

    def with_problems(self, problems: Sequence[Problem]) -> ItemForm:
        """With each problem beside its row, or on top where it has none."""
        errors, rows = [], list(self.rows)
        numbers = {row.name: n for n, row in reversed(list(enumerate(rows)))}
        for problem in problems:
            name, within = _pointed_at(problem.pointer)
            detail = told(problem.detail)
            if name in numbers:
                row = rows[numbers[name]]
                rows[numbers[name]] = row.with_error(f"{within}: {detail}" if within else detail)
            else:
                errors.append(f"{name}: {detail}" if name else detail)
        return replace(self, rows=tuple(rows)).with_errors(*errors)

    def with_errors(self, *errors: str) -> ItemForm:
        """With more errors on top."""
        return replace(self, errors=(*self.errors, *errors))

    def in_trouble(self, words: str) -> ItemForm:
        """With what stopped a save that may be tried again as it is."""
        return replace(self, trouble=words)

    # ---------------------------------------------------------------- other looks

    def shown(self, mode: Mode) -> ItemForm:
        """Turned to rows or to raw JSON, with what was edited so far."""
        if mode == "raw" or self.is_wide:
            return replace(self, mode="raw", raw=_raw_text(self.visit, self.edited), rows=())
        rows = _rows_between(self.visit, self.opened, self.edited, self._names_shown)
        rows += self._missing_rows({*self.opened, *self.edited})
        return replace(self, mode="rows", rows=tuple(rows))

    def turned(self, _value: str) -> ItemForm:
        """Turned to the part of the attributes that was asked for; what can't be read stays."""
        return self.shown("rows") if self.is_valid else self

    def switched(self, value: str) -> ItemForm:
        """With one row's value in another view: `3-rows` is the fourth row, in rows."""
        number, _dash, view = value.partition("-")
        return self._turned(number, lambda row: viewed(row, cast("View", view), self.opened))

    def dropped(self, value: str) -> ItemForm:
        """Without one part of a row's value: an entry of a set, a value in a list or map."""
        number, _dash, part = value.partition("-")
        return self._turned(number, lambda row: without_part(row, part))

    def grown(self, value: str) -> ItemForm:
        """With another entry in a list of a row's value."""
        number, _dash, part = value.partition("-")
        return self._turned(number, lambda row: with_entry(row, part))

    def with_room(self) -> ItemForm:
        """With more empty rows."""
        return replace(self, spare=_MORE_ROWS)

    def _turned(self, number: str, turn: Callable[[Row], Row]) -> ItemForm:
        rows = tuple(turn(row) if str(n) == number else row for n, row in enumerate(self.rows))
        # What was typed is judged when it is saved, and not by a button that only looks.
        edited, _judged = item_of(rows, self.opened)
        return replace(self, rows=rows, edited=edited)

    # ---------------------------------------------------------------- for the template

    @property
    def sealed(self) -> str:
        """What the hidden field carries."""
        return seal(self.visit.target.sight.see(self.opened), self.visit.table.alias)

    @property
    def sealed_key(self) -> str:
        """The key that this form would make an item with; empty where people choose keys."""
        if not makes_key(self.visit.target) or self.visit.table.natural_key:
            return ""
        return self.new_key or seal_new_key(self.visit.table.alias)

    @property
    def form_rows(self) -> list[FormRow]:
        """Every row, then blank ones for new attributes."""
        rows = [*self.rows, *[Row("", "S")] * self.spare]
        return [form_row(n, row, self.visit, self.opened) for n, row in enumerate(rows)]

    @property
    def template_row(self) -> FormRow:
        """A blank row for the page's script to copy."""
        return replace(form_row(0, Row("", "S"), self.visit, {}), number="NEW")

    @property
    def fixed(self) -> Item:
        """Attributes that are shown and can't be edited: audit stamps and read-only ones."""
        names = read_only_names(self.visit)
        return {name: value for name, value in self.opened.items() if name in names}

    @property
    def is_wide(self) -> bool:
        """Whether more was changed than rows can show."""
        return len(self._changed) > MAX_ROWS - 2 * PART

    @property
    def pages(self) -> Pages | None:
        """Where the attributes in rows stand among all of them; None where they are all."""
        return self.part.pages(self._names)

    @property
    def fixed_size(self) -> int:
        """Bytes of what can't be edited, or is in no row."""
        if self.mode == "raw":
            return item_size(self.fixed)
        names = {row.name for row in self.rows}
        return item_size({n: value for n, value in self.opened.items() if n not in names})

    @property
    def size(self) -> int:
        """Bytes of the item as edited, as DynamoDB counts them."""
        return item_size(self.edited or self.opened)

    @property
    def largest(self) -> int:
        """The most that DynamoDB takes."""
        return MAX_ITEM_BYTES

    @property
    def sendable(self) -> int:
        """Bytes of an item beyond which its form, the opened item included, may not be taken."""
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 3

    @property
    def made_key(self) -> str:
        """The key attribute that the server makes for a new item, or nothing."""
        return _made_key(self.visit) if self.is_new else ""

    @property
    def made_keys(self) -> list[tuple[str, str]]:
        """The key attributes that patterns make of a new item, each with its pattern."""
        return previews(self.visit.table) if self.is_new else []

    @property
    def _names(self) -> list[str]:
        """The attributes of the opened item that may be edited and are not of its key."""
        apart = {*read_only_names(self.visit), *self.visit.description.key_names}
        return [name for name in self.opened if name not in apart]

    @property
    def _changed(self) -> set[str]:
        """The attributes that were changed, given or removed."""
        if self.edited is self.opened:
            return set()
        names = {*self.opened, *self.edited}
        return {name for name in names if self.opened.get(name) != self.edited.get(name)}

    @property
    def _names_shown(self) -> set[str]:
        """The attributes in rows: of the key, changed, or in the part."""
        keys = self.visit.description.key_names
        return {*keys, *self._changed, *self.part.names(self._names)}

    def _missing_rows(self, known: set[str]) -> list[Row]:
        """Empty rows for what the schema knows and the item doesn't hold."""
        rows = blank_rows(self.visit, {}, made_key=self.made_key)
        if self.is_new:
            return [row for row in rows if row.name not in known]
        known = known | in_key_alone(self.visit.table)
        return [replace(row, state="optional") for row in rows if row.name not in known]


def _read(form: ItemForm) -> ItemForm:
    """With the item that the typed JSON says, or with what is wrong with it."""
    try:
        document = parse(form.raw, max_depth=_RAW_DEPTH, what=_("The JSON"))
        if not isinstance(document, dict):
            raise InvalidValue(_("The item must be a JSON object of typed values."))
        return replace(form, edited={**form.fixed, **typed_item(document)})
    except TablesError as error:
        return form.with_errors(told(error.message))


def _filled(form: ItemForm) -> ItemForm:
    """With a word at each empty text of a new item that the schema wants: it was forgotten."""
    if not form.is_new:
        return form
    shown = zip(form.rows, form.form_rows, strict=False)
    return replace(form, rows=tuple(_or_forgotten(row, as_shown) for row, as_shown in shown))


def _or_forgotten(row: Row, shown: FormRow) -> Row:
    is_empty = shown.required and not row.text and not row.error
    return replace(row, error=_("Fill this in.")) if is_empty else row


def mode_of(request: HttpRequest) -> Mode:
    """Which tab a link asks for."""
    return "raw" if request.GET.get("view") == "raw" else "rows"


def _raw_text(visit: Visit, item: Item) -> str:
    """The item as typed JSON, without what can't be edited."""
    fixed = read_only_names(visit)
    shown = {name: value for name, value in item.items() if name not in fixed}
    return json_text(shown)


def _rows_between(visit: Visit, opened: Item, edited: Item, shown: set[str]) -> list[Row]:
    """Rows of what is `shown` of an edited item: keys first, then what was there, then new ones."""
    fixed = read_only_names(visit)
    places = {name: place for place, name in enumerate(opened)}
    names = dict.fromkeys([*visit.description.key_names, *opened, *edited])
    rows = []
    for name in filter(shown.__contains__, names):
        if name in edited and name not in fixed:
            rows.append(row_of(name, edited[name], places.get(name)))
        elif name in opened and name not in fixed:
            rows.append(replace(row_of(name, opened[name], places[name]), state="removed"))
    return rows


def _made_key(visit: Visit) -> str:
    return visit.description.partition_key.name if makes_key(visit.target) else ""


def _pointed_at(pointer: str) -> tuple[str, str]:
    """The attribute that a pointer leads into, and the way on inside it."""
    first, *rest = [
        segment.replace("~1", "/").replace("~0", "~")
        for segment in pointer.removeprefix("/").split("/")
    ]
    return first, ".".join(rest)
