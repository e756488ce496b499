"""Attribute values, between DynamoDB's wire form and plain JSON.

Inside, an item is its wire form: `{"name": {"S": "Ann"}, "total": {"N": "99"}}`. Numbers stay
text; binary is base64 text. Doors convert at their edge, with the functions here, in `typed_json`
and in `adminapi_json`, and no others.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from tables.core.errors import InvalidValue, Problem, Sentence, TooLarge
from tables.core.numbers import canonical_number, fragment
from tables.core.strict_json import MAX_DEPTH, children

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]

# Tag -> the word staff and error messages use for the type.
TYPES = {
    "S": Sentence("string"),
    "N": Sentence("number"),
    "B": Sentence("binary"),
    "BOOL": Sentence("boolean"),
    "NULL": Sentence("null"),
    "L": Sentence("list"),
    "M": Sentence("map"),
    "SS": Sentence("string set"),
    "NS": Sentence("number set"),
    "BS": Sentence("binary set"),
}
SET_TYPES = {"SS": "S", "NS": "N", "BS": "B"}
# Each costs a byte at least of the 400 KB of an item; a Buffer is written with a few more.
MAX_VALUES = 410_000
# AWS: Service, account, and table quotas: attribute names (64 KB itself is refused).
MAX_NAME_BYTES = 65_535


def type_of(value: AttributeValue) -> str:
    """The tag of an attribute value: `"S"`, `"N"`, …"""
    return next(iter(value))


def holds_set(value: AttributeValue) -> bool:
    """Whether a value is a set, or has one inside."""
    ((tag, content),) = value.items()
    if tag == "M":
        return any(map(holds_set, content.values()))
    return tag in SET_TYPES or (tag == "L" and any(map(holds_set, content)))


def content_of(value: AttributeValue) -> Any:
    """What stands behind the tag of an attribute value."""
    return next(iter(value.values()))


# ---------------------------------------------------------------- wire form -> JSON


def same(content: Any) -> Any:
    """The content as it stands."""
    return content


def plain_value(
    value: AttributeValue,
    *,
    number: Callable[[str], Any] = fragment,
    binary: Callable[[str], Any] = same,
) -> Any:
    """A value as plain JSON: sets become arrays, binary what `binary` makes of its base64 text.

    `number` receives the stored text: the default is for `dumps`; Decimal for computing.
    """
    ((tag, content),) = value.items()
    return _renderers(number, binary)[tag](content)


def plain_item(
    item: Item,
    *,
    number: Callable[[str], Any] = fragment,
    binary: Callable[[str], Any] = same,
) -> dict[str, Any]:
    """An item as a plain JSON object; see `plain_value`."""
    plain: dict[str, Any] = _renderers(number, binary)["M"](item)
    return plain


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """Compact UTF-8 JSON; numbers that came through `fragment` keep their digits.

    Decimals are written out in full as well, so parsed JSON can be echoed.
    """
    option = orjson.OPT_INDENT_2 if pretty else 0
    return orjson.dumps(value, default=_dump_other, option=option)


@functools.lru_cache(maxsize=16)
def _renderers(
    number: Callable[[str], Any], binary: Callable[[str], Any]
) -> dict[str, Callable[[Any], Any]]:
    """What makes plain JSON of each type's content.

    Every value of every item of every list goes through here: the inner loops run once each, and
    are the fastest way to take a value apart; a comprehension would be one more call for each map.
    """

    def array(content: list[AttributeValue]) -> list[Any]:
        plain = []
        for child in content:
            for tag, inner in child.items():
                plain.append(inner if tag == "S" else render[tag](inner))
        return plain

    def object_(content: Item) -> dict[str, Any]:
        plain = {}
        for name, child in content.items():
            for tag, inner in child.items():
                plain[name] = inner if tag == "S" else render[tag](inner)
        return plain

    render: dict[str, Callable[[Any], Any]] = {
        "S": same,
        "N": number,
        "B": binary,
        "BOOL": same,
        "NULL": lambda _: None,
        "L": array,
        "M": object_,
        "SS": same,
        "NS": lambda content: [number(entry) for entry in content],
        "BS": lambda content: [binary(entry) for entry in content],
    }
    return render


def _dump_other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f") if abs(value.adjusted()) < 200 else str(value))
    raise TypeError(f"{type(value).__name__} is not JSON")


# ---------------------------------------------------------------- plain JSON -> wire form

# What an object of a JSON language stands for when it isn't a map; None when it is one.
Special = Callable[[dict[str, Any]], AttributeValue | None]


def no_special(value: dict[str, Any]) -> None:
    """Plain JSON: every object is a map."""


def wire_value(
    value: Any, *, special: Special = no_special, pointer: str = "", depth: int = 1
) -> AttributeValue:
    """The wire form of a value of parsed JSON (strings, Decimals, booleans, None, lists, dicts).

    Raises InvalidValue, with the RFC 6901 pointer of the culprit, TooLarge for endless lists.
    """
    _require_few(value)
    return _wire(value, special, pointer, depth)


def wire_item(value: Mapping[str, Any], *, special: Special = no_special) -> Item:
    """The wire form of a parsed JSON object. Raises InvalidValue with a pointer, TooLarge."""
    require_names(value)
    _require_few(value)
    return {name: _wire(child, special, join_pointer("", name), 1) for name, child in value.items()}


def _require_few(value: Any) -> None:
    """Raise TooLarge for more values than any item holds.

    Their wire form takes a hundred times the memory of their text: it must not be made first.
    """
    level, count = [value], 0
    while level:
        count += len(level)
        if count > MAX_VALUES:
            raise TooLarge(
                "No item holds more than {most} values; DynamoDB takes 400 KB.", most=MAX_VALUES
            )
        level = [child for parent in level for child in children(parent)]


def _wire(value: Any, special: Special, pointer: str, depth: int) -> AttributeValue:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Decimal | int):
        return {"N": number_at(value, pointer)}
    require_depth(depth, pointer)
    if isinstance(value, list):
        return {
            "L": [
                _wire(child, special, f"{pointer}/{i}", depth + 1) for i, child in enumerate(value)
            ]
        }
    meant = _special_at(value, special, pointer)
    if meant is not None:
        return meant
    return {
        "M": {
            name: _wire(child, special, join_pointer(pointer, name), depth + 1)
            for name, child in value.items()
        }
    }


def _special_at(value: dict[str, Any], special: Special, pointer: str) -> AttributeValue | None:
    try:
        return special(value)
    except InvalidValue as error:
        within = next(iter(error.problems), Problem("", error.message))
        raise problem_at(pointer + within.pointer, within.detail) from error


# ---------------------------------------------------------------- keeping stored types


def fit_to_stored(new: AttributeValue, stored: AttributeValue) -> AttributeValue:
    """`new`, which came from plain JSON, with the set or binary types that `stored` has.

    Plain JSON can't tell a set from an array or binary from its base64 text, so where the new
    value fits the stored type the stored type is kept; deeper values are matched by name and
    position.
    """
    tag, content = type_of(new), content_of(new)
    stored_tag, stored_content = type_of(stored), content_of(stored)
    if stored_tag == "B" and tag == "S":
        return {"B": content} if is_base64(content) else new
    if stored_tag in SET_TYPES and tag == "L":
        return _fit_set(stored_tag, content) or new
    if stored_tag == tag == "M":
        return {
            "M": {
                name: fit_to_stored(child, stored_content[name])
                if name in stored_content
                else child
                for name, child in content.items()
            }
        }
    if stored_tag == tag == "L":
        kept = [fit_to_stored(a, b) for a, b in zip(content, stored_content, strict=False)]
        return {"L": kept + content[len(kept) :]}
    return new


def _fit_set(tag: str, entries: list[AttributeValue]) -> AttributeValue | None:
    scalar = SET_TYPES[tag]
    texts = [content_of(entry) for entry in entries]
    # The entries of a binary set come out of plain JSON as base64 strings.
    written = "S" if scalar == "B" else scalar
    if not texts or any(type_of(entry) != written for entry in entries):
        return None
    if len(set(texts)) != len(texts) or (scalar == "B" and not all(map(is_base64, texts))):
        return None
    return {tag: texts}


# ---------------------------------------------------------------- what every JSON language checks


def is_base64(text: str) -> bool:
    """Whether the text is the canonical (padded, standard alphabet) base64 of some bytes."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False


def number_at(number: Decimal | int | str, pointer: str) -> str:
    """The canonical text of a number. Raises InvalidValue with the pointer."""
    try:
        return canonical_number(number)
    except InvalidValue as error:
        raise problem_at(pointer, error.message) from error


def require_names(item: Mapping[str, Any]) -> None:
    """Raise InvalidValue when a top-level attribute has no name, or one of 64 KB."""
    if "" in item:
        raise problem_at("/", "An attribute name can't be empty.")
    if any(len(name.encode()) > MAX_NAME_BYTES for name in item):
        raise InvalidValue("An attribute name has at most {most} bytes.", most=MAX_NAME_BYTES)


def require_depth(depth: int, pointer: str) -> None:
    """Raise InvalidValue for a list or map deeper than DynamoDB nests them; the first is at 1."""
    if depth > MAX_DEPTH:
        raise problem_at(pointer, "Nested more than {most} levels deep.", most=MAX_DEPTH)


def member_error(pointer: str, template: str, /, **parts: Any) -> InvalidValue:
    """The same for a member that its own words name already."""
    detail = Sentence(template, **parts)
    return InvalidValue(detail, problems=[Problem(pointer, detail)])


def join_pointer(pointer: str, name: str) -> str:
    """An RFC 6901 pointer, one name deeper."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def problem_at(pointer: str, template: str, /, **parts: Any) -> InvalidValue:
    """The error for one thing wrong at a pointer, and the sentence that says it."""
    detail = Sentence(template, **parts)
    problems = [Problem(pointer, detail)]
    if not pointer:
        return InvalidValue(detail, problems=problems)
    return InvalidValue(
        "{detail} (at {pointer}).", problems=problems, detail=detail, pointer=pointer
    )
