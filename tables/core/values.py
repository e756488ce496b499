"""Attribute values: DynamoDB's wire form, and the three JSON languages that doors speak.

Inside, an item is its wire form: `{"name": {"S": "Ann"}, "total": {"N": "99"}}`. Numbers stay
text; binary is base64 text. Doors convert at their edge, with the functions here and no others.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from tables.core.errors import InvalidValue, Problem
from tables.core.numbers import canonical_number, fragment
from tables.core.strict_json import MAX_DEPTH

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]

# Tag -> the word staff and error messages use for the type.
TYPES = {
    "S": "string",
    "N": "number",
    "B": "binary",
    "BOOL": "boolean",
    "NULL": "null",
    "L": "list",
    "M": "map",
    "SS": "string set",
    "NS": "number set",
    "BS": "binary set",
}
SET_TYPES = {"SS": "S", "NS": "N", "BS": "B"}


def type_of(value: AttributeValue) -> str:
    """The tag of an attribute value: `"S"`, `"N"`, …"""
    return next(iter(value))


def content_of(value: AttributeValue) -> Any:
    """What stands behind the tag of an attribute value."""
    return next(iter(value.values()))


# ---------------------------------------------------------------- wire form -> JSON


def same(content: Any) -> Any:
    """The content as it stands."""
    return content


def as_buffer(content: str) -> dict[str, Any]:
    """Binary as the AdminAPI shows it: what Node's `Buffer` becomes in JSON."""
    return {"type": "Buffer", "data": list(base64.b64decode(content))}


def plain_value(
    value: AttributeValue,
    *,
    number: Callable[[str], Any] = fragment,
    binary: Callable[[str], Any] = same,
) -> Any:
    """A value as plain JSON: sets become arrays, binary what `binary` makes of its base64 text.

    `number` receives the stored text: the default is for `dumps`; Decimal for computing.
    """
    for tag, content in value.items():
        if tag in ("S", "BOOL"):
            return content
        if tag == "N":
            return number(content)
        if tag == "M":
            return {
                name: plain_value(child, number=number, binary=binary)
                for name, child in content.items()
            }
        if tag == "L":
            return [plain_value(child, number=number, binary=binary) for child in content]
        if tag == "NULL":
            return None
        if tag == "SS":
            return content
        if tag == "B":
            return binary(content)
        return [number(entry) if tag == "NS" else binary(entry) for entry in content]
    raise InvalidValue("An attribute value without a type.")


def plain_item(
    item: Item,
    *,
    number: Callable[[str], Any] = fragment,
    binary: Callable[[str], Any] = same,
) -> dict[str, Any]:
    """An item as a plain JSON object; see `plain_value`."""
    return {name: plain_value(value, number=number, binary=binary) for name, value in item.items()}


def adminapi_item(item: Item) -> dict[str, Any]:
    """An item as the AdminAPI shows it: plain, with binary as `{"type":"Buffer","data":[…]}`."""
    return plain_item(item, binary=as_buffer)


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """Compact UTF-8 JSON; numbers that came through `fragment` keep their digits.

    Decimals are written out in full as well, so parsed JSON can be echoed.
    """
    option = orjson.OPT_INDENT_2 if pretty else 0
    return orjson.dumps(value, default=_dump_other, option=option)


def _dump_other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f") if abs(value.adjusted()) < 200 else str(value))
    raise TypeError(f"{type(value).__name__} is not JSON")


# ---------------------------------------------------------------- JSON -> wire form

Special = Callable[[dict[str, Any]], AttributeValue | None]


def no_special(value: dict[str, Any]) -> None:
    """Plain JSON: every object is a map."""


def adminapi_special(value: dict[str, Any]) -> AttributeValue | None:
    """The AdminAPI's two objects that stand for a value: the Set wrapper and the Buffer."""
    if value.get("wrapperName") == "Set" and value.keys() == {"wrapperName", "type", "values"}:
        return _wrapped_set(value)
    if value.get("type") == "Buffer" and value.keys() == {"type", "data"}:
        return _buffer(value["data"])
    return None


def wire_value(
    value: Any, *, special: Special = no_special, pointer: str = "", depth: int = 1
) -> AttributeValue:
    """The wire form of a value of parsed JSON (strings, Decimals, booleans, None, lists, dicts).

    Raises InvalidValue, with the RFC 6901 pointer of the culprit.
    """
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Decimal | int):
        return {"N": _number_at(value, pointer)}
    if depth > MAX_DEPTH:
        raise _problem(pointer, f"Nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, list):
        return {
            "L": [
                wire_value(child, special=special, pointer=f"{pointer}/{i}", depth=depth + 1)
                for i, child in enumerate(value)
            ]
        }
    meant = _special_at(value, special, pointer)
    if meant is not None:
        return meant
    return {
        "M": {
            name: wire_value(
                child, special=special, pointer=join_pointer(pointer, name), depth=depth + 1
            )
            for name, child in value.items()
        }
    }


def wire_item(value: Mapping[str, Any], *, special: Special = no_special) -> Item:
    """The wire form of a parsed JSON object. Raises InvalidValue with a pointer."""
    _require_names(value)
    return {
        name: wire_value(child, special=special, pointer=join_pointer("", name))
        for name, child in value.items()
    }


def typed_item(value: Mapping[str, Any]) -> Item:
    """A checked, canonical copy of an item written in typed JSON (wire form from outside)."""
    _require_names(value)
    return {name: typed_value(child, join_pointer("", name)) for name, child in value.items()}


def typed_value(value: Any, pointer: str = "", depth: int = 1) -> AttributeValue:
    """A checked, canonical copy of one typed value: `{"N": "1.0"}` becomes `{"N": "1"}`.

    Raises InvalidValue with the pointer of the culprit.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise _problem(pointer, 'A typed value is an object with one type, such as {"S": "text"}.')
    tag, content = next(iter(value.items()))
    at = join_pointer(pointer, tag)
    if tag not in TYPES:
        raise _problem(pointer, f"{tag!r} is not a type; the types are {', '.join(TYPES)}.")
    if tag in ("S", "N", "B"):
        return {tag: _typed_scalar(tag, content, at)}
    if tag in SET_TYPES:
        return {tag: _typed_set(tag, content, at)}
    if tag in ("BOOL", "NULL"):
        if not isinstance(content, bool) or (tag == "NULL" and not content):
            raise _problem(at, f"{tag} takes {'true or false' if tag == 'BOOL' else 'true'}.")
        return {tag: content}
    if depth > MAX_DEPTH:
        raise _problem(pointer, f"Nested more than {MAX_DEPTH} levels deep.")
    if tag == "L":
        if not isinstance(content, list):
            raise _problem(at, "L takes an array.")
        return {"L": [typed_value(v, f"{at}/{i}", depth + 1) for i, v in enumerate(content)]}
    if not isinstance(content, dict):
        raise _problem(at, "M takes an object.")
    return {"M": {n: typed_value(v, join_pointer(at, n), depth + 1) for n, v in content.items()}}


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


def is_base64(text: str) -> bool:
    """Whether the text is the canonical (padded, standard alphabet) base64 of some bytes."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False


def make_set(tag: str, entries: list[Any], pointer: str = "") -> AttributeValue:
    """A checked set: not empty, no duplicates, every entry of the set's type."""
    return {tag: _typed_set(tag, entries, pointer)}


def join_pointer(pointer: str, name: str) -> str:
    """An RFC 6901 pointer, one name deeper."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


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


def _special_at(value: dict[str, Any], special: Special, pointer: str) -> AttributeValue | None:
    try:
        return special(value)
    except InvalidValue as error:
        raise _problem(pointer, error.message) from error


def _wrapped_set(value: dict[str, Any]) -> AttributeValue:
    tag = {"String": "SS", "Number": "NS", "Binary": "BS"}.get(str(value["type"]))
    entries = value["values"]
    if tag is None or not isinstance(entries, list):
        raise InvalidValue('A Set takes "type" String, Number or Binary and "values", an array.')
    if tag == "NS":
        return make_set(tag, [_number_text(entry) for entry in entries])
    if tag == "BS":
        return make_set(tag, [_binary_text(entry) for entry in entries])
    return make_set(tag, entries)


def _number_text(entry: Any) -> Any:
    return str(entry) if isinstance(entry, Decimal) else entry


def _binary_text(entry: Any) -> Any:
    if isinstance(entry, dict) and entry.keys() == {"type", "data"}:
        return _buffer(entry["data"])["B"]
    return entry


def _buffer(data: Any) -> AttributeValue:
    if not isinstance(data, list) or not all(
        isinstance(byte, Decimal) and 0 <= byte <= 255 and byte == int(byte) for byte in data
    ):
        raise InvalidValue('A Buffer takes "data", an array of bytes from 0 to 255.')
    return {"B": base64.b64encode(bytes(int(byte) for byte in data)).decode()}


def _number_at(value: Decimal | int, pointer: str) -> str:
    try:
        return canonical_number(value)
    except InvalidValue as error:
        raise _problem(pointer, error.message) from error


def _typed_scalar(tag: str, content: Any, pointer: str) -> str:
    if not isinstance(content, str):
        raise _problem(pointer, f"{tag} takes a string.")
    if tag == "N":
        try:
            return canonical_number(content)
        except InvalidValue as error:
            raise _problem(pointer, error.message) from error
    if tag == "B" and not is_base64(content):
        raise _problem(pointer, "B takes base64 text (standard alphabet, padded).")
    return content


def _typed_set(tag: str, content: Any, pointer: str) -> list[str]:
    if not isinstance(content, list) or not content:
        raise _problem(pointer, f"A {TYPES[tag]} holds at least one value.")
    scalar = SET_TYPES[tag]
    entries = [_typed_scalar(scalar, entry, f"{pointer}/{i}") for i, entry in enumerate(content)]
    if len(set(entries)) != len(entries):
        raise _problem(pointer, f"A {TYPES[tag]} can't hold the same value twice.")
    return entries


def _require_names(value: Mapping[str, Any]) -> None:
    if "" in value:
        raise _problem("/", "An attribute name can't be empty.")


def _problem(pointer: str, detail: str) -> InvalidValue:
    where = f" (at {pointer})" if pointer else ""
    return InvalidValue(detail.removesuffix(".") + where + ".", problems=[Problem(pointer, detail)])
