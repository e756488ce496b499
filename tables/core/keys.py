"""Keys: checking them, reading them from text, and the tokens that stand for them in URLs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tables.core.adminapi_json import adminapi_special
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor, InvalidValue, ItemNotFound, Problem, Sentence
from tables.core.numbers import canonical_number
from tables.core.values import (
    TYPES,
    AttributeValue,
    Item,
    content_of,
    is_base64,
    join_pointer,
    type_of,
    wire_value,
)

# AWS: Service, account, and table quotas: partition key and sort key lengths.
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024

_PLAIN_PART = re.compile(r"[A-Za-z0-9_-]+")


def key_of(item: Mapping[str, AttributeValue], description: TableDescription) -> Item:
    """The key attributes of an item, partition key first.

    Raises InvalidValue when one is missing, of another type than declared, empty or too long.
    """
    key: Item = {}
    for attribute in description.key_attributes:
        if attribute.name not in item:
            raise _problem(
                attribute, "The key attribute {name} is missing.", name=repr(attribute.name)
            )
        key[attribute.name] = item[attribute.name]
    require_key(key, description)
    return key


def require_key(key: Item, description: TableDescription) -> None:
    """Raise InvalidValue unless these are exactly valid values of the table's key attributes."""
    if key.keys() != set(description.key_names):
        raise InvalidValue("The key is made of {names}.", names=" and ".join(description.key_names))
    for attribute in description.key_attributes:
        require_key_value(key[attribute.name], attribute, description)


def require_key_value(
    value: AttributeValue, attribute: KeyAttribute, description: TableDescription
) -> None:
    """Raise InvalidValue unless this can be the value of that key attribute of the table."""
    _require_value(value, attribute, key_limit(attribute, description))


def require_index_keys(item: Item, description: TableDescription) -> None:
    """Raise InvalidValue when an attribute that is an index's key can't be one.

    DynamoDB refuses the whole write then; local engines don't.
    """
    for index in description.indexes:
        for attribute in index.key_attributes:
            if attribute.name in item and attribute.name not in description.key_names:
                is_partition = attribute in index.partition_keys
                limit = MAX_PARTITION_KEY_BYTES if is_partition else MAX_SORT_KEY_BYTES
                _require_value(item[attribute.name], attribute, limit)


def key_value_from_text(text: str, attribute: KeyAttribute) -> AttributeValue:
    """A key value written as text: a string as it stands, a number, or base64 for binary.

    Raises InvalidValue when the text is not of the declared type.
    """
    if attribute.type == "N":
        return {"N": canonical_number(text)}
    if attribute.type == "B" and not is_base64(text):
        raise _problem(attribute, "{name} takes base64 text.", name=attribute.name)
    return {attribute.type: text}


def coerce_binary_keys(item: Item, description: TableDescription) -> Item:
    """The item, with base64 strings in place of declared binary keys turned into binary.

    Plain JSON has no other way to write a binary key.
    """
    binary = {name for name, tag in description.declared_types().items() if tag == "B"}
    return {
        name: {"B": content_of(value)}
        if name in binary and type_of(value) == "S" and is_base64(content_of(value))
        else value
        for name, value in item.items()
    }


def start_key_from_plain(
    value: Any, description: TableDescription, index: str | None = None
) -> Item:
    """The start key that a client wrote as plain JSON, such as `{"empId": "352846"}`.

    Binary parts are Buffer objects or base64 text. `index` names the index that is read: its key
    attributes belong to the start key too. Names and types are all that can be checked of a start
    key that anyone may write. Raises InvalidCursor.
    """
    attributes = start_key_attributes(description, index)
    if not isinstance(value, dict) or value.keys() != {attribute.name for attribute in attributes}:
        names = ", ".join(attribute.name for attribute in attributes)
        raise InvalidCursor(
            "A LastEvaluatedKey is an object made of exactly: {names}.", names=names
        )
    key: Item = {}
    for attribute in attributes:
        try:
            key[attribute.name] = _start_value(value[attribute.name], attribute)
        except InvalidValue as error:
            raise InvalidCursor(
                "The LastEvaluatedKey does not fit: {reason}", reason=error.message
            ) from error
    return key


def start_key_attributes(
    description: TableDescription, index: str | None = None
) -> tuple[KeyAttribute, ...]:
    """The key attributes of the table, then those of the index that it does not have already."""
    chosen = description.index(index) if index else None
    own = description.key_attributes
    added = chosen.key_attributes if chosen is not None else ()
    return (*own, *(attribute for attribute in added if attribute not in own))


def encode_token(key: Mapping[str, AttributeValue], description: TableDescription) -> str:
    """The one URL segment that stands for a key: parts joined with `,`.

    A part stands as it is when it is made of `[A-Za-z0-9_-]`, else as `~` and unpadded base64url
    of its bytes (UTF-8 text; canonical decimal text for numbers).
    """
    return ",".join(
        [_encode_part(key[attribute.name], attribute) for attribute in description.key_attributes]
    )


def encode_tokens(
    keys: Sequence[Mapping[str, AttributeValue]], description: TableDescription
) -> list[str]:
    """The tokens of many keys, each what `encode_token` gives."""
    columns = [
        _encode_parts([key[attribute.name] for key in keys], attribute)
        for attribute in description.key_attributes
    ]
    return list(map(",".join, zip(*columns, strict=True)))


def decode_token(token: str, description: TableDescription) -> Item:
    """The key a token stands for. Raises ItemNotFound unless it is that key's canonical token."""
    parts = token.split(",")
    if len(parts) != len(description.key_attributes):
        raise ItemNotFound("No item has that key.")
    try:
        key = {
            attribute.name: _decode_part(part, attribute)
            for part, attribute in zip(parts, description.key_attributes, strict=True)
        }
        require_key(key, description)
    except (InvalidValue, ValueError, binascii.Error) as error:
        raise ItemNotFound("No item has that key.") from error
    if encode_token(key, description) != token:
        raise ItemNotFound("No item has that key.")
    return key


def _encode_parts(values: Sequence[AttributeValue], attribute: KeyAttribute) -> list[str]:
    """The parts of many tokens: texts that stand as they are take one look together."""
    texts = [value.get("S", "") for value in values]
    if "" not in texts and _PLAIN_PART.fullmatch("".join(texts)):
        return texts
    return [_encode_part(value, attribute) for value in values]


def _encode_part(value: AttributeValue, attribute: KeyAttribute) -> str:
    content = content_of(value)
    if attribute.type == "S" and _PLAIN_PART.fullmatch(content):
        return str(content)
    if attribute.type == "N":
        content = canonical_number(content)
    data = base64.b64decode(content) if attribute.type == "B" else content.encode()
    if _PLAIN_PART.fullmatch(text := data.decode("latin-1")):
        return text
    return "~" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode_part(part: str, attribute: KeyAttribute) -> AttributeValue:
    if part.startswith("~"):
        data = base64.b64decode(
            part[1:] + "=" * (-len(part[1:]) % 4), altchars=b"-_", validate=True
        )
    else:
        data = part.encode()
    if attribute.type == "B":
        return {"B": base64.b64encode(data).decode()}
    return key_value_from_text(data.decode(), attribute)


def _start_value(plain: Any, attribute: KeyAttribute) -> AttributeValue:
    value = wire_value(plain, special=adminapi_special)
    if attribute.type == "B" and "S" in value and is_base64(value["S"]):
        value = {"B": value["S"]}
    _require_value(value, attribute, MAX_PARTITION_KEY_BYTES)
    return value


def key_limit(attribute: KeyAttribute, description: TableDescription) -> int:
    """The most bytes of a key attribute of the table."""
    is_partition = attribute == description.partition_key
    return MAX_PARTITION_KEY_BYTES if is_partition else MAX_SORT_KEY_BYTES


def _require_value(value: AttributeValue, attribute: KeyAttribute, limit: int) -> None:
    tag, content = type_of(value), content_of(value)
    if tag != attribute.type:
        raise _problem(
            attribute,
            "The key attribute {name} must be a {wanted}, not a {kind}.",
            name=repr(attribute.name),
            wanted=TYPES[attribute.type],
            kind=TYPES[tag],
        )
    if content == "":
        raise _problem(
            attribute, "The key attribute {name} can't be empty.", name=repr(attribute.name)
        )
    size = len(base64.b64decode(content) if tag == "B" else content.encode())
    if size > limit:
        raise _problem(
            attribute,
            "The key attribute {name} is {size} bytes; DynamoDB takes {most}.",
            name=repr(attribute.name),
            size=size,
            most=limit,
        )


def _problem(attribute: KeyAttribute, template: str, /, **parts: Any) -> InvalidValue:
    detail = Sentence(template, **parts)
    return InvalidValue(detail, problems=[Problem(join_pointer("", attribute.name), detail)])
