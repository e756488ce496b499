"""The one JSON parser: strict text in, exact Python values out (every number is a Decimal)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from tables.core.errors import InvalidRequest, Sentence

# DynamoDB nests attribute values 32 levels deep (AWS: Service, account, and table quotas).
MAX_DEPTH = 32
# Far beyond any number DynamoDB can hold (1E+125 in full), and short enough to convert at once.
MAX_NUMBER_CHARACTERS = 1000
# Lists are made of these: one object of each is enough.
_SMALL_NUMBERS = {str(number): Decimal(number) for number in range(256)}
# An escaped surrogate is the only way a lone one can enter: UTF-8 can't encode it.
_BODY = Sentence("The body")
_CONTAINERS = frozenset({dict, list})
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes | str, *, max_depth: int = MAX_DEPTH, what: str = _BODY) -> Any:
    """The value of a JSON text, with numbers as Decimal and objects in their own key order.

    `max_depth` counts nested arrays and objects; `what` is how errors call the text. Raises
    InvalidRequest for anything RFC 8259 forbids, and for what it leaves open: duplicate names, lone
    surrogates, NaN, deep nesting.
    """
    text = _decode(data, what)
    try:
        value = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            "{what} is not valid JSON: {reason} at line {line}, column {column}.",
            what=what,
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise _too_deep(max_depth, what) from error
    _require_shallow(value, max_depth, what)
    if _ESCAPED_SURROGATE.search(text):
        _require_no_lone_surrogate(value)
    return value


def _decode(data: bytes | str, what: str) -> str:
    if isinstance(data, str):
        _require_encodable(data)
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            "{what} is not UTF-8: byte {position} can't be read.", what=what, position=error.start
        ) from error


def _number(text: str) -> Decimal:
    known = _SMALL_NUMBERS.get(text)
    if known is not None:
        return known
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise InvalidRequest(
            "A number is longer than {most} characters.", most=MAX_NUMBER_CHARACTERS
        )
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise InvalidRequest("A number's exponent is out of range.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidRequest("{name} is not JSON: a number must be finite.", name=name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, content in pairs:
        if name in value:
            shown = json.dumps(name[:100])
            raise InvalidRequest("The name {name} stands twice in one object.", name=shown)
        value[name] = content
    return value


def _require_shallow(value: Any, max_depth: int, what: str) -> None:
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(max_depth):
        if not level:
            return
        level = [child for node in level for child in children(node) if type(child) in _CONTAINERS]
    if level:
        raise _too_deep(max_depth, what)


def children(node: Any) -> Iterable[Any]:
    """What stands in an array or object; nothing for any other value."""
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _too_deep(max_depth: int, what: str) -> InvalidRequest:
    return InvalidRequest(
        "{what} is nested more than {most} levels deep.", what=what, most=max_depth
    )


def _require_no_lone_surrogate(value: Any) -> None:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            _require_encodable(node)
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.keys())
            waiting.extend(node.values())


def _require_encodable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidRequest("A string holds half of a surrogate pair.") from error
