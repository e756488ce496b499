"""Exact CSV: heads that declare their column's type, and rows that come back as they went out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
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
from tables.core.values import MAX_NAME_BYTES, TYPES, Item, dumps, type_of

# The column that pins a row to the state that was exported, and that of what no column has.
VERSION = "dynadmin:version"
OTHERS = "dynadmin:others"
# What a head may declare.
HEAD_KINDS = frozenset({*TYPES, MIXED})
_NESTED = ("L", "M")
# What stands behind a colon as a type does, and a blank that nobody sees; a backslash before either
# says that it belongs to the name.
_MEANT_AS_KIND = re.compile(r"(?<!\\):(?P<kind>[A-Z]{1,4}|[a-z]{1,6})\Z")
_UNSEEN = re.compile(r"\A\s|(?<!\\)\s\Z")


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
    A backslash before the colon makes it a part of the name.
    """
    if text in ("", VERSION, OTHERS):
        return Head(text)
    name, colon, kind = unguarded(text).rpartition(":")
    if colon and kind in HEAD_KINDS and not _is_escaped(name):
        return Head(text, parse_path(name), kind)
    name = unguarded(text) if text[1:].startswith(FORMULA_STARTS) else text
    try:
        return Head(text, parse_path(name))
    except InvalidExpression:
        return Head(text, (name,))


def parse_heads(texts: Sequence[str]) -> tuple[Head, ...]:
    """The heads of a file.

    Raises InvalidRequest, InvalidExpression for two columns that can't both be, for none, and for
    a head that would name another attribute than was meant.
    """
    heads = tuple(map(parse_head, texts))
    if not any(texts):
        raise InvalidRequest("The first line names no columns.")
    named = [head for head in heads if head.text]
    for head in named:
        _require_meant(head)
    seen, paths = Counter(head.text for head in named), Counter(head.path for head in named)
    for head in named:
        if seen[head.text] > 1 or (head.path and paths[head.path] > 1):
            raise InvalidRequest("The column {name} stands twice.", name=repr(head.text[:100]))
    require_no_overlap(head.path for head in heads if head.path)
    return heads


def _is_escaped(before: str) -> bool:
    """Whether what follows is taken literally: an odd number of backslashes stands before it."""
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _require_meant(head: Head) -> None:
    name = repr(head.text[:100])
    path = head.text.rpartition(":")[0] if head.is_declared else head.text
    if _UNSEEN.search(path):
        raise InvalidRequest(
            "The column {name} begins or ends with a blank. Take it away; one that belongs to the "
            "name has a backslash before it.",
            name=name,
        )
    if head.path and len(str(head.path[0]).encode()) > MAX_NAME_BYTES:
        raise InvalidRequest("An attribute name has at most {most} bytes.", most=MAX_NAME_BYTES)
    if not head.is_declared and _means_kind(head.text):
        raise InvalidRequest(
            "The column {name} ends with a type that there is none of; those are {known}. A colon "
            "that belongs to the name has a backslash before it.",
            name=name,
            known=", ".join(sorted(HEAD_KINDS)),
        )


def _means_kind(text: str) -> bool:
    found = _MEANT_AS_KIND.search(text)
    return found is not None and (found["kind"].isupper() or found["kind"].upper() in HEAD_KINDS)


def undeclared(path: Path) -> str:
    """The head of a column that declares no type, whatever the name of its attribute is."""
    text = format_path(path)
    if _means_kind(text):
        name, _colon, kind = text.rpartition(":")
        text = f"{name}\\:{kind}"
    return _seen(text)


def _seen(text: str) -> str:
    """A path whose blanks at its ends are told from those that slipped in."""
    return _UNSEEN.sub(lambda blank: f"\\{blank[0]}", text)


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
    return Head(guarded(f"{_seen(format_path(path))}:{kind}"), path, kind)


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
