"""What a row of a file means for the item of its key: new, changed, same, conflict or refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from tables.core.errors import InvalidValue, Problem, Sentence
from tables.core.file_rows import FileRow
from tables.core.import_cells import WantedCells, named_key, own_state, version_of
from tables.core.import_rules import Fault, Rules
from tables.core.keys import coerce_binary_keys, key_of
from tables.core.mangled import read_as_utf_8
from tables.core.preconditions import state_of
from tables.core.sheets import OTHERS
from tables.core.updates import diff
from tables.core.values import TYPES, AttributeValue, Item, content_of, fit_to_stored

Verdict = Literal["new", "changed", "same", "conflict", "refused"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row comes to: `after` is the item as it would be, None for a row that is refused."""

    verdict: Verdict
    after: Item | None = None
    faults: tuple[Fault, ...] = ()


def row_key(row: FileRow, rules: Rules) -> Item:
    """The key that a row names. Raises InvalidValue where it names none, TablesError."""
    if row.error is not None:
        raise row.error
    return key_of(named_in(row, rules), rules.description)


def named_in(row: FileRow, rules: Rules) -> Item:
    """As much of its key as a row names. Raises InvalidValue, TablesError."""
    if row.item is None:
        return named_key(row, rules)
    item = coerce_binary_keys(row.item, rules.description)
    named = {name: item[name] for name in rules.description.key_names if name in item}
    if not row.is_typed and any(map(_is_typed_value, named.values())):
        raise InvalidValue(
            "This is typed JSON, and most of the file is plain: say its format, or write all alike."
        )
    return named


def _is_typed_value(value: AttributeValue) -> bool:
    """Whether a plain value is a typed one that was taken for a map."""
    held = value.get("M")
    return isinstance(held, dict) and len(held) == 1 and TYPES.keys() >= held.keys()


def row_item(row: FileRow, rules: Rules, parts: Collection[str] = ()) -> Item:
    """The item that a row describes by itself, as far as it can be read; for keys made of it.

    Raises InvalidValue where a cell is filled that can't be read, and keys are made of it: as an
    empty one it would make another key.
    """
    if row.item is not None:
        return coerce_binary_keys(row.item, rules.description)
    wanted = WantedCells({}, rules)
    wanted.read(row)
    made_of = {head.text for head in rules.heads if head.path and head.path[0] in parts}
    made_of |= {OTHERS} if parts else set()
    bad = [fault for fault in wanted.faults if fault.column in made_of and not fault.is_warning]
    if bad:
        problems = [Problem(fault.column, fault.detail) for fault in bad]
        raise InvalidValue(bad[0].detail, problems=problems)
    return wanted.after()


def judge(row: FileRow, key: Item, stored: Item | None, rules: Rules) -> Judged:
    """What a row means, beside what is stored at its key (None: nothing is)."""
    mode = rules.choices.mode
    version = version_of(row, rules)
    if stored is None and version:
        is_misread = any(any(read_as_utf_8(str(content_of(part)))) for part in key.values())
        return _refused("refused", _MISREAD) if is_misread else _refused("conflict", _GONE)
    if stored is None and mode == "update":
        return _refused("refused", _MISSING)
    after, faults = _wanted(row, key, stored, rules)
    stops = any(not fault.is_warning for fault in faults)
    if stored is None:
        return Judged("refused", None, faults) if stops else Judged("new", after, faults)
    if not all(fault.spares_rest for fault in faults):
        return Judged("refused", None, faults)
    if not diff(stored, after):
        return Judged("refused" if stops else "same", stored, faults)
    if version and version != state_of(stored):
        is_untouched = own_state(row, rules) == version
        return Judged("same", stored) if is_untouched else Judged("conflict", after, (_CHANGED,))
    if mode == "create":
        return _refused("refused", _EXISTS)
    return Judged("changed", after, faults)


_GONE = Fault(
    "",
    "item_not_found",
    Sentence("The item was there when the file was made: it was deleted, or its key has changed."),
)
_MISREAD = Fault(
    "",
    "mangled_encoding",
    Sentence("No item has this key, and its letters are UTF-8 that was read as another encoding."),
)
_MISSING = Fault("", "item_not_found", Sentence("No item has that key."))
_EXISTS = Fault("", "item_exists", Sentence("An item with this key exists already."))
_CHANGED = Fault("", "conflict", Sentence("The item has changed since the file was made."))


def _refused(verdict: Verdict, fault: Fault) -> Judged:
    return Judged(verdict, None, (fault,))


def _wanted(
    row: FileRow, key: Item, stored: Item | None, rules: Rules
) -> tuple[Item, tuple[Fault, ...]]:
    if row.item is not None:
        return _whole(row.item, row.is_typed, key, stored, rules), ()
    wanted = WantedCells(stored if stored is not None else dict(key), rules, is_new=stored is None)
    wanted.read(row)
    return wanted.after(), tuple(wanted.faults)


def _whole(item: Item, is_typed: bool, key: Item, stored: Item | None, rules: Rules) -> Item:
    """The item after a row that is one: over what is stored, or in its place."""
    old = stored or {}
    if not is_typed:
        coerced = coerce_binary_keys(item, rules.description)
        item = {
            name: fit_to_stored(value, old[name]) if name in old else value
            for name, value in coerced.items()
        }
    base = {} if rules.choices.mode == "replace" else old
    ours = {name: old[name] for name in rules.kept if name in old}
    return {**base, **item, **key, **ours}
