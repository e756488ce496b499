"""Kinds of items found in a sample of them: the mark, and the patterns that their keys keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tables.core.descriptions import TableDescription
from tables.core.patterns import text_of
from tables.core.type_marks import TYPE_MARKS, mark_of
from tables.core.values import Item

# What keys are put together with.
_SEPARATOR = "#"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
# What would make a placeholder of a name another one, or a path.
_NOT_IN_A_PATTERN = re.compile(r"[{}:.\[\]\\]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind of items: what is true of each (`when`), how many were seen, and patterns of the key
    attributes. `key_only` are placeholders that no attribute holds, `notes` what can't be told.
    """

    alias: str
    when: dict[str, str]
    count: int
    key: dict[str, str]
    key_only: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def toml(self, of: str) -> str:
        """The section of the alias map that says so; a comment where nothing marks the kind."""
        notes = [f"# {' '.join(note.split())}" for note in self.notes]
        lines = [f"[{self.alias}]", f"of = {_quoted(of)}", f"when = {_inline(self.when)}"]
        if self.key:
            lines.append(f"key = {_inline(self.key)}")
            if self.key_only:
                lines.append(f"key_only = [{', '.join(map(_quoted, self.key_only))}]")
        if not self.when:
            lines = [f"# {line}" for line in lines if not line.startswith("when")]
        lines = notes + lines
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class KeyPatterns:
    """The patterns that the keys of some items keep: of all key attributes, or of none. `note`
    says why there are none.
    """

    patterns: dict[str, str]
    key_only: tuple[str, ...] = ()
    note: str = ""


def suggest(items: Iterable[Item], description: TableDescription) -> list[Suggestion]:
    """The kinds that an attribute marks, in the order in which they are met first."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        mark = mark_of(item)
        if mark is not None and mark[0] not in description.key_names:
            groups.setdefault(mark, []).append(item)
    taken: set[str] = set()
    found = []
    for (name, text), members in groups.items():
        keys = patterns_of(members, description)
        notes = (keys.note,) if keys.note else ()
        alias = free_alias(text, taken)
        found.append(
            Suggestion(alias, {name: text}, len(members), keys.patterns, keys.key_only, notes)
        )
    return found


def patterns_of(items: Sequence[Item], description: TableDescription) -> KeyPatterns:
    """What the keys of these items are made of.

    Only samples that differ tell a value from text: one alone does not, nor do items that all have
    one partition key.
    """
    if len(items) < 2:
        return KeyPatterns({}, note="Its key can't be told from one sample.")
    first = description.partition_key.name
    if len({text_of(item[first]) for item in items}) == 1:
        text = _quoted(str(text_of(items[0][first])))
        words = f"Its key can't be told: {first} is {text} in each of {len(items)} samples."
        return KeyPatterns({}, note=words)
    columns = _Columns(items, description)
    patterns = {}
    for name in description.key_names:
        pattern = columns.pattern(name)
        if pattern is None:
            words = f"Its key can't be told: {name} has not as many parts between {_SEPARATOR}"
            return KeyPatterns({}, note=f"{words} in every sample.")
        patterns[name] = pattern
    return KeyPatterns(patterns, tuple(columns.labels.values()))


class _Columns:
    """Keys of samples, cut into segments, and the names of those that no attribute holds."""

    def __init__(self, items: Sequence[Item], description: TableDescription) -> None:
        self.items = items
        passed = {*description.key_names, *TYPE_MARKS}
        # Attributes whose text may stand in a key, by their texts in the samples, in order.
        self.attributes: dict[tuple[str | None, ...], str] = {}
        for name in items[0]:
            if name not in passed and not _NOT_IN_A_PATTERN.search(name):
                texts = (text_of(item[name]) if name in item else None for item in items)
                self.attributes.setdefault(tuple(texts), name)
        self.labels: dict[tuple[str, ...], str] = {}

    def pattern(self, name: str) -> str | None:
        """The pattern that a key attribute keeps in every item."""
        texts = [text_of(item[name]) for item in self.items]
        rows = [text.split(_SEPARATOR) for text in texts if text is not None]
        if len(rows) < len(self.items) or len({len(row) for row in rows}) != 1:
            return None
        parts: list[str] = []
        for column in zip(*rows, strict=True):
            parts.append(self._part(column, parts))
        return _SEPARATOR.join(parts)

    def _part(self, column: tuple[str, ...], before: Sequence[str]) -> str:
        if column in self.attributes:
            return f"{{{self.attributes[column]}}}"
        if len(set(column)) == 1:
            return column[0].replace("{", "{{").replace("}", "}}")
        if column not in self.labels:
            self.labels[column] = self._free_label(before)
        return f"{{{self.labels[column]}}}"

    def _free_label(self, before: Sequence[str]) -> str:
        """A name for what no attribute holds: after the text before it, such as `customer`."""
        words = before[-1] if before and not before[-1].startswith("{") else ""
        label = _NOT_A_NAME.sub("", words).lower() or f"part{len(before) + 1}"
        taken = {*self.labels.values(), *(name for item in self.items for name in item)}
        return next(name for name in _numbered(label) if name not in taken)


def free_alias(text: str, taken: set[str]) -> str:
    """An alias for the kind that a mark says, not taken by another."""
    words = [word for word in _NOT_A_NAME.split(text) if word]
    alias = "".join(word[:1].upper() + word[1:] for word in words)[:50]
    alias = alias if alias[:1].isalpha() else f"Kind{alias}"
    unique = next(name for name in _numbered(alias) if name not in taken)
    taken.add(unique)
    return unique


def _numbered(alias: str) -> Iterator[str]:
    yield alias
    number = 2
    while True:
        yield f"{alias}{number}"
        number += 1


def _inline(entries: Mapping[str, str]) -> str:
    return (
        f"{{ {', '.join(f'{_name(name)} = {_quoted(text)}' for name, text in entries.items())} }}"
    )


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
