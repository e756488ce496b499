"""Copy of items to another table: the keys, the schema and the rights are those of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tables.configuration import registry
from tables.core.bare_words import bare
from tables.core.errors import ItemExists, Sentence, TablesError
from tables.core.keys import decode_token, encode_token, key_of
from tables.core.values import member_error
from tables.items.pinned import as_read, same_but_for_ours
from tables.items.puts import create
from tables.items.rules import admitted_change
from tables.items.target import Target
from tables.items.wanted import Mark, Settled
from tables.jobs.chunk_rows import refused
from tables.jobs.kind import Begun, Candidate, Chunk, Cursor, JobKind, Spec, Work
from tables.jobs.kinds import found, which
from tables.jobs.others import GONE_SINCE_CHECK
from tables.records.jobs.reports import MOST_WORDS, Result

# What happens where the target has an item of that key.
_MODES = ("create", "replace")


class _Copies:
    """The writes of a copy; `origin` of each is the token of the item that is copied."""

    def read(self, work: Work, cursor: Cursor) -> Chunk:
        chunk = found.read(work, cursor)
        candidates, rows = _placed(work, chunk.candidates)
        return Chunk(candidates, chunk.next, chunk.scanned, rows)

    def again(self, work: Work, _cursor: Cursor, begun: Sequence[Begun]) -> Sequence[Candidate]:
        keys = [decode_token(each.origin, work.target.description) for each in begun]
        sources = which.read_now(work.target, keys)
        there = which.read_now(_target(work), [each.key for each in begun])
        return [
            Candidate(each.key, item, given=source, origin=each.origin)
            for each, item, source in zip(begun, there, sources, strict=True)
        ]

    def write(self, work: Work, candidate: Candidate) -> Settled | None:
        target, before, source = _target(work), candidate.before, candidate.given
        mark = Mark(group=str(work.job.pk))
        if source is None:
            return None  # it went after it was read
        if before is None:
            after = create(target, source).outcome.after
            return as_read(target, candidate.key, None, after, mark)
        if same_but_for_ours(source, before, target):
            return None
        if work.spec["mode"] == "create":
            raise ItemExists("An item with this key exists already.")
        target.require("change")
        return as_read(target, candidate.key, before, admitted_change(source, before, target), mark)


def _placed(work: Work, sources: Sequence[Candidate]) -> tuple[list[Candidate], list[Result]]:
    """Where each item goes: its key there, and what stands there; what can't go is refused."""
    target, description = _target(work), work.target.description
    placed: dict[str, Candidate] = {}
    rows: list[Result] = []
    for each in sources:
        source, origin = each.before, encode_token(each.key, description)
        if source is None:
            if each.found is not None:
                rows.append(Result(each.origin, "changed", GONE_SINCE_CHECK))
            continue
        try:
            key = key_of(source, target.description)
        except TablesError as error:
            rows.append(_keyless(error, target, origin))
            continue
        token = encode_token(key, target.description)
        if token in placed:
            rows.append(
                _taken(ItemExists("Another item that is copied has this key."), token, origin)
            )
        else:
            placed[token] = replace(each, key=key, given=source, origin=origin)
    read = which.read_all(target, [each.key for each in placed.values()])
    candidates = []
    for (token, each), item in zip(placed.items(), read.items, strict=True):
        if token in read.hidden:
            rows.append(_taken(ItemExists("Another item has this key."), token, each.origin))
        else:
            candidates.append(replace(each, before=item))
    return candidates, rows


def _taken(error: ItemExists, token: str, origin: str) -> Result:
    return refused(token, error)._replace(origin=origin)


def _keyless(error: TablesError, target: Target, origin: str) -> Result:
    """The row of an item that can't have a key at the target: it is named by its own."""
    reason = error.problems[0].detail if error.problems else error.message
    words = bare(
        Sentence(
            "It can't be an item of {alias}: {reason}", alias=target.table.alias, reason=reason
        )
    )
    return Result("", "refused", error.code, detail=words[:MOST_WORDS], origin=origin)


def _target(work: Work) -> Target:
    return work.targets[work.spec["to"]]


def _read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    to, mode = given.get("to"), given.get("mode") or _MODES[0]
    if not isinstance(to, str):
        raise member_error("/to", '"to" is the alias of the table that is copied to.')
    if mode not in _MODES:
        raise member_error("/mode", '"mode" is one of {names}.', names=", ".join(_MODES))
    if registry().get(to).table == target.table.table:
        raise member_error("/to", "A table can't be copied onto itself.")
    return {**which.read_which(given, target), "to": to, "mode": mode}


def _rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    there = {"add"} | ({"change"} if spec["mode"] == "replace" else set())
    there |= {"bulk"} if which.is_bulk(spec) else set()
    return {alias: frozenset({"export"}), spec["to"]: frozenset(there)}


COPY = JobKind(
    "copy",
    _read_spec,
    _rights,
    found.cut,
    write=_Copies(),
    check=_Copies(),
    writes_what_was_found=True,
)
