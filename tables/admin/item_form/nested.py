"""Lists and maps as rows: one field for each value inside, each with the type that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.kinds import kind_words
from tables.admin.values.one_line import summary
from tables.core.errors import InvalidValue, TablesError
from tables.core.expressions import Path, format_path
from tables.core.numbers import canonical_number
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.typed_json import typed_value
from tables.core.values import SET_TYPES, TYPES, AttributeValue, dumps, is_base64, type_of

# More than these are never shown in rows.
MAX_ROWS_AT_ONCE = 1000
# A list or map with more rows, or more levels, opens as JSON.
MAX_NODES = 60
MAX_LEVELS = 4
_FIXED_CHARACTERS = 200
_LINE_CHARACTERS = 120
# What a new entry starts with, by the type of the entry before it.
_BLANKS: dict[str, Any] = {"S": "", "N": "", "B": "", "BOOL": False, "NULL": True}


@dataclass(frozen=True, slots=True)
class Node:
    """One value inside. `number` counts the values from the outermost, which is 0, in their order.

    `widget` is what it is edited with: a line, a box, a choice; `group` for a list or map, `fixed`
    for what only JSON can edit. `text` is what stands there.
    """

    number: int
    path: Path
    type: str
    widget: str
    text: str

    @property
    def level(self) -> int:
        """How deep it lies: 1 for what stands in the outermost list or map."""
        return len(self.path)

    @property
    def label(self) -> str:
        """Its name or its place in the list it stands in."""
        last = self.path[-1] if self.path else ""
        return f"[{last}]" if isinstance(last, int) else last

    @property
    def title(self) -> str:
        """Its whole path inside."""
        return inner_path(self.path)

    @property
    def word(self) -> str:
        """Its type in words."""
        return kind_words(self.type)


def nested_text(value: AttributeValue) -> str:
    """A list or map as the rows' form carries it: typed JSON in one line."""
    return dumps(value).decode()


def nested_value(tag: str, text: str) -> AttributeValue:
    """The list or map that rows say. Raises InvalidValue that names the row."""
    value = _read(text)
    if tag not in value:
        raise InvalidValue(_("Choose JSON to write it as another type."))
    for _number, path, child in _walk(value):
        _require_scalar(path, child)
    return typed_value(value)


def fits_rows(value: AttributeValue) -> bool:
    """Whether rows are the easier way to edit this list or map."""
    nodes = nodes_of(nested_text(value), most=MAX_NODES + 2)
    return 1 < len(nodes) <= MAX_NODES + 1 and all(node.level <= MAX_LEVELS for node in nodes)


def has_rows(value: AttributeValue) -> bool:
    """Whether a list or map can be shown in rows at all."""
    return 1 < len(nodes_of(nested_text(value), most=MAX_ROWS_AT_ONCE + 1)) <= MAX_ROWS_AT_ONCE


def nodes_of(text: str, *, most: int = MAX_ROWS_AT_ONCE) -> list[Node]:
    """Every value inside, the outermost first; none for a text that is no list or map."""
    try:
        value = _read(text)
    except InvalidValue:
        return []
    return [_node(*step) for step, _ in zip(_walk(value), range(most), strict=False)]


def with_leaves(text: str, typed: Callable[[int], str | None]) -> str:
    """The text with what was typed into its rows; `typed` gives a row's text by its number."""
    value = _read(text)
    for number, _path, child in list(_walk(value)):
        (tag,) = child
        fresh = typed(number)
        if fresh is None or tag not in ("S", "N", "B", "BOOL"):
            continue
        if tag == "BOOL":
            child[tag] = fresh == "true"
        elif fresh != _submitted(child[tag]):
            child[tag] = fresh.replace("\r\n", "\n") if tag == "S" else fresh.strip()
    return nested_text(value)


def without(text: str, number: int) -> str:
    """The text without one of its values; as it is when there is no such row."""
    value = _read(text)
    paths = {n: path for n, path, _child in _walk(value)}
    path = paths.get(number)
    if path:
        parent = _at(value, path[:-1])
        (content,) = parent.values()
        del content[path[-1]]
    return nested_text(value)


def grown(text: str, number: int) -> str:
    """The text with one more entry in one of its lists, made like the last one there."""
    value = _read(text)
    child = next((child for n, _path, child in _walk(value) if n == number), {})
    if "L" in child:
        child["L"].append(_blank(child["L"][-1]) if child["L"] else {"S": ""})
    return nested_text(value)


def inner_path(path: Path) -> str:
    """A path inside a value, such as `[0].product`."""
    text = format_path(("x", *path))
    return text.removeprefix("x").removeprefix(".")


def _read(text: str) -> AttributeValue:
    try:
        parse(text, max_depth=2 * MAX_DEPTH + 4)
        value = orjson.loads(text)
    except (TablesError, orjson.JSONDecodeError) as error:
        raise InvalidValue(_("The rows can’t be read. Open the item again.")) from error
    if not isinstance(value, dict) or not {"L", "M"} & set(value) or not _is_typed(value):
        raise InvalidValue(_("The rows can’t be read. Open the item again."))
    return value


def _is_typed(value: Any) -> bool:
    """Whether this has the shape of a typed value all the way down."""
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in TYPES:
        return False
    ((tag, content),) = value.items()
    if tag == "L":
        return isinstance(content, list) and all(map(_is_typed, content))
    if tag == "M":
        return isinstance(content, dict) and all(map(_is_typed, content.values()))
    return not isinstance(content, dict)


def _walk(value: AttributeValue) -> Iterator[tuple[int, Path, AttributeValue]]:
    """Every value inside with its number and path, parents first."""
    waiting: list[tuple[Path, AttributeValue]] = [((), value)]
    number = 0
    while waiting:
        path, child = waiting.pop()
        yield number, path, child
        number += 1
        inside = child.get("M", {}).items() if "M" in child else enumerate(child.get("L", ()))
        waiting += [((*path, step), grandchild) for step, grandchild in inside][::-1]


def _node(number: int, path: Path, value: AttributeValue) -> Node:
    ((tag, content),) = value.items()
    if tag == "BOOL":
        return Node(number, path, tag, "choice", "true" if content else "false")
    if tag in ("L", "M"):
        return Node(number, path, tag, "group", _count_words(tag, len(content)))
    if tag in ("S", "N", "B") and isinstance(content, str) and _is_kept(content):
        is_short = len(content) <= _LINE_CHARACTERS and "\n" not in content
        return Node(number, path, tag, "line" if is_short else "box", content)
    text = "" if tag == "NULL" else summary(value, _FIXED_CHARACTERS)[0]
    return Node(number, path, tag, "fixed", text)


def _is_kept(text: str) -> bool:
    """Whether a browser gives this text back as it is; the others only JSON can say."""
    return not {"\0", "\r"} & set(text)


def _submitted(text: str) -> str:
    return text.replace("\n", "\r\n")


def _count_words(tag: str, count: int) -> str:
    words = (
        ngettext("%(count)s attribute", "%(count)s attributes", count)
        if tag == "M"
        else ngettext("%(count)s in the list", "%(count)s in the list", count)
    )
    return words % {"count": count}


def _require_scalar(path: Path, value: AttributeValue) -> None:
    """Raise InvalidValue, with the row's path, for a number or binary that is none."""
    words = ""
    if "N" in value:
        try:
            canonical_number(value["N"])
        except InvalidValue as error:
            words = error.message if value["N"] else _("Write a number.")
    elif "B" in value and not is_base64(value["B"]):
        words = _("Binary is written in base64, with its padding.")
    if words:
        raise InvalidValue("{name}: {reason}", name=inner_path(path), reason=words)


def _at(value: AttributeValue, path: Path) -> AttributeValue:
    for step in path:
        (content,) = value.values()
        value = content[step]
    return value


def _blank(value: AttributeValue) -> AttributeValue:
    """A value of the same make with nothing in it; a set, which can't be empty, is left out."""
    ((tag, content),) = value.items()
    if tag == "M":
        inside = {n: child for n, child in content.items() if type_of(child) not in SET_TYPES}
        return {"M": {name: _blank(child) for name, child in inside.items()}}
    return {"L": []} if tag == "L" else {tag: _BLANKS[tag]} if tag in _BLANKS else {"S": ""}
