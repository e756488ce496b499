"""`begins_with`, `contains` and updates as DynamoDB has them, in place of ministack's.

ministack refuses a whole scan where `begins_with` meets a value of another type, and finds no
binary in another. DynamoDB: the first is no match, the second may be one.

It updates an item that has an attribute named `M` as if the item were a map value: what is set goes
into that attribute, and nobody can read the item any more.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from ministack.services import dynamodb

Evaluator = dynamodb._ExprEval  # noqa: SLF001 - there is no other way to its functions


_NO_PATH = "The document path provided in the update expression is invalid for update"


class Functions(Evaluator):
    """ministack's evaluator of conditions and filters, with two functions mended."""

    def _fn_begins_with(self) -> bool:
        start = self.pos
        value, prefix = self._arguments()
        if prefix is not None and prefix.keys() <= {"S", "B"} and not _have_one_type(value, prefix):
            return False
        self.pos = start
        return bool(super()._fn_begins_with())

    def _fn_contains(self) -> bool:
        start = self.pos
        if super()._fn_contains():
            return True
        end, self.pos = self.pos, start
        value, part = self._arguments()
        self.pos = end
        if value is None or part is None or "B" not in value or "B" not in part:
            return False
        return _bytes(part) in _bytes(value)

    def _arguments(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The two values that a function compares, None for one that is not there."""
        self.advance()
        self.expect("LPAREN")
        value = self._operand()
        self.expect("COMMA")
        other = self._operand()
        self.expect("RPAREN")
        return value, other


def _have_one_type(value: dict[str, Any] | None, other: dict[str, Any]) -> bool:
    return value is not None and value.keys() == other.keys()


def _bytes(value: dict[str, Any]) -> bytes:
    content = value["B"]
    return content if isinstance(content, bytes) else base64.b64decode(content)


def set_at_path(item: dict[str, Any], path: Sequence[str | int], value: dict[str, Any]) -> None:
    """Set what is at the path of an item. Raises ValueError, which ministack answers with, where
    the path leads through what is not there or holds nothing.
    """
    inside = _container(item, path)
    leaf: Any = path[-1]
    if inside is None:
        raise ValueError(_NO_PATH)
    if isinstance(inside, list) and leaf >= len(inside):
        inside.append(value)
    else:
        inside[leaf] = value


def remove_at_path(item: dict[str, Any], path: Sequence[str | int]) -> None:
    """Remove what is at the path of an item, if there is something."""
    inside = _container(item, path)
    leaf: Any = path[-1]
    if isinstance(inside, list) and leaf < len(inside):
        inside.pop(leaf)
    elif isinstance(inside, dict):
        inside.pop(leaf, None)


def _container(item: dict[str, Any], path: Sequence[str | int]) -> Any:
    """The item, map or list that the last part of a path is in; None where there is none."""
    parent = dynamodb._get_at_path(item, path[:-1]) if path[1:] else {"M": item}  # noqa: SLF001
    return parent and parent.get("L" if isinstance(path[-1], int) else "M")


def mend() -> None:
    """Have every expression evaluated with these functions."""
    dynamodb._ExprEval = Functions  # noqa: SLF001 - as above
    dynamodb._set_at_path = set_at_path  # noqa: SLF001 - as above
    dynamodb._remove_at_path = remove_at_path  # noqa: SLF001 - as above
