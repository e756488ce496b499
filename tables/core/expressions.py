"""Document paths and the placeholder pool: the only way a name or value gets into an expression."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tables.core.errors import InvalidExpression, Sentence
from tables.core.sizes import item_size, size_at_most
from tables.core.values import MAX_NAME_BYTES, AttributeValue, Item

Path = tuple[str | int, ...]

# AWS: Service, account, and table quotas, "Expression parameters". Local engines enforce none.
MAX_EXPRESSION_BYTES = 4096
MAX_OPERATORS = 300
MAX_SUBSTITUTION_BYTES = 2 * 1024 * 1024
MAX_PATH_DEPTH = 32
# No list of a 400 KB item is longer: an element costs at least one byte.
MAX_LIST_INDEX = 400 * 1024

_SEGMENT = re.compile(r"(?P<name>(?:[^\\.\[]++|\\.)++)(?P<indexes>(?:\[[0-9]{1,7}\])*)", re.DOTALL)
_INDEX = re.compile(r"\[([0-9]+)\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE = re.compile(r"([\\.\[\]])")
# Expressions are made of placeholders and our own words, so operators can be counted in the text.
# The AND of a BETWEEN is no operator, and neither is the = of a SET.
_OPERATOR = re.compile(r"[<>=]+|\b(?:AND|OR|NOT|BETWEEN|IN)\b|\b[a-z_]+\(")
_NOTHING: Item = {}
_NOT_COUNTED = re.compile(r"\bBETWEEN :\d+ AND\b")


def parse_path(text: str) -> Path:
    r"""The document path of `a.b[0]`; `\` takes the next character literally (`a\.b` is one name).

    Raises InvalidExpression, naming the path, for empty names, bad indexes and endless paths.
    """
    path: list[str | int] = []
    position = 0
    while True:
        match = _SEGMENT.match(text, position)
        if match is None:
            raise _invalid(text, "a name is empty")
        path.append(_ESCAPED.sub(r"\1", match["name"]))
        path.extend(_list_index(text, digits) for digits in _INDEX.findall(match["indexes"]))
        position = match.end()
        if len(path) > MAX_PATH_DEPTH:
            raise _invalid(text, "it is more than {most} levels deep", most=MAX_PATH_DEPTH)
        if position == len(text):
            return tuple(path)
        if text[position] != ".":
            raise _invalid(text, r"an index looks like [0]; write \[ for a literal bracket")
        position += 1


def format_path(path: Iterable[str | int]) -> str:
    """The text that `parse_path` reads back as this path."""
    text = ""
    for segment in path:
        if isinstance(segment, int):
            text += f"[{segment}]"
            continue
        escaped = _NEEDS_ESCAPE.sub(r"\\\1", segment)
        text += f".{escaped}" if text else escaped
    return text


def plain_path(path: Iterable[str | int]) -> str:
    """The text of a path for people: names as they are, so that two paths may read alike."""
    text = ""
    for segment in path:
        dot = "." if text else ""
        text += f"[{segment}]" if isinstance(segment, int) else f"{dot}{segment}"
    return text


def require_no_overlap(paths: Iterable[Path]) -> None:
    """Raise InvalidExpression when one path is or contains another, or they can't both be.

    DynamoDB refuses `a` beside `a.b` (they overlap) and `a.b` beside `a[0]` (they conflict).
    """
    ordered = sorted(paths, key=_sortable)
    for one, other in pairwise(ordered):
        if _clash(one, other):
            raise InvalidExpression(
                "The paths {one} and {other} overlap.",
                one=repr(format_path(one)),
                other=repr(format_path(other)),
            )


def value_at(item: Item, path: Path) -> AttributeValue | None:
    """The value at a path of an item, or None where there is nothing."""
    value: AttributeValue | None = {"M": item}
    for segment in path:
        value = child_of(value, segment)
        if value is None:
            return None
    return value


def child_of(value: AttributeValue | None, segment: str | int) -> AttributeValue | None:
    """What one segment of a path leads to, or None."""
    if value is None:
        return None
    if isinstance(segment, str):
        children: dict[str, AttributeValue] = value.get("M", {})
        return children.get(segment)
    elements: list[AttributeValue] = value.get("L", [])
    return elements[segment] if segment < len(elements) else None


def children_of(
    values: Iterable[AttributeValue | None], segment: str | int
) -> list[AttributeValue | None]:
    """What one segment leads to in each of many values, without a call for each name."""
    if isinstance(segment, str):
        return [value and value.get("M", _NOTHING).get(segment) for value in values]
    return [child_of(value, segment) for value in values]


@dataclass(slots=True)
class Placeholders:
    """The names and values of one request's expressions, each under a placeholder."""

    names: dict[str, str] = field(default_factory=dict)
    values: Item = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute name; the same name gets the same placeholder."""
        if len(attribute.encode()) > MAX_NAME_BYTES:
            raise InvalidExpression(
                "An attribute name has at most {most} bytes.", most=MAX_NAME_BYTES
            )
        return self.names.setdefault(attribute, f"#{len(self.names)}")

    def path(self, path: Path) -> str:
        """A document path in placeholders, such as `#0.#1[3]`."""
        text = ""
        for segment in path:
            if isinstance(segment, int):
                text += f"[{segment}]"
                continue
            text += f".{self.name(segment)}" if text else self.name(segment)
        return text

    def value(self, value: AttributeValue) -> str:
        """A placeholder for a value."""
        placeholder = f":{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def copy(self) -> Placeholders:
        """A pool that starts from what this one holds, for an attempt that may be dropped."""
        return Placeholders(dict(self.names), dict(self.values))

    def become(self, other: Placeholders) -> None:
        """Take over what an attempt's pool holds."""
        self.names, self.values = other.names, other.values

    def request(self) -> dict[str, Any]:
        """The request members that declare what was used. Raises InvalidExpression over 2 MB."""
        self._require_fits()
        members: dict[str, Any] = {}
        if self.names:
            members["ExpressionAttributeNames"] = {
                placeholder: name for name, placeholder in self.names.items()
            }
        if self.values:
            members["ExpressionAttributeValues"] = self.values
        return members

    def _require_fits(self) -> None:
        names = sum(len(name.encode()) for name in self.names)
        if size_at_most(self.values) + names <= MAX_SUBSTITUTION_BYTES:
            return
        size = item_size(self.values) + names
        if size > MAX_SUBSTITUTION_BYTES:
            raise InvalidExpression(
                "The values are {size} bytes long; DynamoDB takes {most} in one request.",
                size=size,
                most=MAX_SUBSTITUTION_BYTES,
            )


def require_within_limits(expression: str) -> str:
    """The condition or projection. Raises InvalidExpression over 300 operators or 4 KB."""
    operators = len(_OPERATOR.findall(expression)) - len(_NOT_COUNTED.findall(expression))
    if operators > MAX_OPERATORS:
        raise InvalidExpression(
            "The expression needs {operators} operators; DynamoDB takes {most}. Use fewer "
            "conditions or attributes.",
            operators=operators,
            most=MAX_OPERATORS,
        )
    return require_short(expression)


def require_short(expression: str) -> str:
    """The expression. Raises InvalidExpression when it is over 4 KB."""
    if len(expression) > MAX_EXPRESSION_BYTES:
        raise InvalidExpression(
            "The expression is {size} bytes long; DynamoDB takes {most}. Use fewer conditions or "
            "attributes.",
            size=len(expression),
            most=MAX_EXPRESSION_BYTES,
        )
    return expression


def compile_projection(paths: Iterable[Path], pool: Placeholders) -> str:
    """A ProjectionExpression of these paths. Raises InvalidExpression where they overlap."""
    paths = tuple(paths)
    require_no_overlap(paths)
    return require_short(", ".join(pool.path(path) for path in paths))


def _list_index(text: str, digits: str) -> int:
    if int(digits) > MAX_LIST_INDEX:
        raise _invalid(text, "a list index is too large")
    return int(digits)


def _clash(one: Path, other: Path) -> bool:
    for left, right in zip(one, other, strict=False):
        if left != right:
            return type(left) is not type(right)
    return True


def _sortable(path: Path) -> list[tuple[bool, int, str]]:
    return [
        (True, segment, "") if isinstance(segment, int) else (False, 0, segment) for segment in path
    ]


def _invalid(text: str, template: str, /, **parts: Any) -> InvalidExpression:
    shown = text if len(text) <= 100 else text[:100] + "…"
    return InvalidExpression(
        "The path {path} can't be read: {reason}.",
        path=repr(shown),
        reason=Sentence(template, **parts),
    )
