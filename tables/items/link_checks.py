"""Links that a write sets are checked in the same transaction: what they lead to must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings

from tables.access.rights import can
from tables.configuration import description, registry
from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidValue, Problem, Sentence
from tables.core.expressions import Placeholders, value_at
from tables.core.filters import compile_filter
from tables.core.keys import encode_token
from tables.core.links import Check, Link
from tables.core.operations import Companion, ConditionCheck
from tables.core.preconditions import present
from tables.core.registry import Table
from tables.core.values import AttributeValue, Item, content_of, join_pointer
from tables.dynamodb.reads import get_across
from tables.items.target import Target
from tables.items.told import told, told_by
from tables.items.wanted import Outcome, Rewrite, Settled, Tell, Told, Unread

T = TypeVar("T")

_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class NewLink:
    """A value that a write makes a link, and the key that it stands for: None where it can't be
    one.
    """

    link: Link
    value: AttributeValue
    table: Table
    description: TableDescription
    key: Item | None


def checking(target: Target, tell: Tell[T]) -> Tell[T]:
    """What is told of a write, with the checks of its new links as companions.

    Raises InvalidValue where no transaction can hold the checks, and one fails a moment before.
    """
    if not has_checks(target.table):
        return tell

    def told(outcome: Outcome) -> Told[T]:
        checks = _checks(target, outcome)
        told = tell(outcome)
        return replace(told, companions=(*checks, *told.companions)) if checks else told

    return told


def has_checks(table: Table) -> bool:
    """Whether a write may be refused for what it links to."""
    return any(link.check == "refuse" for link in table.links)


def may_set_links(write: Rewrite) -> bool:
    """Whether this write could make a link that must be checked: then the item is read first."""
    if not has_checks(write.target.table):
        return False
    if write.unread is not None:
        return write.unread.outcome.after is not None
    if write.computed is None:
        return True
    checked = [link for link in write.target.table.links if link.check == "refuse"]
    made_from = {str(path[0]) for link in checked for path in link.paths()}
    made_from |= {by for name in made_from for by in told_by(name, write.target.table)}
    # A key attribute is set by every update that creates its item.
    return not made_from.isdisjoint(write.touched | {*write.target.description.key_names})


def checked_links(write: Settled) -> list[NewLink]:
    """The links that this write makes, and that must be checked."""
    return [*new_links(write.target, write.outcome, "refuse")]


def count_checks(target: Target, outcome: Outcome) -> int:
    """How many other items a write checks in its transaction."""
    if not has_checks(target.table):
        return 0
    return len(in_transaction([*new_links(target, outcome, "refuse")], target))


def new_links(target: Target, outcome: Outcome, check: Check) -> Iterator[NewLink]:
    """The links with this check that are in the item after a write, and were not before it."""
    if outcome.after is None or not any(link.check == check for link in target.table.links):
        return
    stored = {} if isinstance(outcome.before, Unread) else outcome.before or {}
    before, after = told(stored, target.table), told(outcome.after, target.table)
    for link in target.table.links:
        if link.check != check or not _is_set(link, before, after):
            continue
        table = registry().get(link.to)
        found = description(table)
        old = link.values(before)
        known = [link.key_of(value, before, found) for value in old]
        for value in link.values(after):
            key = link.key_of(value, after, found)
            is_known = key in known if key is not None else value in old
            is_itself = found.name == target.name and key == outcome.key
            if "NULL" not in value and not is_known and not is_itself:
                yield NewLink(link, value, table, found, key)


def _is_set(link: Link, before: Item, after: Item) -> bool:
    """Whether a link has a value that is not as it was: else nobody asks of the other table."""
    is_changed = any(value_at(before, path) != value_at(after, path) for path in link.paths())
    return is_changed and any("NULL" not in value for value in link.values(after))


def no_item_words(new: NewLink, target: Target) -> Sentence:
    """That nothing is there, in words that tell who may not see the other table nothing of it."""
    if not can(target.caller, "view", new.table):
        return Sentence("This leads to no item.")
    if new.key is None:
        return Sentence("This can't be the key of an item of {table}.", table=new.table.label)
    text = ", ".join(str(content_of(value)) for value in new.key.values())
    return Sentence(
        "No item of {table} has this key: {key}.",
        table=new.table.label,
        key=text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…",
    )


def missing(links: Sequence[NewLink]) -> list[NewLink]:
    """Those that lead nowhere at this moment, read consistently. Raises TablesError."""
    wanted = {_name(new): (new.table.table, new.key) for new in links if new.key is not None}
    read = get_across([(table, key) for table, key in wanted.values()], consistent=True)
    descriptions = {new.table.table: new.description for new in links}
    there = {(name, encode_token(item, descriptions[name])): item for name, item in read.items}
    return [new for new in links if not _is_there(new, there)]


def _is_there(new: NewLink, there: Mapping[tuple[str, str], Item]) -> bool:
    item = there.get(_name(new))
    return item is not None and new.table.holds(item)


def _checks(target: Target, outcome: Outcome) -> list[Companion]:
    found = list(new_links(target, outcome, "refuse"))
    before = [new for new in found if not _is_in_transaction(target.table, new.table)]
    is_readable = all(new.key is not None for new in found)
    gone = missing(before) if before and is_readable else []
    if refused := refused_before(found, gone, target):
        raise refused
    return [_check(new, target) for new in in_transaction(found, target)]


def refused_before(
    found: Sequence[NewLink], gone: Sequence[NewLink], target: Target
) -> InvalidValue | None:
    """Why a write with these links is not sent at all: values that are no keys, and those `gone`
    that no transaction can check.
    """
    if unreadable := [new for new in found if new.key is None]:
        return refusal(unreadable, target)
    before = [new for new in gone if not _is_in_transaction(target.table, new.table)]
    return refusal(before, target) if before else None


def in_transaction(found: Sequence[NewLink], target: Target) -> list[NewLink]:
    """Those of these links that are checked with the write, one for each item."""
    within = [new for new in found if _is_in_transaction(target.table, new.table)]
    return [*{_name(new): new for new in within}.values()]


def _check(new: NewLink, target: Target) -> ConditionCheck:
    pool = Placeholders()
    condition = present(new.description, pool)
    if new.table.entity is not None:
        condition += f" AND {compile_filter(new.table.entity.when, pool)}"
    refused = refusal([new], target)
    return ConditionCheck(new.description.name, new.key or {}, condition, pool, refused)


def _is_in_transaction(own: Table, other: Table) -> bool:
    return settings.DYNAMODB_TRANSACTIONS and own.transactions and other.transactions


def _name(new: NewLink) -> tuple[str, str]:
    return new.table.table, _token(new)


def _token(new: NewLink) -> str:
    return "" if new.key is None else encode_token(new.key, new.description)


def refusal(links: Sequence[NewLink], target: Target) -> InvalidValue:
    """That these links lead nowhere, each with its place."""
    problems = [
        Problem(join_pointer("", new.link.attribute), no_item_words(new, target)) for new in links
    ]
    return InvalidValue(problems[0].detail, problems=problems)
