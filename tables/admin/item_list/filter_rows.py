"""Conditions as people fill them in: rows of a form, to and from REST v1's query string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tables.admin.texts.core_messages import told
from tables.core.errors import InvalidRequest, Sentence
from tables.core.expressions import format_path
from tables.core.filters import BY_SUFFIX, Operator, Term, terms_of
from tables.core.queries import (
    TYPE_SUFFIXES,
    escape_entry,
    escape_path,
    format_term,
    parse_query,
)
from tables.core.values import AttributeValue, content_of, dumps, plain_value, type_of

MAX_ROWS = 50
# Choices of a row's type that are no type tag.
AUTOMATIC = ""
EMPTY_TEXT = "empty"
_SUFFIXES = {tag: suffix for suffix, tag in TYPE_SUFFIXES.items()} | {EMPTY_TEXT: "s"}
# One value of a list as it is typed, up to its comma or the end.
_ENTRY = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"\s*(?=,|\Z)|(?P<plain>(?:[^,\\]|\\.|\\\Z)*))(?:,|\Z)',
    re.DOTALL,
)
_TYPED_ESCAPE = re.compile(r'\\([\\,"])')
_NEEDS_TYPED_ESCAPE = re.compile(r'([\\,"])')
_INPUTS = ("path", "operator", "type", "value", "upper", "flag", "kind")


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One condition as it was typed. Every row has every input; the operator says which count.

    `upper` is the second bound of "is between", `flag` a boolean, `kind` the operand of "has the
    type".
    """

    path: str = ""
    operator: str = "eq"
    type: str = AUTOMATIC
    value: str = ""
    upper: str = ""
    flag: str = "true"
    kind: str = "S"
    error: str = ""

    @property
    def is_untouched(self) -> bool:
        """Whether the row asks for nothing: it is left out then."""
        asks = self.operator != "eq" or self.type != AUTOMATIC or self.value
        return not (self.path and asks)

    def pair(self, types: Mapping[str, str]) -> tuple[str, str]:
        """The query-string pair of this row. Raises InvalidRequest, in words for whoever typed."""
        operator = BY_SUFFIX.get(self.operator)
        if operator is None or (self.type and self.type not in _SUFFIXES):
            raise InvalidRequest(_("Choose a comparison and a type."))
        name = f"{escape_path(self.path)}__{operator.suffix}"
        if operator.operands != 0 and operator.suffix != "type" and self.type:
            name += f"__{_SUFFIXES[self.type]}"
        text = self._text(operator)
        try:
            query = parse_query([(name, text)], types=types)
        except InvalidRequest as error:
            raise InvalidRequest(_nameless(error.message)) from error
        (term,) = terms_of(query.filter)
        return format_term(term, types)

    def _text(self, operator: Operator) -> str:
        if operator.operands == 0:
            return "true"
        if operator.suffix == "type":
            return self.kind
        if self.type in (EMPTY_TEXT, "NULL"):
            return ""
        if self.type == "BOOL" and operator.operands == 1:
            return self.flag
        values = self._values(operator)
        if not values or (operator.operands is not None and not all(values)):
            raise InvalidRequest(_("Type a value, or choose “empty text” as its type."))
        return values[0] if operator.operands == 1 else ",".join(map(escape_entry, values))

    def _values(self, operator: Operator) -> list[str]:
        """What was typed, without blanks around it unless it was said to be text."""
        if operator.operands is None:
            return typed_list(self.value)
        values = [self.value, self.upper] if operator.operands == 2 else [self.value]
        return values if self.type == "S" else [value.strip() for value in values]


def _nameless(sentence: Sentence) -> str:
    """Without the name of its parameter, which nobody typed: the row says what it is of."""
    parts = sentence.parts
    if "name" not in parts:
        return told(sentence)
    if isinstance(reason := parts.get("reason"), Sentence):
        return capfirst(told(reason))
    return told(Sentence(sentence.template, **{**parts, "name": _("This")}))


def typed_list(text: str) -> list[str]:
    r"""The values of `paid, "a, b" , c\,d`: blanks around commas don't count, quotes keep them.

    Nothing between two commas is no value. A backslash takes a comma, a quote or another backslash
    literally.
    """
    values = []
    for entry in _ENTRY.finditer(text):
        quoted = entry["quoted"]
        value = entry["plain"].strip() if quoted is None else quoted
        if value or quoted is not None:
            values.append(_TYPED_ESCAPE.sub(r"\1", value))
        if entry.end() == len(text):
            break
    return values


def listed(values: Iterable[str]) -> str:
    """The text that `typed_list` reads back as these values."""
    return ", ".join(
        f'"{escaped}"' if value != value.strip() or not value else escaped
        for value in values
        for escaped in [_NEEDS_TYPED_ESCAPE.sub(r"\\\1", value)]
    )


def rows_of_form(form: QueryDict) -> list[FilterRow]:
    """The rows as they were submitted."""
    lists = [form.getlist(name)[:MAX_ROWS] for name in _INPUTS]
    return [FilterRow(*values) for values in zip(*lists, strict=False)]


def pairs_of_rows(
    rows: Sequence[FilterRow], types: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[FilterRow]]:
    """The query-string pairs of all rows that ask for something, and the rows with their errors."""
    pairs: list[tuple[str, str]] = []
    checked: list[FilterRow] = []
    for row in rows:
        if row.is_untouched:
            continue
        try:
            pairs.append(row.pair(types))
            checked.append(row)
        except InvalidRequest as refusal:
            checked.append(replace(row, error=refusal.message))
    return pairs, checked


def row_of_term(term: Term, types: Mapping[str, str]) -> FilterRow:
    """The row that means this term; it names a type only where one has to be said."""
    pinned = _row_with_type(term)
    automatic = replace(pinned, type=AUTOMATIC)
    return automatic if _means(automatic, term, types) else pinned


def _means(row: FilterRow, term: Term, types: Mapping[str, str]) -> bool:
    try:
        pair = row.pair(types)
    except InvalidRequest:
        return False
    return [*terms_of(parse_query([pair], types=types).filter)] == [term]


def _row_with_type(term: Term) -> FilterRow:
    row = FilterRow(format_path(term.path), term.operator.suffix)
    if not term.operands:
        return row
    if term.operator.suffix == "type":
        return replace(row, kind=content_of(term.operands[0]))
    tag = type_of(term.operands[0])
    texts = [_operand_text(operand) for operand in term.operands]
    if term.operator.suffix == "between":
        return replace(row, type=tag, value=texts[0], upper=texts[1])
    if term.operator.suffix == "in":
        return replace(row, type=tag, value=listed(texts))
    if tag == "BOOL":
        return replace(row, type=tag, value=texts[0], flag=texts[0])
    if not texts[0]:
        return replace(row, type=EMPTY_TEXT)
    return replace(row, type=tag, value="" if tag == "NULL" else texts[0])


def _operand_text(operand: AttributeValue) -> str:
    content: Any = content_of(operand)
    if isinstance(content, str):
        return content
    return dumps(plain_value(operand)).decode()
