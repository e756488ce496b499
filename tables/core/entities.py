"""Entities: items of one kind in a table that holds several, and how their keys are made."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tables.core.audit import timestamp
from tables.core.descriptions import KeyAttribute, KeyType
from tables.core.errors import InvalidValue, Problem, Sentence
from tables.core.filters import EVERYTHING, Group, Term, matches, terms_of
from tables.core.keys import key_value_from_text
from tables.core.patterns import Pattern, text_of
from tables.core.updates import same_value
from tables.core.values import AttributeValue, Item, content_of, join_pointer

_UNFILLED = (None, {"NULL": True}, {"S": ""})
NO_TYPES: Mapping[str, KeyType] = MappingProxyType({})
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ulid(now: datetime, random: int) -> str:
    """Text that sorts by the time it was made, and is never made twice (the ULID specification)."""
    number = int(now.timestamp() * 1000) << 80 | random & ((1 << 80) - 1)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


# What `make` can say -> the value that a new item gets where it has none.
MAKERS: dict[str, Callable[[datetime], AttributeValue]] = {
    "uuid": lambda _now: {"S": str(uuid.uuid4())},
    "ulid": lambda now: {"S": _ulid(now, secrets.randbits(80))},
    "now": lambda now: {"S": timestamp(now)},
    "today": lambda now: {"S": now.date().isoformat()},
    "epoch": lambda now: {"N": str(int(now.timestamp()))},
}


def is_random(maker: str) -> bool:
    """Whether what this maker makes is another each time, at the same moment too."""
    return maker in ("uuid", "ulid")


def seeded(maker: str, now: datetime, seed: uuid.UUID) -> AttributeValue:
    """What a random maker makes from a seed: the same of the same."""
    if maker == "ulid":
        return {"S": _ulid(now, seed.int)}
    return {"S": str(uuid.UUID(bytes=seed.bytes, version=4))}


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of items. `when` is what is true of each: terms joined by AND, on whole attributes.

    `key` maps key attributes of the table to the patterns they are made by, `make` attributes to
    the name of their maker. `key_only` are placeholders that no item holds beside its key.
    """

    when: Group = EVERYTHING
    key: Mapping[str, Pattern] = field(default_factory=dict)
    make: Mapping[str, str] = field(default_factory=dict)
    key_only: frozenset[str] = frozenset()

    @property
    def parts(self) -> tuple[str, ...]:
        """What the keys are made of, each name once, in order."""
        names = (name for pattern in self.key.values() for name in pattern.names)
        return tuple(dict.fromkeys(names))

    @property
    def asked(self) -> tuple[str, ...]:
        """The parts that a new item must bring: nobody makes them for it."""
        given = {*self.make, *self.constants}
        return tuple(name for name in self.parts if name not in given)

    @property
    def told(self) -> tuple[str, ...]:
        """What a new item says beside its key, for whoever writes it whole."""
        parts = (name for name in self.parts if name not in self.key_only)
        return tuple(dict.fromkeys((*self.constants, *parts)))

    @property
    def constants(self) -> Item:
        """The attributes that are the same in every item."""
        return {
            str(term.path[0]): term.operands[0]
            for term in terms_of(self.when)
            if term.operator.suffix == "eq"
        }


def made_new(
    item: Item, entity: Entity, now: datetime, types: Mapping[str, KeyType] = NO_TYPES
) -> Item:
    """A new item of the kind: with its constants, what is made for it, and the keys from these.

    What the item says itself stays; `types` are those of key attributes, text where it says none.
    Raises InvalidValue, a problem for each part that is missing.
    """
    told = key_parts(item, entity)
    made = {name: MAKERS[maker](now) for name, maker in entity.make.items() if name not in told}
    whole = {**item, **_lacking(item, {**entity.constants, **made})}
    patterns = {name: made_by for name, made_by in entity.key.items() if name not in whole}
    _require_parts(whole, patterns)
    keys = {
        name: _formatted(KeyAttribute(name, types.get(name, "S")), made_by, whole)
        for name, made_by in patterns.items()
    }
    problems = list(_contradicted({**whole, **keys}, entity, entity.key_only))
    if problems:
        raise InvalidValue(problems[0].detail, problems=problems)
    return {name: v for name, v in {**whole, **keys}.items() if name not in entity.key_only}


def with_parts(item: Item, entity: Entity) -> Item:
    """The item with what its key alone holds, as far as it says nothing of that itself.

    Text, or the key's own value where the key is no more than that.
    """
    if not entity.key_only:
        return item
    told = key_parts(item, entity)
    whole = {pattern.names[0]: item[key] for key, pattern in _values(entity) if key in item}
    alone = {name: whole.get(name, {"S": told[name]}) for name in told if name in entity.key_only}
    return {**alone, **item}


def _values(entity: Entity) -> Iterator[tuple[str, Pattern]]:
    """The keys that are one value and no more."""
    return ((name, made_by) for name, made_by in entity.key.items() if made_by.is_value)


def without_parts(item: Item, entity: Entity, before: Item | None = None) -> Item:
    """The item as it is to be stored: without what its key alone is to hold, and says as well.

    What an item that is stored holds in spite of that stays, until it is changed.
    """
    if entity.key_only.isdisjoint(item):
        return item
    told, held = key_parts(item, entity), before or {}
    return {
        name: value
        for name, value in item.items()
        if name not in entity.key_only
        or text_of(value) != told.get(name)
        or _is_same(value, held.get(name))
    }


def _lacking(item: Item, offered: Item) -> Item:
    return {name: value for name, value in offered.items() if name not in item}


def _require_parts(item: Item, patterns: Mapping[str, Pattern]) -> None:
    """Raise InvalidValue for each part of a key that is missing, or no text and no number."""
    parts = dict.fromkeys(name for pattern in patterns.values() for name in pattern.names)
    problems = [
        Problem(
            join_pointer("", name),
            Sentence("{name} is missing: the key is made of it.", name=name)
            if item.get(name) in _UNFILLED
            else Sentence("{name} is part of the key: it must be text or a number.", name=name),
        )
        for name in parts
        if name not in item or not text_of(item[name])
    ]
    if problems:
        raise InvalidValue(problems[0].detail, problems=problems)


def _formatted(attribute: KeyAttribute, pattern: Pattern, item: Item) -> AttributeValue:
    values = {part: text_of(item[part]) or "" for part in pattern.names}
    if unfit := pattern.unfit(values):
        detail = Sentence(
            "{name} must be a whole number without sign: so it stands in {pattern}.",
            name=unfit,
            pattern=str(pattern),
        )
        raise InvalidValue(detail, problems=[Problem(join_pointer("", unfit), detail)])
    try:
        return key_value_from_text(pattern.format(values), attribute)
    except InvalidValue as error:
        made_of = next(iter(pattern.names), attribute.name)
        pointer = join_pointer("", error.message.parts.get("name", made_of))
        raise InvalidValue(error.message, problems=[Problem(pointer, error.message)]) from error


def require_kind(item: Item, before: Item | None, entity: Entity, alias: str) -> None:
    """Raise InvalidValue unless an item that is to be written is one of the kind, and stays it.

    A new one has the keys that its pattern makes. Of a stored one only what is changed is judged,
    so that what broke the pattern already can be mended.
    """
    problems = list(_outside(item, entity, alias))
    if before is None:
        problems += [*_unfitting(item, entity), *_contradicted(item, entity, entity.parts)]
        problems += _untold(item, entity)
    else:
        problems += _changed_parts(item, before, entity)
    if problems:
        raise InvalidValue(problems[0].detail, problems=problems)


def _outside(item: Item, entity: Entity, alias: str) -> Iterator[Problem]:
    for term in terms_of(entity.when):
        if not matches(term, item):
            yield Problem(join_pointer("", str(term.path[0])), _outside_words(term, alias))


def _outside_words(term: Term, alias: str) -> Sentence:
    """What the alias map says that an item lacks: no content of one, so reports may keep it."""
    name, wanted = str(term.path[0]), str(content_of(term.operands[0]))
    if term.operator.suffix == "begins_with":
        return Sentence(
            "This is no item of {alias}: {name} must begin with {wanted}.",
            alias=alias,
            name=name,
            wanted=wanted,
        )
    return Sentence(
        "This is no item of {alias}: {name} must be {wanted}.",
        alias=alias,
        name=name,
        wanted=wanted,
    )


def _unfitting(item: Item, entity: Entity) -> Iterator[Problem]:
    for name, pattern in entity.key.items():
        text = text_of(item.get(name, {"NULL": True}))
        told = None if text is None else pattern.read(text)
        if told is None or pattern.unfit(told):
            detail = Sentence("{name} must look like {pattern}.", name=name, pattern=str(pattern))
            yield Problem(join_pointer("", name), detail)


def _contradicted(item: Item, entity: Entity, names: Collection[str]) -> Iterator[Problem]:
    """Those of these attributes that say another thing than the key."""
    for name, told in key_parts(item, entity).items():
        if name in names and name in item and text_of(item[name]) != told:
            detail = Sentence(
                "{name} contradicts the key, which says {value}.", name=name, value=told
            )
            yield Problem(join_pointer("", name), detail)


def _untold(item: Item, entity: Entity) -> Iterator[Problem]:
    """What the key says, and the item is to say, too: a filter would not find it otherwise."""
    for name, told in key_parts(item, entity).items():
        if name not in item and name not in entity.key_only:
            detail = Sentence("{name} is missing: the key says {value}.", name=name, value=told)
            yield Problem(join_pointer("", name), detail)


def _changed_parts(item: Item, before: Item, entity: Entity) -> Iterator[Problem]:
    for name, told in key_parts(before, entity).items():
        new, old = item.get(name), before.get(name)
        is_cleared = new is None and name in entity.key_only
        if is_cleared or _is_same(new, old) or (new is not None and text_of(new) == told):
            continue
        detail = Sentence(
            "{name} is part of the key, so it stays: another value makes another item.", name=name
        )
        yield Problem(join_pointer("", name), detail)


def _is_same(new: AttributeValue | None, old: AttributeValue | None) -> bool:
    return new is old if new is None or old is None else same_value(new, old)


def key_parts(item: Item, entity: Entity) -> dict[str, str]:
    """What the keys of an item say of the values that they are made of."""
    parts: dict[str, str] = {}
    for name, pattern in entity.key.items():
        text = text_of(item.get(name, {"NULL": True}))
        parts |= (pattern.read(text) if text is not None else None) or {}
    return parts


def may_overlap(left: Entity, right: Entity) -> bool:
    """Whether an item may be of both kinds, as far as their rules tell."""
    return not any(
        a.path == b.path and _exclude(a, b)
        for a in terms_of(left.when)
        for b in terms_of(right.when)
    )


def _exclude(left: Term, right: Term) -> bool:
    """Whether no value meets both terms, which are equalities or beginnings."""
    if left.operator.suffix == "eq":
        return not right.operator.matches(left.operands[0], right.operands)
    if right.operator.suffix == "eq":
        return not left.operator.matches(right.operands[0], left.operands)
    first, second = left.operands[0]["S"], right.operands[0]["S"]
    return not (first.startswith(second) or second.startswith(first))
