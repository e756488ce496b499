"""Batch: many operations of REST v1, each on its own, kept in files until they are written."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tables.core.errors import ItemExists
from tables.core.keys import decode_token
from tables.core.strict_json import MAX_DEPTH, parse
from tables.core.values import Item, dumps
from tables.items import creates, patches, puts
from tables.items.conditions import Tags
from tables.items.deletes import delete
from tables.items.drafts import Draft
from tables.items.pinned import as_read, same_but_for_ours, settled
from tables.items.target import Target
from tables.items.updates import patch
from tables.items.wanted import Mark, Rewrite, Settled, Write
from tables.jobs import files
from tables.jobs.kind import Begun, Candidate, Chunk, Cursor, JobKind, Spec, Work
from tables.jobs.kinds.which import MOST_KEYS, read_now
from tables.records.jobs.models import Job
from tables.records.jobs.reports import Result, last_versions

MOST_OPERATIONS = 10_000
Method = Literal["POST", "PUT", "PATCH", "DELETE"]
# What an order takes for each method; where a PUT or a POST by a natural key finds no item, or
# one, it takes `add` or `change` besides.
_RIGHTS: Mapping[str, str] = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_MOST_IN_FILE = 500
# Typed JSON takes two objects for each level; the operation stands around it.
_DEPTH = 2 * MAX_DEPTH + 4


@dataclass(frozen=True, slots=True)
class StagedOperation:
    """One operation as it is kept: `number` counts from 1, `token` is the item's.

    `body` is a whole item in wire form with its key, or a patch as parsed. `fault` is the code and
    the words of what was wrong with it when it was sent: then nothing is written. `is_again` where
    one before it names the same item.
    """

    number: int
    method: Method
    token: str
    tags: Tags
    body: Any = None
    is_typed: bool = False
    fault: tuple[str, str] | None = None
    is_again: bool = False

    def packed(self) -> bytes:
        """It as one line."""
        tags = self.tags.if_match, self.tags.if_none_match
        told = [self.number, self.method, self.token, self.body, self.is_typed, tags, self.fault]
        return dumps([*told, self.is_again]) + b"\n"


def _unpacked(line: bytes) -> StagedOperation:
    number, method, token, body, is_typed, tags, fault, again = parse(line, max_depth=_DEPTH)
    told = (fault[0], fault[1]) if fault else None
    return StagedOperation(int(number), method, token, Tags(*tags), body, is_typed, told, again)


def staged(job: Job) -> Iterator[StagedOperation]:
    """All operations of a job that was begun, in their order. Raises InvalidRequest."""
    job.refresh_from_db(fields=["estimate"])  # where its files are, it says since it was cut
    for number in range(_files_of(job.spec)):
        yield from _in_file(job, number)


class _Operations:
    """The writes of the operations. A chunk names an item once: a second time is the next chunk's,
    which sees what the first has made of it.
    """

    def read(self, work: Work, cursor: Cursor, /) -> Chunk:
        number, offset = cursor
        held = _in_file(work.job, number)
        taken = _apart(held[offset : offset + work.most])
        wanted = [operation for operation in taken if operation.fault is None]
        told = [
            Result(each.token, "refused", each.fault[0], each.number, detail=each.fault[1])
            for each in taken
            if each.fault is not None
        ]
        at = [number, offset + len(taken)] if offset + len(taken) < len(held) else [number + 1, 0]
        following = at if at[0] < _files_of(work.spec) else None
        return Chunk(_candidates(work, wanted), following, len(taken), told)

    def again(self, work: Work, cursor: Cursor, begun: Sequence[Begun], /) -> Sequence[Candidate]:
        by_number = {operation.number: operation for operation in _in_file(work.job, cursor[0])}
        return _candidates(work, [by_number[each.line] for each in begun])

    def write(self, work: Work, candidate: Candidate, /) -> Settled | None:
        operation: StagedOperation = candidate.given
        target, before = work.target, candidate.before
        mark = Mark(group=str(work.job.pk))
        wanted = _WRITES[operation.method](target, candidate.key, operation)
        if isinstance(wanted, Rewrite):
            write = settled(wanted, before, mark)
        elif before is not None:
            raise ItemExists("An item with this key exists already.", current=before)
        else:
            write = as_read(target, candidate.key, None, wanted.outcome.after, mark)
        after = write.outcome.after
        is_same = before and after and same_but_for_ours(before, after, target)
        return None if is_same else write


def _apart(operations: Sequence[StagedOperation]) -> list[StagedOperation]:
    """The first operations, up to one that names an item once more."""
    tokens: set[str] = set()
    taken: list[StagedOperation] = []
    for operation in operations:
        if operation.fault is None and operation.token in tokens:
            break
        if operation.fault is None:
            tokens.add(operation.token)
        taken.append(operation)
    return taken


def _candidates(work: Work, operations: Sequence[StagedOperation]) -> list[Candidate]:
    target = work.target
    keys = [decode_token(operation.token, target.description) for operation in operations]
    left = last_versions(work.job, {each.token for each in operations if each.is_again})
    return [
        Candidate(key, item, operation.number, operation, known=left.get(operation.token, 0))
        for key, item, operation in zip(keys, read_now(target, keys), operations, strict=True)
    ]


def _create(target: Target, _key: Item, operation: StagedOperation) -> Write:
    draft = Draft(operation.body, operation.is_typed)
    return creates.create_placed(target, draft, operation.tags)


def _replace(target: Target, key: Item, operation: StagedOperation) -> Write:
    draft = Draft(operation.body, operation.is_typed)
    return puts.replace(target, key, draft, operation.tags)


def _patch(target: Target, key: Item, operation: StagedOperation) -> Write:
    body = operation.body
    change = (
        patches.json_change(body)
        if isinstance(body, list)
        else patches.merge_change(body, is_typed=operation.is_typed)
    )
    return patch(target, key, change, operation.tags)


def _delete(target: Target, key: Item, operation: StagedOperation) -> Write:
    return delete(target, key, condition=operation.tags, must_be_there=True)


_WRITES: Mapping[Method, Callable[[Target, Item, StagedOperation], Write]] = {
    "POST": _create,
    "PUT": _replace,
    "PATCH": _patch,
    "DELETE": _delete,
}


def _cut(work: Work) -> Sequence[Cursor]:
    """Share the upload out to files of the job's own, which go with it.

    Whoever is too late with it leaves files that no cut names.
    """
    work.job.estimate["operations"] = secrets.token_hex(4)
    with files.open_file(work.spec["upload"]) as upload:
        for number, lines in enumerate(_shared_out(upload)):
            files.put(_name(work.job, number), lines)
    return [[0, 0]]


def _shared_out(lines: Any) -> Iterator[list[bytes]]:
    held: list[bytes] = []
    for line in lines:
        held.append(line)
        if len(held) == _MOST_IN_FILE:
            yield held
            held = []
    if held:
        yield held


def _in_file(job: Job, number: int) -> list[StagedOperation]:
    return [_unpacked(line) for line in files.get(_name(job, number)).splitlines()]


def _files_of(spec: Spec) -> int:
    return -(-int(spec["count"]) // _MOST_IN_FILE)


def _name(job: Job, number: int) -> str:
    mark = job.estimate.get("operations", "")  # none: cut by a release before
    return f"{files.folder(job)}/operations/{mark}{number:06}.jsonl.gz"


def _read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    """The order of the one door that makes such: it has counted and staged the operations."""
    upload = files.upload_name(target.caller, given["upload"])
    told = {"count": given["count"], "methods": sorted(given["methods"])}
    return {"upload": upload, **told, "repeats": bool(given.get("repeats"))}


def _rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    bulk = {"bulk"} if spec["count"] > MOST_KEYS else set()
    return {alias: frozenset({_RIGHTS[method] for method in spec["methods"]} | bulk)}


BATCH = JobKind("batch", _read_spec, _rights, _cut, write=_Operations(), tells_created=True)
