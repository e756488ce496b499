"""The item form: an object that knows its rows, its errors and what it was opened with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tables.admin.item_rows import Row, item_of, row_of, submitted_rows
from tables.admin.item_saves import fixed_names, seal, unseal
from tables.admin.pages import Visit
from tables.core.errors import InvalidValue, TablesError
from tables.core.schemas import subschema
from tables.core.sizes import MAX_ITEM_BYTES, item_size
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import typed_item
from tables.core.values import TYPES, Item, dumps

Mode = Literal["rows", "raw"]

# Typed JSON nests two objects or arrays for each level of the item.
_RAW_DEPTH = 2 * MAX_DEPTH + 2
_BLANK_ROWS = 1


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row as the template prints it."""

    number: int
    row: Row
    place: int | None
    label: str
    help: str
    choices: tuple[str, ...]
    is_key: bool
    required: bool

    @property
    def lines(self) -> int:
        """How tall the text's box is, in lines."""
        return min(max(self.row.text.count("\n") + 1, len(self.row.text) // 80 + 1), 20)


@dataclass(slots=True)
class ItemForm:
    """The form of a new item (`opened` is empty) or of one that was opened.

    `edited` is the item that was submitted, as far as it could be read.
    """

    visit: Visit
    opened: Item
    rows: list[Row]
    mode: Mode = "rows"
    raw: str = ""
    edited: Item = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    is_new: bool = False

    @classmethod
    def of_new(cls, visit: Visit, start: Mapping[str, str], mode: Mode) -> ItemForm:
        """An empty form: a row for each key, for what the schema requires, and for `start`."""
        rows = [
            Row(attribute.name, attribute.type, start.get(attribute.name, ""))
            for attribute in visit.description.key_attributes
        ]
        return cls(visit, {}, rows + _schema_rows(visit), mode, raw="{}", is_new=True)

    @classmethod
    def of_item(cls, visit: Visit, item: Item, mode: Mode) -> ItemForm:
        """The form of a stored item."""
        return cls(visit, item, _editable_rows(visit, item), mode, raw=raw_text(visit, item))

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
            return form
        form = cls(visit, opened, submitted_rows(post, opened), is_new=is_new)
        form.edited, form.rows = item_of(form.rows, opened)
        return form

    @property
    def is_valid(self) -> bool:
        """Whether everything that was typed could be read."""
        return not self.errors and not any(row.error for row in self.rows)

    @property
    def sealed(self) -> str:
        """What the hidden field carries."""
        return seal(self.opened, self.visit.table.alias)

    @property
    def form_rows(self) -> list[FormRow]:
        """Every row, then blank ones for new attributes."""
        blank = [Row("", "S")] * _BLANK_ROWS
        return [self._form_row(n, row) for n, row in enumerate([*self.rows, *blank])]

    @property
    def template_row(self) -> FormRow:
        """A blank row for the page's script to copy."""
        return replace(self._form_row(0, Row("", "S")), number=-1)

    @property
    def fixed(self) -> list[tuple[str, Any]]:
        """Attributes that are shown and can't be edited: audit stamps and read-only ones."""
        names = fixed_names(self.visit).difference(self.visit.description.key_names)
        return [(name, value) for name, value in self.opened.items() if name in names]

    @property
    def size(self) -> int:
        """Bytes of the opened item, as DynamoDB counts them."""
        return item_size(self.opened)

    @property
    def largest(self) -> int:
        """The most that DynamoDB takes."""
        return MAX_ITEM_BYTES

    @property
    def types(self) -> list[tuple[str, str]]:
        """Tag and word of the ten types."""
        return list(TYPES.items())

    def add_error(self, error: TablesError) -> None:
        """Put each problem beside the row that it points to, the rest on top."""
        if not error.problems:
            self.errors.append(error.message)
        for problem in error.problems:
            name = _first_segment(problem.pointer)
            number = next((n for n, row in enumerate(self.rows) if row.name == name), None)
            if number is None:
                self.errors.append(f"{problem.pointer}: {problem.detail}")
            else:
                row = self.rows[number]
                self.rows[number] = replace(row, error=f"{row.error} {problem.detail}".strip())

    def _read_raw(self) -> None:
        try:
            document = parse(self.raw, max_depth=_RAW_DEPTH)
            if not isinstance(document, dict):
                raise InvalidValue(_("The item must be a JSON object of typed values."))
            self.edited = typed_item(document)
        except TablesError as error:
            self.errors.append(error.message)

    def _form_row(self, number: int, row: Row) -> FormRow:
        names = list(self.opened)
        known = subschema(self.visit.table.schema, (row.name,)) if row.name else {}
        is_key = row.name in self.visit.description.key_names
        required = (self.visit.table.schema or {}).get("required") or ()
        return FormRow(
            number=number,
            row=row,
            place=names.index(row.name) if row.name in self.opened else None,
            label=str(known.get("title") or row.name),
            help=str(known.get("description") or ""),
            choices=_choices(known),
            is_key=is_key,
            required=is_key or row.name in required,
        )


def raw_text(visit: Visit, item: Item) -> str:
    """The item as typed JSON, without what can't be edited."""
    fixed = fixed_names(visit).difference(visit.description.key_names)
    shown = {name: value for name, value in item.items() if name not in fixed}
    return dumps(shown, pretty=True).decode()


def mode_of(request: HttpRequest) -> Mode:
    """Which tab a link asks for."""
    return "raw" if request.GET.get("view") == "raw" else "rows"


def _editable_rows(visit: Visit, item: Item) -> list[Row]:
    fixed = fixed_names(visit).difference(visit.description.key_names)
    keys = [name for name in visit.description.key_names if name in item]
    rest = [name for name in item if name not in fixed and name not in keys]
    return [row_of(name, item[name]) for name in [*keys, *rest]]


def _schema_rows(visit: Visit) -> list[Row]:
    """Empty rows for what the schema requires."""
    schema = visit.table.schema or {}
    known = fixed_names(visit)
    names = [name for name in schema.get("required") or () if name not in known]
    return [Row(name, _schema_type(subschema(schema, (name,)))) for name in names]


def _schema_type(known: Mapping[str, Any]) -> str:
    tags = {"string": "S", "number": "N", "integer": "N", "boolean": "BOOL", "array": "L"}
    kind = known.get("type")
    return tags.get(kind, "M" if kind == "object" else "S") if isinstance(kind, str) else "S"


def _choices(known: Mapping[str, Any]) -> tuple[str, ...]:
    choices: Sequence[Any] = known.get("enum") or ()
    return tuple(choices) if all(isinstance(choice, str) for choice in choices) else ()


def _first_segment(pointer: str) -> str:
    return pointer.removeprefix("/").split("/")[0].replace("~1", "/").replace("~0", "~")
