"""The operations of a batch: their shape, checked before the first of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tables.api.v1.requests.bodies import read_document, require_object
from tables.core.errors import InvalidRequest, InvalidValue, Problem, TooLarge
from tables.core.values import join_pointer
from tables.items.conditions import Tags
from tables.jobs.kinds.batch import MOST_OPERATIONS, Method

MAX_OPERATIONS = 100
# Around each item: the document, the array, the operation.
_LEVELS_AROUND = 3
_MEMBERS = ("method", "key", "body", "if_match", "if_none_match")
# Method -> the members it needs; the other one of them may not stand there.
_NEEDED = {
    "POST": ("body",),
    "PUT": ("key", "body"),
    "PATCH": ("key", "body"),
    "DELETE": ("key",),
}


@dataclass(frozen=True, slots=True)
class BatchOperation:
    """One operation; `body` is parsed JSON."""

    method: Method
    key: str | None
    body: Any
    tags: Tags


def read_operations(
    data: bytes, *, is_typed: bool, most: int = MAX_OPERATIONS
) -> list[BatchOperation]:
    """The operations of a batch's body.

    Raises InvalidRequest, TooLarge for more than `most`, and InvalidValue with a pointer for each
    thing wrong with one.
    """
    document = require_object(read_document(data, is_typed=is_typed, around=_LEVELS_AROUND))
    operations = document.get("operations")
    if not isinstance(operations, list) or not 1 <= len(operations) <= MOST_OPERATIONS:
        detail = (
            f'"operations" is an array of 1 to {MAX_OPERATIONS} operations, in a job of at most '
            f"{MOST_OPERATIONS}."
        )
        raise InvalidValue(detail, problems=[Problem("/operations", detail)])
    if len(operations) > most:
        raise _too_many()
    unknown = sorted(document.keys() - {"operations"})
    problems = [Problem(join_pointer("", name), "Means nothing here.") for name in unknown]
    for position, operation in enumerate(operations):
        problems += _problems(operation, f"/operations/{position}")
    if problems:
        raise InvalidValue(f"{problems[0].detail} (at {problems[0].pointer})", problems=problems)
    return [_operation(members) for members in operations]


def _too_many() -> TooLarge:
    detail = (
        f"A batch that is answered at once has at most {MAX_OPERATIONS} operations; with "
        f'"Prefer: respond-async" it becomes a job, of at most {MOST_OPERATIONS}.'
    )
    return TooLarge(detail, problems=[Problem("/operations", detail)])


def _operation(members: dict[str, Any]) -> BatchOperation:
    tags = Tags(members.get("if_match"), members.get("if_none_match"))
    return BatchOperation(members["method"], members.get("key"), members.get("body"), tags)


def _problems(operation: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(operation, dict):
        yield Problem(pointer, "An operation is an object.")
        return
    method = operation.get("method")
    if not isinstance(method, str) or method not in _NEEDED:
        yield Problem(f"{pointer}/method", f"The method is one of {', '.join(_NEEDED)}.")
        return
    for name in operation:
        if name not in _MEMBERS:
            yield Problem(pointer, f"An operation has {', '.join(_MEMBERS)}, not {name[:40]!r}.")
    for name in ("key", "body"):
        if name in _NEEDED[method] and name not in operation:
            yield Problem(pointer, f'{method} takes "{name}".')
        if name not in _NEEDED[method] and name in operation:
            yield Problem(f"{pointer}/{name}", f'{method} takes no "{name}".')
    yield from _text_problems(operation, pointer)


def _text_problems(operation: dict[str, Any], pointer: str) -> Iterator[Problem]:
    for name in ("key", "if_match", "if_none_match"):
        if name in operation and not isinstance(operation[name], str):
            yield Problem(f"{pointer}/{name}", f'"{name}" is a string.')
            return
    try:
        Tags(operation.get("if_match"), operation.get("if_none_match"))
    except InvalidRequest as error:
        yield Problem(pointer, error.message)
