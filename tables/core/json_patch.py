"""JSON patches: RFC 6902 operations applied to an item without losing a type or a digit.

The library works on a document of dicts, lists and leaves. A leaf keeps its DynamoDB type and a
stored set knows that it is one, so what a patch does not touch comes back as it was stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from tables.core.errors import InvalidRequest, PatchConflict, Problem, Sentence, TooLarge
from tables.core.sizes import MAX_ITEM_BYTES, value_size
from tables.core.strict_json import MAX_DEPTH
from tables.core.values import (
    SET_TYPES,
    AttributeValue,
    Item,
    content_of,
    fit_to_stored,
    problem_at,
    require_depth,
    require_names,
    type_of,
    wire_value,
)

MAX_OPERATIONS = 1000
# Members that each operation must have besides "op" and "path".
_OPERATIONS: dict[str, tuple[str, ...]] = {
    "add": ("value",),
    "remove": (),
    "replace": ("value",),
    "move": ("from",),
    "copy": ("from",),
    "test": ("value",),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that holds no other. Binary equals its base64 text: plain JSON can't tell them."""

    tag: str
    content: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Leaf) or self.content != other.content:
            return False
        return self.tag == other.tag or {self.tag, other.tag} == {"B", "S"}

    def __hash__(self) -> int:
        return hash(self.content)


class StoredSet(list[Leaf]):
    """The entries of a stored set, which a patch sees as an array."""

    tag = ""


def parse_patch(patch: Any) -> list[dict[str, Any]]:
    """The operations of a JSON patch document, as parsed, each checked for its members.

    Raises InvalidRequest with a pointer to the operation.
    """
    if not isinstance(patch, list):
        raise InvalidRequest("A JSON patch is an array of operations.")
    if len(patch) > MAX_OPERATIONS:
        raise InvalidRequest("A JSON patch takes at most {most} operations.", most=MAX_OPERATIONS)
    for position, operation in enumerate(patch):
        _require_operation(operation, f"/{position}")
    return patch


def json_patch(item: Item, operations: Iterable[Mapping[str, Any]]) -> Item:
    """The item after all operations. Raises PatchConflict when one does not apply or a test fails,
    InvalidValue for values DynamoDB can't hold.
    """
    document: Any = _document({"M": item})
    copied = 0
    for position, operation in enumerate(operations):
        pointer = f"/{position}"
        if operation["op"] == "copy":
            copied += _size_at(document, operation["from"])
            _require_modest(copied)
        document = _apply(document, _prepared(operation, document, pointer), pointer)
    if not isinstance(document, dict):
        raise problem_at("", "The patch leaves something that is not an object.")
    patched = {name: _value(child, 1) for name, child in document.items()}
    require_names(patched)
    return patched


def _require_operation(operation: Any, pointer: str) -> None:
    name = operation.get("op") if isinstance(operation, dict) else None
    if not isinstance(name, str) or name not in _OPERATIONS:
        raise _malformed(
            pointer, 'An operation has an "op": {names}.', names=", ".join(_OPERATIONS)
        )
    missing = [member for member in _OPERATIONS[name] if member not in operation]
    if missing:
        raise _malformed(pointer, '{name} takes "{member}".', name=name, member=missing[0])
    for member in ("path", *(["from"] if "from" in _OPERATIONS[name] else [])):
        _require_pointer(operation.get(member), member, f"{pointer}/{member}")


def _require_pointer(text: Any, member: str, pointer: str) -> None:
    if not isinstance(text, str):
        raise _malformed(pointer, '"{member}" is a JSON pointer such as /name.', member=member)
    try:
        depth = len(JsonPointer(text).parts)
    except JsonPointerException as error:
        raise _malformed(
            pointer, '"{member}" is not a JSON pointer (RFC 6901).', member=member
        ) from error
    if depth > MAX_DEPTH + 1:
        raise _malformed(
            pointer, '"{member}" leads more than {most} levels deep.', member=member, most=MAX_DEPTH
        )


def _prepared(operation: Mapping[str, Any], document: Any, pointer: str) -> dict[str, Any]:
    """The operation with its value as a document, in the type of what it meets there."""
    if "value" not in _OPERATIONS[operation["op"]]:
        return dict(operation)
    new = wire_value(operation["value"], pointer=f"{pointer}/value", depth=0)
    old = _replaced(operation, document)
    if old is not None:
        new = fit_to_stored(new, _value(old, 0))
    value = _document(new)
    if isinstance(old, StoredSet) and isinstance(value, StoredSet) and set(value) == set(old):
        value = old  # a set has no order that a test could miss
    return {**operation, "value": value}


def _replaced(operation: Mapping[str, Any], document: Any) -> Any:
    """What stands where the operation puts or tests its value; None for nothing."""
    pointer = JsonPointer(operation["path"])
    try:
        parent, last = pointer.to_last(document)
        if operation["op"] == "add" and isinstance(parent, list):
            return None
        return document if last is None else pointer.walk(parent, last)
    except JsonPointerException:
        return None


def _apply(document: Any, operation: dict[str, Any], pointer: str) -> Any:
    try:
        return jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
    except jsonpatch.JsonPatchTestFailed as error:
        raise _conflict(pointer, "The test failed: another value stands there.") from error
    except (jsonpatch.JsonPatchException, JsonPointerException) as error:
        raise _conflict(pointer, "The operation's path does not lead where it could.") from error


def _document(value: AttributeValue) -> Any:
    tag, content = type_of(value), content_of(value)
    if tag == "M":
        return {name: _document(child) for name, child in content.items()}
    if tag == "L":
        return [_document(child) for child in content]
    if tag not in SET_TYPES:
        return Leaf(tag, content)
    entries = StoredSet(Leaf(SET_TYPES[tag], entry) for entry in content)
    entries.tag = tag
    return entries


def _value(document: Any, depth: int) -> AttributeValue:
    """The wire form; a set that can't be one any more becomes a list."""
    if isinstance(document, Leaf):
        return {document.tag: document.content}
    require_depth(depth, "")
    if isinstance(document, dict):
        return {"M": {name: _value(child, depth + 1) for name, child in document.items()}}
    elements: AttributeValue = {"L": [_value(child, depth + 1) for child in document]}
    if not isinstance(document, StoredSet):
        return elements
    # fit_to_stored reads what plain JSON shows of a binary set: base64 strings.
    shown = {"L": [_shown(child) for child in elements["L"]]}
    fitted = fit_to_stored(shown, {document.tag: []})
    return fitted if document.tag in fitted else elements


def _shown(value: AttributeValue) -> AttributeValue:
    return {"S": value["B"]} if "B" in value else value


def _size_at(document: Any, path: str) -> int:
    try:
        return value_size(_value(JsonPointer(path).resolve(document), 0))
    except JsonPointerException:
        return 0


def _require_modest(copied: int) -> None:
    # Each copy can double the item: 40 small operations would fill the memory.
    if copied > MAX_ITEM_BYTES:
        raise TooLarge("The patch copies more than {most} bytes.", most=MAX_ITEM_BYTES)


def _malformed(pointer: str, template: str, /, **parts: Any) -> InvalidRequest:
    detail = Sentence(template, **parts)
    return InvalidRequest(
        "{detail} (at {pointer})",
        problems=[Problem(pointer, detail)],
        detail=detail,
        pointer=pointer,
    )


def _conflict(pointer: str, template: str, /) -> PatchConflict:
    detail = Sentence(template)
    return PatchConflict(
        "{detail} (operation {pointer})",
        problems=[Problem(pointer, detail)],
        detail=detail,
        pointer=pointer,
    )
