"""The item form: an object that knows its rows, its errors and what it was opened with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tables.admin.item_form.creating import makes_key, seal_new_key
from tables.admin.item_form.rows import MAX_ROWS, Row, item_of, row_of, submitted_rows, viewed
from tables.admin.item_form.saving import (
    key_problems,
    read_only_names,
    read_only_problems,
    seal,
    unseal,
)
from tables.admin.item_form.widgets import FormRow, blank_rows, form_row
from tables.admin.texts.core_messages import told
from tables.admin.values.json_text import json_text
from tables.admin.visit import Visit
from tables.core.errors import InvalidValue, Problem, TablesError
from tables.core.sizes import MAX_ITEM_BYTES, item_size
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import typed_item
from tables.core.values import Item

Mode = Literal["rows", "raw"]

# Typed JSON nests two objects or arrays for each level of the item.
_RAW_DEPTH = 2 * MAX_DEPTH + 2
# Empty rows at the end: enough for pages without scripts after “Add attribute”.
_SPARE_ROWS = 1
_MORE_ROWS = 5


@dataclass(slots=True)
class ItemForm:
    """The form of a new item (`opened` is empty) or of one that was opened.

    `edited` is the item that was submitted, as far as it could be read. `new_key` is sealed: the
    partition key of an item to be made, where the server chooses it.
    """

    visit: Visit
    opened: Item
    rows: list[Row]
    mode: Mode = "rows"
    raw: str = ""
    edited: Item = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    is_new: bool = False
    spare: int = _SPARE_ROWS
    new_key: str = ""
    trouble: str = ""

    @classmethod
    def of_new(cls, visit: Visit, start: Mapping[str, str], mode: Mode) -> ItemForm:
        """An empty form: a row for each key and for what the schema knows, with texts to start."""
        rows = blank_rows(visit, start, made_key=_made_key(visit))
        keys = {row.name: {row.type: row.text} for row in rows if not row.optional}
        return cls(visit, {}, rows, mode, raw=json_text(keys), is_new=True)

    @classmethod
    def of_item(cls, visit: Visit, item: Item, mode: Mode, edited: Item | None = None) -> ItemForm:
        """The form of a stored item, or of one with edits on it."""
        form = cls(visit, item, [], mode, edited=item if edited is None else edited)
        form.show(mode)
        return form

    @classmethod
    def submitted(cls, visit: Visit, *, is_new: bool) -> ItemForm:
        """A submitted form, its rows read and each with its error where it has one.

        Raises InvalidRequest when the opened item was altered.
        """
        post = visit.request.POST
        opened = {} if is_new else unseal(post.get("opened", ""), visit.table.alias)
        if post.get("mode") == "raw":
            form = cls(visit, opened, [], "raw", raw=post.get("raw", ""), is_new=is_new)
            form._read_raw()
        else:
            form = cls(visit, opened, submitted_rows(post, opened), is_new=is_new)
            form.edited, form.rows = item_of(form.rows, opened)
        form.new_key = post.get("new_key", "")
        return form

    # ---------------------------------------------------------------- reading

    @property
    def is_valid(self) -> bool:
        """Whether everything that was typed could be read, and may be written."""
        return not self.errors and not any(row.error for row in self.rows)

    def check(self, *, as_new: bool) -> None:
        """Note what this form may not do: write what is read-only, or change the key of an item."""
        problems = read_only_problems(self.visit, self.opened, self.edited)
        if not as_new:
            problems += key_problems(self.visit, self.opened, self.edited)
        self.add_problems(problems)
        self._require_filled()

    def add_error(self, error: TablesError) -> None:
        """Put each problem beside the row that it points to, the rest on top."""
        if error.problems:
            self.add_problems(error.problems)
        else:
            self.errors.append(told(error.message))

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem beside its row, or on top where it has none."""
        for problem in problems:
            name, within = _pointed_at(problem.pointer)
            detail = told(problem.detail)
            number = next((n for n, row in enumerate(self.rows) if row.name == name), None)
            if number is None:
                self.errors.append(f"{name}: {detail}" if name else detail)
                continue
            row = self.rows[number]
            words = f"{within}: {detail}" if within else detail
            if words not in row.error:
                self.rows[number] = replace(row, error=f"{row.error} {words}".strip())

    # ---------------------------------------------------------------- other looks

    def show(self, mode: Mode) -> None:
        """Turn to rows or to raw JSON, with what was edited so far."""
        self.mode = "raw" if self.is_wide else mode
        if self.mode == "raw":
            self.raw = _raw_text(self.visit, self.edited)
            self.rows = []
        else:
            rows = _rows_between(self.visit, self.opened, self.edited)
            self.rows = rows + self._missing_rows({row.name for row in rows})

    def switch_view(self, number: str) -> None:
        """Show one row's value in its other view: plain or typed."""
        for n, row in enumerate(self.rows):
            if str(n) == number:
                self.rows[n] = viewed(row, "plain" if row.view == "typed" else "typed", self.opened)

    def add_rows(self) -> None:
        """Offer more empty rows."""
        self.spare = _MORE_ROWS

    # ---------------------------------------------------------------- for the template

    @property
    def sealed(self) -> str:
        """What the hidden field carries."""
        return seal(self.opened, self.visit.table.alias)

    @property
    def sealed_key(self) -> str:
        """The key that this form would make an item with; empty where people choose keys."""
        if not makes_key(self.visit) or self.visit.table.natural_key:
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
        """Whether there are more attributes than rows can show."""
        return len({*self.opened, *self.edited}) > MAX_ROWS

    @property
    def fixed_size(self) -> int:
        """Bytes of what can't be edited."""
        return item_size(self.fixed)

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

    def _missing_rows(self, known: set[str]) -> list[Row]:
        """Empty rows for what the schema knows and the item doesn't hold."""
        rows = blank_rows(self.visit, {}, made_key=self.made_key)
        return [
            row if self.is_new else replace(row, optional=True)
            for row in rows
            if row.name not in known
        ]

    def _read_raw(self) -> None:
        try:
            document = parse(self.raw, max_depth=_RAW_DEPTH)
            if not isinstance(document, dict):
                raise InvalidValue(_("The item must be a JSON object of typed values."))
            self.edited = {**self.fixed, **typed_item(document)}
        except TablesError as error:
            self.errors.append(told(error.message).replace("The body", _("The JSON")))

    def _require_filled(self) -> None:
        """An empty text in a new item is a row that was forgotten, where the schema wants one."""
        if not self.is_new:
            return
        for n, row in enumerate(self.form_rows[: len(self.rows)]):
            if row.required and not row.row.text and not row.row.error:
                self.rows[n] = replace(row.row, error=_("Fill this in."))


def mode_of(request: HttpRequest) -> Mode:
    """Which tab a link asks for."""
    return "raw" if request.GET.get("view") == "raw" else "rows"


def _raw_text(visit: Visit, item: Item) -> str:
    """The item as typed JSON, without what can't be edited."""
    fixed = read_only_names(visit)
    shown = {name: value for name, value in item.items() if name not in fixed}
    return json_text(shown)


def _rows_between(visit: Visit, opened: Item, edited: Item) -> list[Row]:
    """Rows of an edited item: keys first, then what was there, then what is new."""
    fixed = read_only_names(visit)
    places = {name: place for place, name in enumerate(opened)}
    names = dict.fromkeys([*visit.description.key_names, *opened, *edited])
    rows = []
    for name in names:
        if name in edited and name not in fixed:
            rows.append(row_of(name, edited[name], places.get(name)))
        elif name in opened and name not in fixed:
            rows.append(replace(row_of(name, opened[name], places[name]), removed=True))
    return rows


def _made_key(visit: Visit) -> str:
    return visit.description.partition_key.name if makes_key(visit) else ""


def _pointed_at(pointer: str) -> tuple[str, str]:
    """The attribute that a pointer leads into, and the way on inside it."""
    first, *rest = [
        segment.replace("~1", "/").replace("~0", "~")
        for segment in pointer.removeprefix("/").split("/")
    ]
    return first, ".".join(rest)
