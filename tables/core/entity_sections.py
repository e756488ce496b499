"""What the alias map says of an entity: the kind of items it is, and what it has of its base."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from tables.core.entities import MAKERS, Entity
from tables.core.errors import InvalidRequest
from tables.core.expressions import parse_path
from tables.core.filters import BY_SUFFIX, Group, Term, make_term
from tables.core.icons import ICONS
from tables.core.patterns import NotAPattern, Pattern, parse_pattern
from tables.core.permissions import SAME_AS
from tables.core.registry import Table
from tables.core.values import AttributeValue, wire_value

# Says what is wrong: an id such as `tables.E021`, the sentence, and how to mend it.
Tell = Callable[[str, str, str], None]

MAX_ENTITIES = 50
# What only a section with `of` may say.
ENTITY_KEYS = ("of", "when", "key", "key_only", "make")
# What is the same for every item of a table, whatever its kind.
_OF_THE_BASE = (
    "table",
    "types",
    "audit_attributes",
    "version",
    "transactions",
    "history",
    "history_days",
    "history_ignore",
)
_RULE = 'Such as when = { entity = "order" } or when = { sk__begins_with = "ORDER#" }.'
_PATTERN = 'Such as key = { pk = "CUSTOMER#{customerId}", sk = "PROFILE" }.'


def read_entity(section: Mapping[str, Any], where: str, tell: Tell) -> Entity:
    """The kind of items that a section with `of` describes; what is wrong is told."""
    for name in _OF_THE_BASE:
        if name in section:
            words = f"{where} {name} is its table's, the same for items of every kind."
            tell("tables.E025", words, f"Leave it out here; the section of {section['of']} has it.")
    if "natural_key" in section:
        words = f"{where} can't have a natural_key: an entity's keys are made by patterns."
        tell("tables.E023", words, _PATTERN)
    terms = tuple(_terms(section.get("when"), where, tell))
    if not section.get("when"):
        tell("tables.E021", f"{where} does not say which items it has.", f"Add when. {_RULE}")
    key = dict(_patterns(section.get("key", {}), where, tell))
    entity = Entity(Group(terms), key, section.get("make", {}), frozenset(_key_only(section)))
    _check_parts(entity, where, tell)
    return entity


def as_entity(
    own: Table, base: Table, section: Mapping[str, Any], given: Mapping[str, frozenset[str]]
) -> Table:
    """The alias of an entity: what its section names is its own, the rest its base's.

    Its groups are cut to those of the base, right by right; `given` are those that it names.
    """
    always = {"alias", "label", "description", "of", "entity", "labels", "icon"}
    named = always | (section.keys() - {*ENTITY_KEYS, *_OF_THE_BASE, "permissions"})
    values = {name: getattr(own, name) for name in named}
    cut = {
        right: groups & own.permissions[right] if right in given else groups
        for right, groups in base.permissions.items()
    }
    for right, same in SAME_AS.items():
        if same in given and right not in given:
            cut[right] &= cut[same]
    return replace(base, **values, permissions=cut)


def check_bases(sections: Mapping[str, Any], tables: Mapping[str, Table], tell: Tell) -> None:
    """Tell of entities whose base is no table, and of a base with too many."""
    counts: dict[str, int] = {}
    for alias, section in sections.items():
        base, counts[section["of"]] = tables.get(section["of"]), counts.get(section["of"], 0) + 1
        if section["of"] in sections:
            words = f"[{alias}] is of {section['of']!r}, which is an entity itself."
            tell("tables.E020", words, "Name the alias that has a table.")
        elif base is None:
            words = f"[{alias}] is of {section['of']!r}, which is no alias of this file."
            tell("tables.E020", words, f"The aliases are {', '.join(tables)}.")
        elif base.natural_key:
            words = f"[{alias}] is of {section['of']!r}, whose keys are made of a natural key."
            tell("tables.E023", words, "Such a table holds items of one kind.")
    for name, count in counts.items():
        if count > MAX_ENTITIES:
            words = f"{name} has {count} entities; {MAX_ENTITIES} is the most."
            tell("tables.E020", words, "Keep those that people work with.")


def check_plain(section: Mapping[str, Any], where: str, tell: Tell) -> None:
    """Tell of what only an entity can have, in the section of a table."""
    for name in ENTITY_KEYS:
        if name in section:
            words = f"{where} has {name}, but no of: it is a table, and no kind of items in one."
            tell("tables.E020", words, 'Add of = "…" in place of table, or leave it out.')


def check_dress(section: Mapping[str, Any], where: str, tell: Tell) -> None:
    """Tell of an icon that is not shipped, and of labels that are no texts."""
    if section.get("icon", "") not in ("", *ICONS):
        words = f"{where} icon {section['icon']!r} is not known."
        tell("tables.E024", words, f"The icons are {', '.join(ICONS)}.")
    labels = section.get("labels", {})
    for name, label in labels.items() if isinstance(labels, dict) else ():
        if not isinstance(label, str):
            words = f"{where} labels: {name} must be text."
            tell("tables.E004", words, 'Such as labels = { placedAt = "Placed on" }.')


def _terms(when: Any, where: str, tell: Tell) -> Iterator[Term]:
    for written, value in when.items() if isinstance(when, dict) else ():
        name, _, suffix = written.rpartition("__")
        if not name or suffix not in BY_SUFFIX:
            name, suffix = written, "eq"
        operand = _operand(value)
        if operand is not None and suffix in ("eq", "begins_with") and _is_plain(name):
            with suppress(InvalidRequest):
                yield make_term((name,), BY_SUFFIX[suffix], [operand])
                continue
        words = f"{where} when: {written} can't be compared with {value!r}."
        tell("tables.E021", words, f"A whole attribute, by eq or begins_with. {_RULE}")


def _operand(value: Any) -> AttributeValue | None:
    """A text, a number or a truth value of TOML, as an item has it; an empty text says nothing."""
    if value == "":
        return None
    if isinstance(value, float):
        return {"N": str(value)}
    return wire_value(value) if isinstance(value, str | int) else None


def _patterns(key: Any, where: str, tell: Tell) -> Iterator[tuple[str, Pattern]]:
    for name, text in key.items() if isinstance(key, dict) else ():
        try:
            pattern = parse_pattern(text if isinstance(text, str) else "{")
        except NotAPattern as error:
            tell("tables.E022", f"{where} key: {name} is no pattern: {error}", _PATTERN)
            continue
        unusable = [part for part in pattern.names if not _is_plain(part) or part in key]
        for part in unusable:
            words = f"{where} key: {name} can't be made of {part!r}."
            tell("tables.E022", words, f"Name an attribute that is no key itself. {_PATTERN}")
        yield name, pattern


def _key_only(section: Mapping[str, Any]) -> list[str]:
    names = section.get("key_only", [])
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if is_list else []


def _check_parts(entity: Entity, where: str, tell: Tell) -> None:
    for name in sorted(entity.key_only - {*entity.parts}):
        words = f"{where} key_only names {name!r}, which no key is made of."
        tell("tables.E024", words, f"The keys are made of {', '.join(entity.parts) or 'nothing'}.")
    for name, maker in entity.make.items() if isinstance(entity.make, dict) else ():
        if not isinstance(maker, str) or maker not in MAKERS:
            words = f"{where} make: {name} can't be {maker!r}."
            tell("tables.E024", words, f"It is one of {', '.join(MAKERS)}.")


def _is_plain(name: str) -> bool:
    """Whether a text names an attribute of the item itself, and nothing inside of one."""
    with suppress(InvalidRequest):
        return parse_path(name) == (name,)
    return False
