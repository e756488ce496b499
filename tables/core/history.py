"""Entries of an item's history: what one write made of an item, by whom, and how it is stored.

An item is named by its real table and the digest of its key, so that every alias of the table
shares one history. Entries are numbered from 1 without holes: the number tells a removed entry
from a change that came from outside.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

import orjson

from tables.core.descriptions import TableDescription
from tables.core.expressions import Placeholders
from tables.core.keys import key_of
from tables.core.operations import Put, Update
from tables.core.preconditions import state_of
from tables.core.updates import canonical_value
from tables.core.values import AttributeValue, Item

Action = Literal["create", "change", "delete", "restore", "undo", "forgotten"]
Fate = Literal["", "done", "void"]
# Fingerprints of an item before a write and after it, empty where there is none.
States = tuple[str, str]

# One partition of an index takes 1,000 writes a second: four take what several workers can write.
SHARDS = 4
# A version is rebuilt forward from the last whole state: never more than this many steps.
BASE_EVERY = 50
_DIGITS = 10
# What stands in place of a name that was forgotten.
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote, and how: `door` is the door's name, `request` the X-Request-ID.

    `group` names the bulk action that the write is part of.
    """

    sub: str
    name: str
    door: str
    request: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One version. `at` is in milliseconds of Unix time; `expires` in its seconds, 0 for never.

    `before` and `after` are fingerprints, empty where there was no item. `body` is the packed
    body where it stands in the entry, else it is in so many `chunks`. An entry that is
    `announced` went before its write and was not confirmed yet. `past` is what `expires` is in
    the entry before it: until then that entry must be there. `named` is a keyed digest of the
    author's name, which may be erased later but not replaced. `is_filed` says of an entry that
    was read from the table whether the indexes list it where it belongs.
    """

    item: str
    n: int
    at: int
    author: Author
    action: Action
    table: str
    alias: str
    key: Item
    before: str
    after: str
    digest: str = ""
    body: bytes | None = None
    chunks: int = 0
    is_base: bool = False
    of: int | None = None
    expires: int = 0
    past: int = 0
    announced: bool = False
    outcome: Fate = ""
    named: str = ""
    hash: str = ""
    is_filed: bool = field(default=True, compare=False)

    @property
    def happened(self) -> bool:
        """Whether the write is known to have been made."""
        return not self.announced and self.outcome != "void"

    def put(self, history_table: str) -> Put:
        """The write of this entry, unless its number is taken."""
        pool = Placeholders()
        condition = f"attribute_not_exists({pool.name('item')})"
        return Put(history_table, wire_entry(self), condition, pool)

    def confirm(self, history_table: str, outcome: Fate) -> Update:
        """Say what became of the announced write, unless somebody has."""
        pool = Placeholders()
        announced, name = pool.name("announced"), pool.name("outcome")
        value = pool.value({"S": outcome})
        return Update(
            history_table,
            self.stored_key,
            f"SET {name} = {value} REMOVE {announced}",
            f"attribute_exists({announced})",
            pool,
        )

    @property
    def stored_key(self) -> Item:
        """The key of the entry in the history table."""
        return {"item": {"S": self.item}, "n": {"S": number(self.n)}}


def item_name(key: Item, description: TableDescription) -> str:
    """The name that all entries of an item share: its real table and its key's digest."""
    _tag, content = canonical_value({"M": key_of(key, description)})
    canonical = orjson.dumps([description.name, content], option=orjson.OPT_SORT_KEYS)
    return f"{description.name}#{hashlib.sha256(canonical).hexdigest()[:32]}"


def fingerprint(item: Item | None, ignored: frozenset[str] = frozenset()) -> str:
    """The fingerprint of a state, without the attributes that history leaves out; empty: none."""
    return "" if item is None else state_of(without(item, ignored))


def without(item: Item, ignored: frozenset[str]) -> Item:
    """An item without the attributes that history leaves out."""
    return {name: value for name, value in item.items() if name not in ignored} if ignored else item


def needs_base(n: int, left: str | None, before: str) -> bool:
    """Whether an entry must hold the whole state before it, so that versions can be rebuilt.

    `left` is the state that the last entry left, None for the first.
    """
    return bool(before) and (left != before or n % BASE_EVERY == 0)


def number(n: int) -> str:
    """A version as the sort key spells it: text, because some engines sort numbers as text."""
    return f"{n:0{_DIGITS}d}"


def line(table: str, shard: int) -> str:
    """The partition of a table's entries in time's order."""
    return f"{table}#{shard}"


def person(sub: str, shard: int) -> str:
    """The partition of a person's entries in time's order."""
    return f"{sub}#{shard}"


def shard_of(item: str) -> int:
    """Which of the partitions an item's entries go to."""
    return int(item.rpartition("#")[2], 16) % SHARDS


# ---------------------------------------------------------------- as it is stored

_TEXTS: Mapping[str, str] = {
    "action": "action",
    "table": "table",
    "alias": "alias",
    "before": "before",
    "after": "after",
    "digest": "digest",
    "named": "named",
    "hash": "hash",
    "outcome": "outcome",
}
_NUMBERS: Mapping[str, str] = {
    "at": "at",
    "chunks": "chunks",
    "of": "of",
    "expires": "expires",
    "past": "past",
}
_FLAGS: Mapping[str, str] = {"base": "is_base", "announced": "announced"}
_AUTHOR: Mapping[str, str] = {
    "by": "sub",
    "name": "name",
    "door": "door",
    "request": "request",
    "group": "group",
}


def wire_entry(entry: Entry) -> Item:
    """The entry as it is stored; what is empty is absent."""
    stored: Item = {
        "item": {"S": entry.item},
        "n": {"S": number(entry.n)},
        "key": {"M": entry.key},
        **_filed(entry.item, entry.table, entry.author.sub),
    }
    stored |= _filled("S", _AUTHOR, entry.author) | _filled("S", _TEXTS, entry)
    stored |= _filled("N", _NUMBERS, entry) | _filled("BOOL", _FLAGS, entry)
    if entry.body is not None:
        stored["changes"] = {"B": base64.b64encode(entry.body).decode()}
    return stored


def read_entry(stored: Item) -> Entry:
    """The entry that a stored item is. An index gives no body and no fingerprints."""
    body = stored.get("changes")
    author = Author(**{field: _text(stored, name) for name, field in _AUTHOR.items()})
    of = _number(stored, "of")
    item, table = _text(stored, "item"), _text(stored, "table")
    return Entry(
        item=item,
        n=int(_text(stored, "n")),
        at=_number(stored, "at"),
        author=author,
        action=cast("Action", _text(stored, "action")),
        table=table,
        alias=_text(stored, "alias"),
        key=stored.get("key", {"M": {}})["M"],
        before=_text(stored, "before"),
        after=_text(stored, "after"),
        digest=_text(stored, "digest"),
        named=_text(stored, "named"),
        body=base64.b64decode(body["B"]) if body is not None else None,
        chunks=_number(stored, "chunks"),
        is_base="base" in stored,
        of=of or None,
        expires=_number(stored, "expires"),
        past=_number(stored, "past"),
        announced="announced" in stored,
        outcome=cast("Fate", _text(stored, "outcome")),
        hash=_text(stored, "hash"),
        is_filed=stored.items() >= _filed(item, table, author.sub).items(),
    )


def _filed(item: str, table: str, sub: str) -> Item:
    """The keys of the indexes, which follow from the rest."""
    shard = shard_of(item)
    return {"line": {"S": line(table, shard)}, "person": {"S": person(sub, shard)}}


def _filled(tag: str, fields: Mapping[str, str], source: object) -> dict[str, AttributeValue]:
    found = {name: getattr(source, field) for name, field in fields.items()}
    spelled = str if tag in ("S", "N") else bool
    return {name: {tag: spelled(value)} for name, value in found.items() if value}


def _text(stored: Item, name: str) -> str:
    return str(stored.get(name, {"S": ""})["S"])


def _number(stored: Item, name: str) -> int:
    return int(stored.get(name, {"N": "0"})["N"])
