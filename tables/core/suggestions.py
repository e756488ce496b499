"""Kinds of items found in a sample of them: the mark, and the patterns that their keys keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tables.core.descriptions import TableDescription
from tables.core.patterns import text_of
from tables.core.type_marks import TYPE_MARKS, mark_of
from tables.core.values import Item

# What keys are put together with.
_SEPARATOR = "#"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind of items: the attribute that marks it and its text, how many were seen, and patterns
    of the key attributes that keep one. `key_only` are placeholders that no attribute holds.
    """

    alias: str
    mark: str
    text: str
    count: int
    key: dict[str, str]
    key_only: tuple[str, ...] = ()

    def toml(self, of: str) -> str:
        """The section of the alias map that says so."""
        lines = [f"[{self.alias}]", f"of = {_quoted(of)}"]
        lines.append(f"when = {{ {_name(self.mark)} = {_quoted(self.text)} }}")
        if self.key:
            parts = (f"{_name(name)} = {_quoted(text)}" for name, text in self.key.items())
            lines.append(f"key = {{ {', '.join(parts)} }}")
        if self.key and self.key_only:
            lines.append(f"key_only = [{', '.join(map(_quoted, self.key_only))}]")
        return "\n".join(lines) + "\n"


def suggest(items: Iterable[Item], description: TableDescription) -> list[Suggestion]:
    """The kinds that an attribute marks, in the order in which they are met first."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        mark = mark_of(item)
        if mark is not None and mark[0] not in description.key_names:
            groups.setdefault(mark, []).append(item)
    taken: set[str] = set()
    return [_suggestion(mark, members, description, taken) for mark, members in groups.items()]


def _suggestion(
    mark: tuple[str, str], items: Sequence[Item], description: TableDescription, taken: set[str]
) -> Suggestion:
    key: dict[str, str] = {}
    only: dict[str, None] = {}
    for name in description.key_names:
        found = _pattern(name, items, description)
        if found is not None:
            key[name] = found[0]
            only |= dict.fromkeys(found[1])
    if key.keys() != set(description.key_names):
        key, only = {}, {}
    return Suggestion(free_alias(mark[1], taken), *mark, len(items), key, tuple(only))


def _pattern(
    name: str, items: Sequence[Item], description: TableDescription
) -> tuple[str, list[str]] | None:
    """The pattern that a key attribute keeps in every item, and the names it alone holds."""
    texts = [text_of(item[name]) for item in items]
    rows = [text.split(_SEPARATOR) for text in texts if text is not None]
    if len(rows) < len(items) or len({len(row) for row in rows}) != 1:
        return None
    parts: list[str] = []
    only: list[str] = []
    for place, column in enumerate(zip(*rows, strict=True)):
        # One sample tells no placeholder from text: the first segment is text then.
        attribute = _attribute(column, items, description)
        if attribute is not None and (len(items) > 1 or place > 0):
            parts.append(f"{{{attribute}}}")
        elif len(set(column)) == 1:
            parts.append(column[0].replace("{", "{{").replace("}", "}}"))
        else:
            label = _placeholder(parts, place)
            parts.append(f"{{{label}}}")
            only.append(label)
    return _SEPARATOR.join(parts), only


def _attribute(
    column: Sequence[str], items: Sequence[Item], description: TableDescription
) -> str | None:
    """The attribute that has the segment's text in every item."""
    for name in items[0]:
        if name in (*description.key_names, *TYPE_MARKS) or re.search(r"[{}:.\[\]\\]", name):
            continue
        if all(
            name in item and text_of(item[name]) == text
            for item, text in zip(items, column, strict=True)
        ):
            return name
    return None


def _placeholder(before: Sequence[str], place: int) -> str:
    """A name for what no attribute holds: after the text before it, such as `customer`."""
    words = before[-1] if before and not before[-1].startswith("{") else ""
    return _NOT_A_NAME.sub("", words).lower() or f"part{place + 1}"


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


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
