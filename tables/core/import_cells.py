"""The item that a row of cells wants, beside what is stored: types, manglings, nested paths."""

from __future__ import annotations

import copy
from contextlib import suppress
from itertools import pairwise
from typing import Any

from tables.core import strict_json
from tables.core.errors import InvalidExpression, InvalidValue, Sentence, TablesError
from tables.core.expressions import Path, child_of, format_path, value_at
from tables.core.file_formats import TYPED_DEPTH
from tables.core.file_rows import FileRow
from tables.core.import_rules import Fault, Rules
from tables.core.mangled import (
    READ_AS_OTHER,
    Mangling,
    looks_mangled,
    mangling_of,
    read_as_utf_8,
)
from tables.core.preconditions import state_of
from tables.core.sheet_cells import FORMULA_STARTS, shown_cell, unguarded, value_of
from tables.core.sheets import OTHERS, VERSION, Head
from tables.core.typed_json import typed_item
from tables.core.updates import Change, apply_changes, same_value
from tables.core.values import AttributeValue, Item, fit_to_stored, type_of

_HEADLESS = Sentence("This cell stands under no head.")
_SHORTENED = Sentence("This looks like a long number that a spreadsheet has shortened.")


class WantedCells:
    """The item that a row of cells wants, gathered cell by cell over what is stored."""

    def __init__(self, base: Item, rules: Rules, *, is_new: bool = False) -> None:
        self._base = base
        self._rules = rules
        self._is_new = is_new
        self._set: list[tuple[Path, AttributeValue]] = []
        self._removed: list[Path] = []
        self.faults: list[Fault] = []

    def read(self, row: FileRow) -> None:
        """Take every cell, and note those that can't be taken."""
        require_width(row, self._rules)
        for position, (head, cell) in enumerate(zip(self._rules.heads, row.cells, strict=True)):
            doubt = (row.unsure or {}).get(position)
            if doubt is not None and head.text not in self._rules.choices.taken:
                self._fault(head, "unsure_cell", doubt)
            elif not self._is_passed_over(head):
                self._cell(head, cell)

    def after(self) -> Item:
        """The item with what was taken."""
        item = self._base
        if any(len(path) > 1 for path, _ in self._set):
            item = copy.deepcopy(item)
        item = dict(item)
        for path, value in self._set:
            _place(item, path, value)
        gone = [Change("remove", path) for path in self._removed]
        return apply_changes(gone, item) if gone else item

    def _is_passed_over(self, head: Head) -> bool:
        name = head.path[0] if head.path else ""
        is_ours = name in self._rules.kept or (
            len(head.path) == 1 and name in self._rules.description.key_names
        )
        return is_ours or head.text == VERSION or head.text in self._rules.choices.left_out

    def _cell(self, head: Head, cell: str) -> None:
        try:
            if head.text == OTHERS:
                self._set += [((name,), value) for name, value in _others(cell).items()]
            elif head.path:
                self._at(head, cell)
            elif cell:
                self._fault(head, "no_head", _HEADLESS)
        except TablesError as error:
            self._fault(head, error.code, error.message)

    def _at(self, head: Head, cell: str) -> None:
        path = _path_in(head, self._base)
        old = value_at(self._base, path)
        choices = self._rules.choices
        if not cell:
            if old is not None and (choices.mode == "replace" or head.text in choices.cleared):
                self._removed.append(path)
            return
        if old is not None and not head.is_declared and shown_cell(old) == cell:
            return
        is_compared = old is not None and head.text not in choices.taken
        text = unguarded(cell) if head.kind == "S" else cell
        value = self._value(head, cell, path, old, is_compared)
        if value is None or (old is not None and same_value(value, old)):
            return
        if is_compared and old is not None and (found := self._mangling(head, text, path, old)):
            self._mangled(head, found, old)
            return
        if self._is_new and not value.keys().isdisjoint("SN") and looks_mangled(text):
            self.faults.append(Fault(head.text, "mangled_shortened", _SHORTENED, is_warning=True))
        _require_way(self._base, path)
        self._set.append((path, value))

    def _value(
        self, head: Head, cell: str, path: Path, old: AttributeValue | None, is_compared: bool
    ) -> AttributeValue | None:
        """The value of a cell; None where it is none because a spreadsheet has mangled it."""
        try:
            return _value(head, cell, path, old, self._rules)
        except TablesError:
            if is_compared and old is not None and (found := self._mangling(head, cell, path, old)):
                self._mangled(head, found, old)
                return None
            raise

    def _mangling(self, head: Head, cell: str, path: Path, old: AttributeValue) -> Mangling | None:
        """What a spreadsheet has done to the stored value; of sets and what nests, to a text in
        it.
        """
        if found := mangling_of(cell, old):
            return found
        for before in read_as_utf_8(cell):
            with suppress(TablesError):
                value = _value(head, before, path, old, self._rules)
                if value is not None and same_value(value, old):
                    return READ_AS_OTHER
        return None

    def _mangled(self, head: Head, found: Mangling, old: AttributeValue) -> None:
        detail = Sentence(
            "{what}. The stored value is kept: {stored}.",
            what=found.words,
            stored=shown_cell(old)[:200],
        )
        bare = f"{found.words} The stored value is kept."
        self.faults.append(Fault(head.text, f"mangled_{found.code}", detail, bare=bare))

    def _fault(self, head: Head, code: str, detail: str) -> None:
        self.faults.append(Fault(head.text, code, detail))


def named_key(row: FileRow, rules: Rules) -> Item:
    """The key attributes that a row of cells has. Raises InvalidValue, TablesError."""
    require_width(row, rules)
    named: Item = {}
    for head, cell in zip(rules.heads, row.cells, strict=True):
        if cell and len(head.path) == 1 and head.path[0] in rules.description.key_names:
            named[str(head.path[0])] = _key_cell(head, cell, rules)
    return named


def require_width(row: FileRow, rules: Rules) -> None:
    if len(row.cells) != len(rules.heads):
        raise InvalidValue(
            "The line has {count} cells, and there are {heads} columns.",
            count=len(row.cells),
            heads=len(rules.heads),
        )


def _path_in(head: Head, item: Item) -> Path:
    """The path of a column in this item: a head without a type may be an attribute's name."""
    if not head.is_declared and len(head.path) > 1 and head.text in item:
        return (head.text,)
    return head.path


def _value(
    head: Head, cell: str, path: Path, old: AttributeValue | None, rules: Rules
) -> AttributeValue | None:
    if head.is_declared:
        return value_of(cell, head.kind)
    kind = rules.choices.kinds.get(head.text) or rules.types.get(format_path(path))
    kind = kind or (type_of(old) if old is not None else "S")
    if kind == "S":
        return {"S": _defusing_undone(cell)}
    value = value_of(cell, kind)
    return fit_to_stored(value, old) if value is not None and old is not None else value


def _key_cell(head: Head, cell: str, rules: Rules) -> AttributeValue:
    kind = head.kind or rules.description.declared_types()[str(head.path[0])]
    if not head.is_declared and kind == "S":
        return {"S": _defusing_undone(cell)}
    return value_of(cell, kind) or {}


def _defusing_undone(cell: str) -> str:
    """A text without the mark that keeps spreadsheets from taking it for a formula."""
    return unguarded(cell) if cell[1:].startswith(FORMULA_STARTS) else cell


def _others(cell: str) -> Item:
    if not cell:
        return {}
    value: Any = strict_json.parse(cell, max_depth=TYPED_DEPTH, what=Sentence("The cell"))
    if not isinstance(value, dict):
        raise InvalidValue("This column takes an object of typed values, by their names.")
    return typed_item(value)


def version_of(row: FileRow, rules: Rules) -> str:
    """The state that the row was exported in; empty for none."""
    pairs = zip(rules.heads, row.cells, strict=False)
    return next((cell for head, cell in pairs if head.text == VERSION), "").strip()


def own_state(row: FileRow, rules: Rules) -> str:
    """The state of the item that the row itself holds: nobody has edited it if it is its version.

    Empty where it does not hold a whole item.
    """
    if not all(len(head.path) == 1 and head.is_declared for head in rules.heads if head.path):
        return ""
    item: Item = {}
    with suppress(TablesError):
        for head, cell in zip(rules.heads, row.cells, strict=True):
            if head.text == OTHERS:
                item |= _others(cell)
            elif head.path and (value := value_of(cell, head.kind)) is not None:
                item[str(head.path[0])] = value
        return state_of(item)
    return ""


def _place(item: Item, path: Path, value: AttributeValue) -> None:
    """Set a value at a path, making the maps that lead there. Raises InvalidExpression."""
    node: Any = {"M": item}
    for segment, following in pairwise(path):
        child = _step(node, segment, following, path)
        if isinstance(segment, str):
            node["M"].setdefault(segment, child)
        node = child
    _require_end(node, path)
    last = path[-1]
    if isinstance(last, str):
        node["M"][last] = value
    else:
        node["L"][last : last + 1] = [value]


def _require_way(item: Item, path: Path) -> None:
    """Raise InvalidExpression where nothing can be set at a path; the item stays as it is."""
    node: Any = {"M": item}
    for segment, following in pairwise(path):
        node = _step(node, segment, following, path)
    _require_end(node, path)


def _step(node: Any, segment: str | int, following: str | int, path: Path) -> Any:
    """What a segment leads to: an empty map where a map is still to be made."""
    child = child_of(node, segment)
    if child is not None:
        return child
    if isinstance(segment, int) or isinstance(following, int) or "M" not in node:
        raise _no_way(path)
    return {"M": {}}


def _require_end(node: Any, path: Path) -> None:
    last = path[-1]
    if "M" in node if isinstance(last, str) else "L" in node and last <= len(node["L"]):
        return
    raise _no_way(path)


def _no_way(path: Path) -> InvalidExpression:
    return InvalidExpression(
        "The path {path} leads through something that isn't there.", path=repr(format_path(path))
    )
