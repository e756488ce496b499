"""Names that may have been meant: an attribute whose name has a dot or two underscores in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from tables.admin.item_list.address import Address
from tables.core.expressions import Path, format_path, plain_path
from tables.core.filters import BY_SUFFIX, Group, Term
from tables.core.operand_types import other_types
from tables.core.queries import TYPE_SUFFIXES, escape_path, format_term
from tables.core.values import content_of, type_of


def is_ambiguous(filter: Group) -> bool:
    """Whether a condition's name has a dot or two underscores that may be part of a name."""
    return any(len(term.path) > 1 or "__" in str(term.path[0]) for term in _terms(filter))


def name_hints(
    filter: Group, names: Collection[str], address: Address, types: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Links to the same list with another of the table's attributes in a condition, with words.

    `names` are attributes that the table is known to have.
    """
    for position, part in enumerate(filter.parts):
        if not isinstance(part, Term):
            continue
        for other in _readings(part, names):
            terms = [other if place == position else p for place, p in enumerate(filter.parts)]
            pairs = [format_term(term, types) for term in terms if isinstance(term, Term)]
            spelled = {"name": plain_path(other.path), "spelling": _spelling(other.path)}
            words = _("Filter by the attribute “%(name)s”, written %(spelling)s") % spelled
            yield words, address.with_filter(pairs).url


def name_words(filter: Group, names: Collection[str]) -> Iterator[str]:
    """What to say of names with two underscores that no attribute is known by."""
    for term in _terms(filter):
        name = str(term.path[0])
        if "__" in name and name not in names:
            parts = {"name": name, "last": name.rpartition("__")[2]}
            yield _("“%(name)s” was taken for a name, because “%(last)s” is no comparison.") % parts


def _terms(filter: Group) -> Iterator[Term]:
    return (part for part in filter.parts if isinstance(part, Term))


def _readings(term: Term, names: Collection[str]) -> Iterator[Term]:
    """The condition on another attribute that its text could have meant."""
    for length in range(2, len(term.path) + 1):
        head = term.path[:length]
        joined = ".".join(map(str, head))
        if all(isinstance(segment, str) for segment in head) and joined in names:
            yield replace(term, path=(joined, *term.path[length:]))
    for longer in _longer_names(term):
        if longer in names and len(term.operands) == 1:
            text = str(content_of(term.operands[0]))
            others = other_types([text]) if type_of(term.operands[0]) == "S" else ()
            yield Term((longer,), BY_SUFFIX["eq"], ({"S": text},), others)


def _longer_names(term: Term) -> Iterator[str]:
    """Names that were read as a name and the operator or type behind it."""
    if len(term.path) > 1:
        return
    name, suffix = str(term.path[0]), term.operator.suffix
    if suffix != "eq":
        yield f"{name}__{suffix}"
    elif term.operands and not term.alternatives:
        tag = type_of(term.operands[0])
        yield from (f"{name}__{word}" for word, of in TYPE_SUFFIXES.items() if of == tag)


def _spelling(path: Path) -> str:
    return escape_path(format_path(path))
