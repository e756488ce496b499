"""The alias map's sections `[Alias.links.…]` and `[Alias.related.…]`, read and judged."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from tables.core.errors import InvalidExpression
from tables.core.expressions import parse_path
from tables.core.links import MAX_RELATED, Check, Link, Related, parse_steps
from tables.core.patterns import NotAPattern, Pattern, parse_pattern

# Says what is wrong: an id such as `tables.E032`, the sentence, and how to mend it.
Tell = Callable[[str, str, str], None]

Read = TypeVar("Read", Link, Related)

_LINK_KEYS = ("to", "key", "label", "check")
_RELATED_KEYS = ("label", "table", "when", "where", "columns", "order", "limit")
_EXAMPLE = "docs/links.md has an example of every key."
# Most lines of a list of what belongs to an item.
_MAX_LIMIT = 100


class _Wrong(Exception):
    """What is wrong with a section."""


def read_links(section: Any, where: str, tell: Tell) -> tuple[Link, ...]:
    """The links of a table, in the file's order; `where` is the section, such as `Orders.links`."""
    return tuple(_read(section, where, tell, _link))


def read_related(section: Any, where: str, tell: Tell) -> tuple[Related, ...]:
    """What belongs to the items of a table, in the file's order."""
    found = tuple(_read(section, where, tell, _related))
    if len(found) > MAX_RELATED:
        words = f"[{where}] has {len(found)} lists; a page shows {MAX_RELATED}."
        tell("tables.E034", words, "Each that is opened is a Query: keep the ones people open.")
    return found


def _read(
    section: Any, where: str, tell: Tell, read: Callable[[str, dict[str, Any]], Read]
) -> Iterator[Read]:
    if not isinstance(section, dict):
        return
    for name, members in section.items():
        try:
            yield read(name, _section(members))
        except (_Wrong, NotAPattern, InvalidExpression) as error:
            words = error.message if isinstance(error, InvalidExpression) else str(error)
            tell("tables.E032", f"[{where}.{name}] {words}", _EXAMPLE)


def _section(members: Any) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise _Wrong("is no section")
    return members


def _link(name: str, members: dict[str, Any]) -> Link:
    _require_known(members, _LINK_KEYS)
    check = members.get("check", "off")
    if check not in get_args(Check):
        raise _Wrong(f"check can't be {check!r}: it is {', '.join(get_args(Check))}")
    key = _patterns(members, "key")
    if not any("" in pattern.names for pattern in key.values()):
        raise _Wrong("key has no {}: nothing of it is the value")
    label = _text(members, "label", "")
    link = Link(name, parse_steps(name), _text(members, "to"), key, _path(label), check)
    list(link.paths())  # every path can be read
    return link


def _related(name: str, members: dict[str, Any]) -> Related:
    _require_known(members, _RELATED_KEYS)
    order, limit = members.get("order"), members.get("limit", 10)
    if order not in (None, "asc", "desc"):
        raise _Wrong(f"order can't be {order!r}: it is asc or desc")
    if type(limit) is not int or not 1 <= limit <= _MAX_LIMIT:
        raise _Wrong(f"limit must be from 1 to {_MAX_LIMIT}")
    where = _patterns(members, "where")
    for pattern in where.values():
        list(map(parse_path, pattern.names))
    columns = members.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise _Wrong("columns must be a list of texts")
    list(map(parse_path, columns))
    return Related(
        name,
        _text(members, "label", name),
        _text(members, "table"),
        where,
        _texts(members.get("when", {}), "when"),
        tuple(columns),
        order,
        limit,
    )


def _require_known(members: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in members:
        if key not in known:
            (nearest,) = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise _Wrong(f"has an unknown key {key!r}. Did you mean {nearest!r}?")


def _text(members: dict[str, Any], key: str, default: str | None = None) -> str:
    value = members.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise _Wrong(f"{key} must be text")
    return value


def _path(text: str) -> tuple[str | int, ...]:
    return parse_path(text) if text else ()


def _patterns(members: dict[str, Any], key: str) -> Mapping[str, Pattern]:
    texts = _texts(members.get(key), key)
    if not texts:
        raise _Wrong(f"{key} is empty")
    return {name: parse_pattern(text) for name, text in texts.items()}


def _texts(section: Any, key: str) -> dict[str, str]:
    if not isinstance(section, dict) or not all(isinstance(text, str) for text in section.values()):
        raise _Wrong(f'{key} must be a table of texts, such as {{ pk = "CUSTOMER#{{}}" }}')
    return section
