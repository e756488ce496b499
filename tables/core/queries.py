"""The query-string language of collections: Django-style filters, shared by v1 and the admin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tables.core.comparisons import ORDERED_TYPES
from tables.core.errors import InvalidExpression, InvalidRequest, InvalidValue
from tables.core.expressions import Path, format_path, parse_path, require_no_overlap
from tables.core.filters import BY_SUFFIX, EVERYTHING, Group, Operator, Term, make_term
from tables.core.numbers import canonical_number
from tables.core.operand_types import as_number, operand_type, other_types
from tables.core.strict_json import parse
from tables.core.typed_json import make_set
from tables.core.values import (
    SET_TYPES,
    AttributeValue,
    content_of,
    dumps,
    is_base64,
    plain_value,
    type_of,
    wire_value,
)

# An attribute with one of these names is filtered as `order__eq=…`.
PARAMETERS = frozenset({"fields", "limit", "cursor", "index", "order", "format", "plan", "expand"})
# Text to look for in the table's search fields; no document path begins with a dot.
SEARCH = ".search"
MAX_LIMIT = 1000
TYPE_SUFFIXES: Mapping[str, str] = {
    "s": "S",
    "n": "N",
    "b": "B",
    "bool": "BOOL",
    "null": "NULL",
    "ss": "SS",
    "ns": "NS",
    "bs": "BS",
    "l": "L",
    "m": "M",
}
_WORDS = {tag: word for word, tag in TYPE_SUFFIXES.items()}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# A backslash takes the next character out of its role: `\_\_` is a literal `__`, `\,` a comma.
_SEPARATOR = re.compile(r"\\.|(__)", re.DOTALL)
_COMMA = re.compile(r"\\.|(,)", re.DOTALL)
_ESCAPED_IN_LIST = re.compile(r"\\([\\,])")
_NEEDS_ESCAPE_IN_LIST = re.compile(r"([\\,])")
# Underscores that would be read as a separator, or as part of one with what follows.
_AMBIGUOUS_UNDERSCORE = re.compile(r"(?<=_)_|_(?=_|$)")
_JUST_NUMBER = re.compile(r"-?[0-9]{1,38}(?:\.[0-9]{1,38})?")


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """What a collection's URL asks for. `limit` is a number of items, `fields` empty for all.

    `filter` includes what `search` asks for; `expand` are names of links.
    """

    filter: Group = EVERYTHING
    search: str | None = None
    fields: tuple[Path, ...] = ()
    limit: int | None = None
    cursor: str | None = None
    index: str | None = None
    order: Literal["asc", "desc"] | None = None
    scan_only: bool = False
    expand: tuple[str, ...] = ()


def parse_query(
    pairs: Sequence[tuple[str, str]],
    *,
    types: Mapping[str, str],
    search_fields: Sequence[str] = (),
    search_lowercase: Sequence[str] = (),
    ignore: frozenset[str] = frozenset(),
) -> CollectionQuery:
    """Read decoded query-string pairs.

    `types` maps the text of a document path to its declared type tag; values of other paths may be
    of any type that they look like, unless a type suffix says which. `search_fields` are the paths
    that `.search` looks in, `search_lowercase` those of them that hold lower-cased copies. `ignore`
    names parameters of the caller's own. Raises InvalidExpression, naming the parameter.
    """
    settings: dict[str, str] = {}
    terms: list[Term | Group] = []
    for name, text in pairs:
        if name in ignore:
            continue
        if name not in PARAMETERS and name != SEARCH:
            terms.append(_parse_term(name, text, types))
        elif name in settings:
            raise InvalidExpression("{name} stands twice in the query string.", name=name)
        elif text or name == "fields":
            settings[name] = text
    search = settings.get(SEARCH)
    if search is not None:
        terms.append(_search(search, search_fields, search_lowercase, types))
    return CollectionQuery(
        filter=Group(tuple(terms)),
        search=search,
        fields=_fields(settings.get("fields")),
        limit=_limit(settings.get("limit")),
        cursor=settings.get("cursor"),
        index=settings.get("index"),
        order=_order(settings.get("order")),
        scan_only=_scan_only(settings.get("plan")),
        expand=_expand(settings.get("expand", "")),
    )


def format_term(
    term: Term, types: Mapping[str, str], *, ignore: frozenset[str] = frozenset()
) -> tuple[str, str]:
    """The query-string pair that `parse_query` reads back as this term.

    The operands are of one type, or of any, as `parse_query` makes them; `types` and `ignore` are
    as there.
    """
    name, text = _untyped(term, ignore)
    if not term.operands or term.operator.suffix == "type" or unpinned(term, types) == term:
        return name, text
    return f"{name}__{_WORDS[type_of(term.operands[0])]}", text


def unpinned(term: Term, types: Mapping[str, str]) -> Term | None:
    """The term as it would be read if nobody had said the type of its operands; None if it can't
    be read then.
    """
    try:
        return _parse_term(*_untyped(term, PARAMETERS), types)
    except InvalidRequest:
        return None


def _untyped(term: Term, ignore: frozenset[str]) -> tuple[str, str]:
    """The pair of a term, without the type of its operands."""
    name = escape_path(format_path(term.path))
    operator = term.operator.suffix
    if operator in ("exists", "not_exists"):
        return f"{name}__exists", "true" if operator == "exists" else "false"
    if operator != "eq" or name in PARAMETERS | ignore:
        name += f"__{operator}"
    return name, ",".join(_operand_text(operand, term.operator) for operand in term.operands)


def escape_path(path: str) -> str:
    """The text of a path as the name of a parameter begins with it, before `__` and an operator."""
    return _AMBIGUOUS_UNDERSCORE.sub(r"\_", path)


def escape_entry(text: str) -> str:
    """One of several operands, as it stands between commas."""
    return _NEEDS_ESCAPE_IN_LIST.sub(r"\\\1", text)


def _search(
    text: str, search_fields: Sequence[str], lowercase: Sequence[str], types: Mapping[str, str]
) -> Group:
    """Items that have the text in one of these fields: within a string, as the whole number."""
    number = as_number(text) if _JUST_NUMBER.fullmatch(text) else None
    terms = []
    for field in search_fields:
        path, declared = parse_path(field), types.get(field)
        if declared in (None, "S"):
            wanted = text.lower() if field in lowercase else text
            terms.append(make_term(path, BY_SUFFIX["contains"], [{"S": wanted}]))
        if declared in (None, "N") and number is not None:
            terms.append(make_term(path, BY_SUFFIX["eq"], [number]))
    if not terms:
        raise InvalidExpression("This table has no search field that could hold this.")
    return Group(tuple(terms), "OR")


def _parse_term(name: str, text: str, types: Mapping[str, str]) -> Term:
    segments = _split(_SEPARATOR, name)
    forced = None
    operator: Operator | None = None
    if len(segments) > 1 and segments[-1] in TYPE_SUFFIXES:
        forced = TYPE_SUFFIXES[segments.pop()]
    if len(segments) > 1 and segments[-1] in BY_SUFFIX:
        operator = BY_SUFFIX[segments.pop()]
    path = parse_path("__".join(segments))
    operator = operator or BY_SUFFIX["eq"]
    if operator.operands == 0:
        return _parse_existence(name, path, operator, text)
    texts = [text] if operator.operands == 1 else _split(_COMMA, text)
    tag = forced or operand_type(format_path(path), operator, types)
    if tag is None:
        return _term_of_any_type(name, path, operator, texts)
    return make_term(
        path, operator, [_parse_operand(name, entry, tag, operator) for entry in texts]
    )


def _term_of_any_type(name: str, path: Path, operator: Operator, texts: list[str]) -> Term:
    """The term of a value whose type nobody declared."""
    operands = [_parse_operand(name, entry, "S", operator) for entry in texts]
    contents = [content_of(operand) for operand in operands]
    if operator.types == ORDERED_TYPES:
        numbers = [as_number(content) for content in contents]
        if all(numbers):
            return replace(make_term(path, operator, filter(None, numbers)), is_guess=True)
        return make_term(path, operator, operands)
    return replace(make_term(path, operator, operands), alternatives=other_types(contents))


def _split(separator: re.Pattern[str], text: str) -> list[str]:
    """The text between the separators that are not escaped, escapes and all."""
    cuts = [match.span() for match in separator.finditer(text) if match[1]]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _fields(text: str | None) -> tuple[Path, ...]:
    if text is None:
        return ()
    paths = tuple(parse_path(path) for path in _split(_COMMA, text) if path)
    if not paths:
        raise InvalidExpression("fields names no attribute; leave it out to get whole items.")
    require_no_overlap(paths)
    return paths


def _expand(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _split(_COMMA, text))))


def _parse_existence(name: str, path: Path, operator: Operator, text: str) -> Term:
    wanted = _BOOLEANS.get(text.lower())
    if wanted is None:
        raise InvalidExpression("{name} takes true or false.", name=name)
    if not wanted:
        operator = BY_SUFFIX["not_exists" if operator.suffix == "exists" else "exists"]
    return make_term(path, operator)


def _parse_operand(name: str, text: str, tag: str, operator: Operator) -> AttributeValue:
    if operator.operands != 1:
        text = _ESCAPED_IN_LIST.sub(r"\1", text)
    if tag == "BOOL":
        if text.lower() not in _BOOLEANS:
            raise InvalidExpression("{name} takes true or false.", name=name)
        return {"BOOL": _BOOLEANS[text.lower()]}
    if tag == "NULL":
        if text.lower() not in ("true", "1", ""):
            raise InvalidExpression(
                "{name} takes true; use __exists or __type for the contrary.", name=name
            )
        return {"NULL": True}
    if tag == "B" and not is_base64(text):
        raise InvalidExpression("{name} takes base64 text.", name=name)
    if tag in ("S", "B"):
        return {tag: text}
    try:
        return {"N": canonical_number(text)} if tag == "N" else _parse_json(text, tag, operator)
    except InvalidRequest as error:
        raise InvalidExpression("{name}: {reason}", name=name, reason=error.message) from error


def _parse_json(text: str, tag: str, operator: Operator) -> AttributeValue:
    """A set, list or map, written as plain JSON."""
    if operator.operands != 1:
        raise InvalidValue("sets, lists and maps can only be compared one at a time.")
    value = parse(text)
    if tag in SET_TYPES and isinstance(value, list):
        return make_set(tag, [str(entry) if tag == "NS" else entry for entry in value])
    if not isinstance(value, dict if tag == "M" else list):
        raise InvalidValue("it takes a JSON object." if tag == "M" else "it takes a JSON array.")
    return wire_value(value)


def _operand_text(operand: AttributeValue, operator: Operator) -> str:
    ((tag, content),) = operand.items()
    if tag in ("BOOL", "NULL"):
        return "true" if content else "false"
    if tag not in ("S", "N", "B"):
        return dumps(plain_value(operand)).decode()
    text: str = content
    return text if operator.operands == 1 else escape_entry(text)


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    # Nine digits are enough to see that it is too large, and cheap to convert.
    limit = int(text[:9]) if text.isascii() and text.isdigit() else 0
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidExpression("limit takes a whole number from 1 to {most}.", most=MAX_LIMIT)
    return limit


def _order(text: str | None) -> Literal["asc", "desc"] | None:
    match text:
        case None | "asc" | "desc":
            return text
    raise InvalidExpression("order takes asc or desc.")


def _scan_only(text: str | None) -> bool:
    if text not in (None, "scan", "auto"):
        raise InvalidExpression("plan takes scan or auto.")
    return text == "scan"
