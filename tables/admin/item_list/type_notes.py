"""How a list compares values whose type nobody declared, and links that pin one type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tables.admin.item_list.address import Address
from tables.admin.texts import sentences as words
from tables.admin.texts.kinds import kind_words
from tables.core.expressions import format_path
from tables.core.filters import Group, Term
from tables.core.operand_types import other_types
from tables.core.queries import format_term, unpinned
from tables.core.values import AttributeValue, content_of, type_of


@dataclass(frozen=True, slots=True)
class TypeNote:
    """A condition without a declared type: what is compared, and links to one type, with words."""

    words: str
    ways: tuple[tuple[str, str], ...] = ()


def type_notes(filter: Group, address: Address, types: Mapping[str, str]) -> list[TypeNote]:
    """What to say of the conditions of a list, in their order."""
    return [
        TypeNote(said, tuple(_pins(filter, position, address, types)))
        for position, part in enumerate(filter.parts)
        if isinstance(part, Term) and (said := words.type_words(part))
    ]


def other_comparisons(
    filter: Group, address: Address, types: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """For a list that found nothing: each condition of one type, as one of another or of any."""
    for position, part in enumerate(filter.parts):
        if not isinstance(part, Term) or part.alternatives:
            continue
        path = {"path": format_path(part.path)}
        other = unpinned(part, types)
        if part.is_guess:
            said = _("Compare %(path)s as text") % path
            yield said, _changed(filter, position, _as_text(part), address, types)
        elif other is not None and other != part and other.alternatives:
            said = _("Compare %(path)s as any type") % path
            yield said, _changed(filter, position, other, address, types)


def _pins(
    filter: Group, position: int, address: Address, types: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    term = filter.parts[position]
    if not isinstance(term, Term):
        return
    for other in _of_one_type(term):
        if other == term:
            continue
        said = _("only as %(type)s") % {"type": kind_words(type_of(other.operands[0]))}
        yield said, _changed(filter, position, other, address, types)


def _of_one_type(term: Term) -> Iterator[Term]:
    """The term pinned to text, and to each other type that all of its operands may have."""
    yield _as_text(term)
    if term.is_guess:
        return
    for tag in dict.fromkeys(type_of(others[0]) for others in term.alternatives):
        operands = [_as_type(operand, tag) for operand in term.operands]
        if all(operands):
            yield Term(term.path, term.operator, tuple(value for value in operands if value))


def _as_text(term: Term) -> Term:
    operands = tuple({"S": str(content_of(operand))} for operand in term.operands)
    return replace(term, operands=operands, alternatives=(), is_guess=False)


def _as_type(operand: AttributeValue, tag: str) -> AttributeValue | None:
    values = (value for others in other_types([content_of(operand)]) for value in others)
    return next((value for value in values if type_of(value) == tag), None)


def _changed(
    filter: Group, position: int, other: Term, address: Address, types: Mapping[str, str]
) -> str:
    parts: Sequence[Term | Group] = filter.parts
    terms = [other if place == position else part for place, part in enumerate(parts)]
    pairs = [format_term(term, types) for term in terms if isinstance(term, Term)]
    return address.with_filter(pairs).url
