"""Walking the whole history table to prove that nothing was removed, altered or exchanged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tables.core.history import Entry
from tables.core.history_bodies import BrokenBody
from tables.core.history_chain import Finding, broken
from tables.dynamodb.history_table import all_entries_of, body_of, item_names
from tables.records.history.entries import secrets


@dataclass(slots=True)
class Verified:
    """What a walk has seen: items, entries, those still only announced, and what does not fit."""

    items: int = 0
    entries: int = 0
    announced: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(table: str = "") -> Verified:
    """Look at every item's entries, or at those of one real table. Raises TablesError."""
    found = Verified()
    for name in item_names(table):
        entries = all_entries_of(name)
        found.items += 1
        found.entries += len(entries)
        found.announced += sum(entry.announced for entry in entries)
        found.findings += broken(entries, secrets(), int(time.time()))
        found.findings += _broken_bodies(entries)
    return found


def missing_from(logged: Iterator[tuple[str, int, str]]) -> Iterator[Finding]:
    """What the log saw written and the table lost, though it is too young to have expired.

    Each entry is (item, number, hash) as its log line says. A tail that was cut off leaves no
    hole, so that only the log knows of it.
    """
    for item, n, digest in logged:
        entries = {entry.n: entry for entry in all_entries_of(item)}
        entry = entries.get(n)
        newest = max(entries, default=0)
        if entry is not None and entry.hash != digest:
            yield Finding("altered", item, n)
        elif entry is None and newest < n:
            yield Finding("removed", item, n)


def _broken_bodies(entries: list[Entry]) -> Iterator[Finding]:
    for entry in entries:
        if entry.action == "forgotten" or (entry.announced and entry.chunks):
            continue  # it has none, or its writer may have died before they were written
        try:
            body_of(entry)
        except BrokenBody:
            yield Finding("body", entry.item, entry.n)
