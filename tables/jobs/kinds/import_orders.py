"""What is asked of an import: which upload, how it is read, and what a person chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, BinaryIO, cast

from tables.core.errors import InvalidRequest
from tables.core.file_formats import FORMATS, FileReading, Look, look_at, text_of
from tables.core.file_rows import head_of, places_of
from tables.core.file_text import ENCODINGS, MAX_LOOKED_AT
from tables.core.import_rules import DUPLICATES, MODES, Choices, Duplicates, Mode, Rules
from tables.core.operand_types import filter_types
from tables.core.sheets import HEAD_KINDS, Head, parse_heads
from tables.core.values import member_error
from tables.items.new_keys import makes_key
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.jobs import files
from tables.jobs.kind import Spec, at_member
from tables.jobs.kinds.which import MOST_KEYS
from tables.records.jobs.models import Job

RIGHTS: Mapping[Mode, frozenset[str]] = {
    "create": frozenset({"view", "add"}),
    "update": frozenset({"view", "change"}),
    "upsert": frozenset({"view", "add", "change"}),
    "replace": frozenset({"view", "add", "change"}),
}
# Text whose lines tell how many a whole file has.
_MEASURED_BYTES = 1024**2
_COLUMNS = ("taken", "cleared", "left_out")
_MEMBERS = frozenset(
    {*_COLUMNS, "upload", "name", "mode", "encoding", "delimiter", "format", "kinds", "duplicates"}
)


def read_spec(given: Mapping[str, Any], target: Target) -> Spec:
    """An import as it is kept. Raises InvalidRequest, TooLarge."""
    unknown = sorted(given.keys() - _MEMBERS)
    if unknown:
        raise member_error("", "An import has no {name}.", name=repr(unknown[0]))
    name = files.upload_name(target.caller, _text(given, "upload"))
    with files.open_file(name) as file:
        with at_member("/file"):
            reading = _reading(file, given)
            heads = _heads(file, reading)
            _require_keys(heads, target)
        columns = {member: _listed(given, member, heads) for member in _COLUMNS}
        _require_keys_read(columns["left_out"], heads, target)
        spec: Spec = {
            "upload": name,
            "name": _text(given, "name")[:255],
            "reading": asdict(reading),
            "mode": _mode(given),
            **columns,
            "kinds": _kinds(given, heads),
            "duplicates": _duplicates(given),
            "count": _count(file, reading),
        }
    return spec


def rights(spec: Spec, alias: str) -> Mapping[str, frozenset[str]]:
    """What an import takes: by its mode, and for more rows than a page shows `bulk`."""
    bulk = {"bulk"} if spec["count"] > MOST_KEYS else set()
    return {alias: RIGHTS[spec["mode"]] | bulk}


def reading_of(spec: Spec) -> FileReading:
    """How the file is read."""
    return FileReading(**spec["reading"])


def rules_of(spec: Spec, file: BinaryIO, target: Target) -> Rules:
    """How its rows are read. Raises InvalidRequest."""
    chosen = {member: frozenset(spec[member]) for member in _COLUMNS}
    return Rules(
        target.description,
        Choices(spec["mode"], **chosen, kinds=spec["kinds"]),
        _heads(file, reading_of(spec)),
        filter_types(target.table, target.description),
        frozenset(kept_names(target.table)),
    )


def _reading(file: BinaryIO, given: Mapping[str, Any]) -> FileReading:
    encoding, delimiter = _text(given, "encoding"), _text(given, "delimiter")
    look = look_at(file, encoding=encoding, delimiter=delimiter)
    reading = look.reading
    if look.bad is not None:
        raise member_error(
            "/encoding",
            "Line {line}, column {column} is not UTF-8: {byte}. Say its encoding: {known}.",
            byte=f"{look.bad.byte:02X}",
            line=look.bad.line,
            column=look.bad.column,
            known=_offered(look),
        )
    if not reading.encoding:
        raise member_error(
            "/encoding", "The file is not UTF-8. Say its encoding: {known}.", known=_offered(look)
        )
    if not reading.is_decided:
        raise member_error(
            "/delimiter",
            "The first line could be cut in more than one way: say the delimiter, {known}.",
            known=", ".join(map(repr, look.heads)),
        )
    chosen = _text(given, "format") or reading.format
    if chosen not in FORMATS or FORMATS[chosen].container != FORMATS[reading.format].container:
        raise member_error("/format", "The file can't be read as {name}.", name=repr(chosen))
    return replace(reading, format=chosen)


def _offered(look: Look) -> str:
    return ", ".join(ENCODINGS[name] for name in look.lines)


def _heads(file: BinaryIO, reading: FileReading) -> tuple[Head, ...]:
    is_sheet = FORMATS[reading.format].shape == "cells"
    return parse_heads(head_of(file, reading)) if is_sheet else ()


def _require_keys(heads: tuple[Head, ...], target: Target) -> None:
    named = {head.path[0] for head in heads if len(head.path) == 1}
    wanted = list(target.description.key_names)
    if makes_key(target):
        wanted.remove(target.description.partition_key.name)
    missing = [name for name in wanted if name not in named]
    if heads and (entity := target.table.entity):
        patterns = [entity.key[name] for name in missing if name in entity.key]
        parts = {part for pattern in patterns for part in pattern.names}
        lacking = [name for name in entity.asked if name in parts and name not in named]
        missing = [*(name for name in missing if name not in entity.key), *lacking]
    if heads and missing:
        raise InvalidRequest(
            "No column is {name}, which the key is made of. The columns are {columns}."
            if missing[0] not in wanted
            else "No column is the key attribute {name}. The columns are {columns}.",
            name=repr(missing[0]),
            columns=", ".join(head.text for head in heads)[:500],
        )


def _require_keys_read(left_out: list[str], heads: tuple[Head, ...], target: Target) -> None:
    """Raise InvalidRequest for a key that is not to be read: without it no row names an item."""
    keys = [
        head.text
        for head in heads
        if head.path[:1] and head.path[0] in target.description.key_names
    ]
    if both := sorted({*keys} & {*left_out}):
        raise member_error(
            "/left_out", "{name} is part of the key, and can't be left out.", name=repr(both[0])
        )


def _count(file: BinaryIO, reading: FileReading) -> int:
    """How many rows there are: exactly where they are few or in hand, else about.

    Of a large file no more is read than its start: then they count as many, however long they are.
    """
    if FORMATS[reading.format].container == "workbook":
        return sum(1 for _place in places_of(file, reading))
    found = 0
    for place in islice(places_of(file, reading), MOST_KEYS + 1):
        found += 1
        if place.offset > MAX_LOOKED_AT:
            found = MOST_KEYS + 1
            break
    if found <= MOST_KEYS:
        return found
    lines = text_of(file, reading).read(_MEASURED_BYTES).count(b"\n") + 1
    # Of a packed file as much as was unpacked, with what the unpacking has read ahead.
    read = file.tell()
    return max(found, file.seek(0, 2) * lines // read)


def counted(job: Job) -> int | None:
    """How many rows the file of an import has; None while nobody has counted so many."""
    if "staged" in job.estimate:
        return int(job.estimate["items"])
    count = int(job.spec["count"])
    return count if count <= MOST_KEYS else None


def _mode(given: Mapping[str, Any]) -> Mode:
    mode = given.get("mode", "upsert")
    if mode not in MODES:
        raise member_error("/mode", '"mode" is one of {names}.', names=", ".join(MODES))
    chosen: Mode = mode
    return chosen


def _duplicates(given: Mapping[str, Any]) -> Duplicates:
    chosen = given.get("duplicates") or "refuse"
    if chosen not in DUPLICATES:
        raise member_error(
            "/duplicates", '"duplicates" is one of {names}.', names=", ".join(DUPLICATES)
        )
    return cast("Duplicates", chosen)


def is_last_taken(spec: Spec) -> bool:
    """Whether the last line that names an item is the one that is taken."""
    return spec.get("duplicates") == "last"  # an order of a release before has none


def _text(given: Mapping[str, Any], member: str) -> str:
    value = given.get(member, "")
    if not isinstance(value, str):
        raise member_error(f"/{member}", '"{member}" is a text.', member=member)
    return value


def _listed(given: Mapping[str, Any], member: str, heads: tuple[Head, ...]) -> list[str]:
    value = given.get(member, [])
    known = {head.text for head in heads}
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise member_error(f"/{member}", '"{member}" is a list of columns.', member=member)
    _require_columns(member, value, known)
    return sorted(set(value))


def _kinds(given: Mapping[str, Any], heads: tuple[Head, ...]) -> dict[str, str]:
    value = given.get("kinds", {})
    if not isinstance(value, dict) or not HEAD_KINDS.issuperset(map(str, value.values())):
        raise member_error(
            "/kinds", '"kinds" gives columns one of {names}.', names=", ".join(sorted(HEAD_KINDS))
        )
    _require_columns("kinds", value, {head.text for head in heads})
    return value


def _require_columns(member: str, names: Any, known: set[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise member_error(
            f"/{member}", "The file has no column {name}.", name=repr(unknown[0][:100])
        )
