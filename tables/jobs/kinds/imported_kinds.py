"""Rows of an import as items of an entity: what their keys are made of, and what is made."""

from __future__ import annotations

import uuid
from dataclasses import replace

from tables.core.entities import Entity, is_random, seeded
from tables.core.expressions import parse_path
from tables.core.file_rows import FileRow
from tables.core.import_rows import Judged
from tables.core.import_rules import Rules
from tables.core.values import Item
from tables.items.clock import now
from tables.items.new_keys import completed_new, makes_key, without_blank_parts
from tables.items.target import Target


def completed_row(item: Item, row: FileRow, target: Target, job: uuid.UUID) -> Item:
    """The new item that a row makes. Raises InvalidValue where a part of its key is missing.

    The same row of the same job makes the same one, however often it is read.
    """
    entity = target.table.entity or Entity()
    random = {
        name: seeded(maker, now(), uuid.uuid5(job, f"{row.number} {name}"))
        for name, maker in entity.make.items()
        if is_random(maker) and name not in item
    }
    return completed_new(item, target, random)


def read_for_key(named: Item, target: Target) -> frozenset[str]:
    """The attributes that only the key of a row takes, or that make as much of it as is not named.

    No other cell says them, so each that is filled is to be read.
    """
    entity = target.table.entity or Entity()
    patterns = [pattern for name, pattern in entity.key.items() if name not in named]
    parts = {name for pattern in patterns for name in pattern.names}
    if makes_key(target) and target.description.partition_key.name not in named:
        parts |= {str(parse_path(path)[0]) for path in target.table.natural_key}
    return entity.key_only | parts


def without_blanks(item: Item, target: Target) -> Item:
    """What a row says, without the parts of its key that are null or empty: they are as absent."""
    return without_blank_parts(item, target.table.entity or Entity())


def held_row(row: FileRow, target: Target) -> FileRow:
    """The row without what no item of the kind holds: what stands in keys alone, blank parts."""
    if row.item is None or target.table.entity is None:
        return row
    alone, item = _key_only(target), without_blanks(row.item, target)
    return replace(row, item={name: item[name] for name in item if name not in alone})


def rules_within(rules: Rules, target: Target) -> Rules:
    """The same for rows of cells: such columns are read for the key, and not for the item."""
    alone = _key_only(target)
    passed = {head.text for head in rules.heads if head.path and head.path[0] in alone}
    choices = replace(rules.choices, left_out=rules.choices.left_out | passed)
    return replace(rules, choices=choices) if passed else rules


def with_made(judged: Judged, new: Item) -> Judged:
    """A row that makes a new item, with what the row does not say of it."""
    if judged.verdict != "new" or judged.after is None:
        return judged
    return replace(judged, after={**new, **judged.after})


def _key_only(target: Target) -> frozenset[str]:
    return target.table.entity.key_only if target.table.entity else frozenset()
