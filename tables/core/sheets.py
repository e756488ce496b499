"""Exact CSV: heads that declare their column's type, and rows that come back as they went out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidExpression, InvalidRequest
from tables.core.expressions import (
    Path,
    format_path,
    parse_path,
    require_no_overlap,
    value_at,
)
from tables.core.preconditions import state_of
from tables.core.sheet_cells import FORMULA_STARTS, MIXED, exact_cell, guarded, is_plain, unguarded
from tables.core.values import TYPES, Item, dumps, type_of

# The column that pins a row to the state that was exported, and that of what no column has.
VERSION = "dynadmin:version"
OTHERS = "dynadmin:others"
# What a head may declare.
HEAD_KINDS = frozenset({*TYPES, MIXED})
_NESTED = ("L", "M")


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its head as the file has it, and the document path that it leads to.

    `kind` is a type's tag or `MIXED`, empty where the head declares none; `path` is empty for
    `VERSION`, `OTHERS` and a column without a head.
    """

    text: str
    path: Path = ()
    kind: str = ""

    @property
    def is_declared(self) -> bool:
        """Whether the head says the type, so that the cells are exact ones."""
        return bool(self.kind)


def parse_head(text: str) -> Head:
    """The head of one column. Raises InvalidExpression for one that declares a type of no path.

    `path:TYPE` declares; anything else is a path, and where it can't be one an attribute's name.
    """
    if text in ("", VERSION, OTHERS):
        return Head(text)
    name, colon, kind = unguarded(text).rpartition(":")
    if colon and kind in HEAD_KINDS:
        return Head(text, parse_path(name), kind)
    name = unguarded(text) if text[1:].startswith(FORMULA_STARTS) else text
    try:
        return Head(text, parse_path(name))
    except InvalidExpression:
        return Head(text, (name,))


def parse_heads(texts: Sequence[str]) -> tuple[Head, ...]:
    """The heads of a file.

    Raises InvalidRequest, InvalidExpression for two columns that can't both be, and for none.
    """
    heads = tuple(map(parse_head, texts))
    if not any(texts):
        raise InvalidRequest("The first line names no columns.")
    named = [head for head in heads if head.text]
    for head in named:
        if sum(head.text == other.text or _leads_alike(head, other) for other in named) > 1:
            raise InvalidRequest("The column {name} stands twice.", name=repr(head.text[:100]))
    require_no_overlap(head.path for head in heads if head.path)
    return heads


def _leads_alike(head: Head, other: Head) -> bool:
    return bool(head.path) and head.path == other.path


def exact_heads(items: Iterable[Item], description: TableDescription) -> tuple[Head, ...]:
    """A column for the key and for each attribute of these items, then `OTHERS` and `VERSION`.

    Items that come later need not fit: what has no column goes into `OTHERS`, and what is of
    another type says so in its cell.
    """
    kinds: dict[str, str] = {key.name: key.type for key in description.key_attributes}
    for item in items:
        for name, value in item.items():
            tag = type_of(value)
            kind = MIXED if tag in _NESTED and not is_plain(value) else tag
            kinds[name] = kind if kinds.get(name, kind) == kind else MIXED
    columns = [_declaring((name,), kind) for name, kind in kinds.items()]
    return (*columns, Head(OTHERS), Head(VERSION))


def _declaring(path: Path, kind: str) -> Head:
    return Head(guarded(f"{format_path(path)}:{kind}"), path, kind)


def exact_row(item: Item, heads: Sequence[Head]) -> list[str]:
    """The cells of an item under these heads."""
    own = {head.path[0] for head in heads if head.path}
    others = {name: value for name, value in item.items() if name not in own}
    special = {OTHERS: dumps(others).decode() if others else "", VERSION: state_of(item)}
    return [
        exact_cell(value_at(item, head.path), head.kind) if head.path else special[head.text]
        for head in heads
    ]


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as UTF-8 CSV (RFC 4180), every cell in quotes."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode()


def head_line(heads: Sequence[Head]) -> bytes:
    """The first line of an exact CSV file."""
    return csv_lines([[head.text for head in heads]])
