"""What a run of history entries proves: order, gaps, removed entries, and versions rebuilt.

Entries are given oldest first. Whoever may write the history table can alter or remove entries,
but can't make the chain of their keyed hashes fit again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import orjson

from tables.core.deltas import Contested, apply_deltas
from tables.core.history import ERASED, Entry, fingerprint
from tables.core.history_bodies import Body
from tables.core.updates import canonical_value
from tables.core.values import Item

_HASH_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Gap:
    """A change from outside between two entries; `newer` is None: after the last."""

    older: Entry | None
    newer: Entry | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that can't have come from us: which entry, and what is wrong with it."""

    kind: Literal["removed", "altered", "body"]
    item: str
    n: int


def judged(entries: Sequence[Entry], now: str) -> list[Entry]:
    """The entries, each announced one told done or void by the states that came after it.

    `now` is the fingerprint of the item as it is. A write was made if what it left is what the
    next effective entry found: all our writes are pinned, so of two in flight one fails.
    """
    found = []
    state = now
    for entry in reversed(entries):
        known = entry
        if entry.announced:
            outcome: Literal["done", "void"] = "done" if entry.after == state else "void"
            known = replace(entry, announced=False, outcome=outcome)
        if known.happened:
            state = known.before
        found.append(known)
    return found[::-1]


def gaps(entries: Sequence[Entry], now: str | None = None) -> list[Gap]:
    """Changes that came from outside: between entries that happened, and after the last.

    `now` is the fingerprint of the item as it is, None where it is not asked for.
    """
    made = [entry for entry in entries if entry.happened and entry.action != "forgotten"]
    found = [
        Gap(older, newer, older.after, newer.before)
        for older, newer in pairwise(made)
        if older.after != newer.before
    ]
    if made and now is not None and made[-1].after != now:
        found.append(Gap(made[-1], None, made[-1].after, now))
    return found


def missing(entries: Sequence[Entry], now_seconds: int) -> list[int]:
    """Numbers that were removed before their time: each entry says until when the last must stand.

    What was forgotten on purpose left an entry that says so.
    """
    found: list[int] = []
    below = 0
    for entry in entries:
        if entry.n > below + 1 and not _is_excused(entry, now_seconds):
            found += range(below + 1, entry.n)
        below = entry.n
    return found


def _is_excused(entry: Entry, now_seconds: int) -> bool:
    """Whether the entries before this one may be gone: they have expired, or were forgotten."""
    return entry.action == "forgotten" or 0 < entry.past <= now_seconds


def rebuilt(entries: Sequence[Entry], n: int, body_of: Callable[[Entry], Body]) -> Item | None:
    """The item as version `n` left it, without what history left out then; None: deleted.

    Walks forward from the last whole state. Raises Contested where the entries don't lead to the
    fingerprint that version `n` has: then the version can't be offered.
    """
    made = [entry for entry in entries if entry.happened and entry.n <= n]
    item: Item | None = None
    for entry, body in _from_base(made, body_of):
        item = apply_deltas(body.deltas, body.base if entry.is_base else item)
    if not made or made[-1].n != n or fingerprint(item) != made[-1].after:
        raise Contested
    return item


def _from_base(
    made: Sequence[Entry], body_of: Callable[[Entry], Body]
) -> Iterator[tuple[Entry, Body]]:
    """The entries from the last that needs nothing before it."""
    starts = [at for at, entry in enumerate(made) if entry.is_base or not entry.before]
    if not starts:
        raise Contested
    return ((entry, body_of(entry)) for entry in made[starts[-1] :])


# ---------------------------------------------------------------- the chain


def chained(entry: Entry, previous: str, secret: bytes) -> Entry:
    """The entry with its keyed hash, which covers the hash before it."""
    named = replace(entry, named=_digest(secret, entry.author.name.encode()))
    return replace(named, hash=_hash(named, previous, secret))


def broken(entries: Sequence[Entry], secrets: Sequence[bytes], now_seconds: int) -> list[Finding]:
    """What does not fit: numbers that are missing, entries whose hash none of the keys gives, and
    those that the indexes list elsewhere or nowhere.

    An entry whose predecessor is gone can't be checked against it, and is taken as it is.
    """
    found = [Finding("removed", entries[0].item, n) for n in missing(entries, now_seconds)]
    below, previous = 0, ""
    for entry in entries:
        starts = entry.action == "forgotten"
        known = starts or entry.n == below + 1
        fits = not known or _fits(entry, "" if starts else previous, secrets)
        if not (fits and entry.is_filed):
            found.append(Finding("altered", entry.item, entry.n))
        below, previous = entry.n, entry.hash
    return found


def _fits(entry: Entry, previous: str, secrets: Sequence[bytes]) -> bool:
    return any(
        hmac.compare_digest(entry.hash, _hash(entry, previous, secret)) and _is_named(entry, secret)
        for secret in secrets
    )


def _is_named(entry: Entry, secret: bytes) -> bool:
    """Whether the author has the name that was signed, or none any more."""
    name = entry.author.name
    return name == ERASED or entry.named == _digest(secret, name.encode())


def _hash(entry: Entry, previous: str, secret: bytes) -> str:
    _tag, key = canonical_value({"M": entry.key})
    author = entry.author
    told = [
        *(previous, entry.item, entry.n, entry.at, entry.action, entry.table, entry.alias, key),
        *(author.sub, author.door, author.request, author.group),
        *(entry.before, entry.after, entry.is_base, entry.of, entry.chunks, entry.digest),
        *(entry.expires, entry.past, entry.named),
    ]
    message = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return _digest(secret, message)


def _digest(secret: bytes, message: bytes) -> str:
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:_HASH_CHARACTERS]
