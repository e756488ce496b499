"""What a filter asks of values that stand in keys alone, asked of those keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from tables.core.errors import InvalidExpression
from tables.core.filters import BY_SUFFIX, Group, Term, terms_of
from tables.core.key_patterns import fixed_values
from tables.core.patterns import Pattern, text_of


def names_any(filter: Group, names: Collection[str]) -> bool:
    """Whether a filter compares one of these attributes."""
    return any(term.path[0] in names for term in terms_of(filter))


def asked_of_keys(
    filter: Group, patterns: Mapping[str, Pattern], key_only: Collection[str]
) -> Group:
    """The filter, with what it asks of values that stand in keys alone asked of those keys.

    It finds the same items, where these keep their patterns. Raises InvalidExpression for what a
    key can't answer: an order of its parts, or a part behind others that the filter leaves open.
    """
    if not names_any(filter, key_only):
        return filter
    return _Asking(patterns, key_only, fixed_values(filter)).group(filter)


@dataclass(frozen=True, slots=True)
class _Asking:
    """`fixed` is the text of every attribute that the whole filter compares with one value."""

    patterns: Mapping[str, Pattern]
    key_only: Collection[str]
    fixed: Mapping[str, str]

    def group(self, group: Group) -> Group:
        return replace(group, parts=tuple(map(self._part, group.parts)))

    def _part(self, part: Term | Group) -> Term | Group:
        if isinstance(part, Group):
            return self.group(part)
        return self._of_key(part) if part.path[0] in self.key_only else part

    def _of_key(self, term: Term) -> Term | Group:
        """The term, asked of the key that knows the most before the value."""
        name = str(term.path[0])
        keys = [key for key, pattern in self.patterns.items() if name in pattern.names]
        open_before = {key: self._open_before(name, self.patterns[key]) for key in keys}
        key = min(keys, key=lambda key: len(open_before[key]))
        pattern = self.patterns[key]
        if pattern.is_value and len(term.path) == 1:
            return replace(term, path=(key,))
        if open_before[key]:
            raise InvalidExpression(
                "{name} stands in {key} behind {before}: say by “is” what that is, too.",
                name=name,
                key=key,
                before=", ".join(open_before[key]),
            )
        _require_asked(term, pattern)
        terms = [self._term(term, text_of(value), key) for value in term.every_operand]
        distinct = [term for place, term in enumerate(terms) if term not in terms[:place]]
        return distinct[0] if len(distinct) == 1 else Group(tuple(distinct), "OR")

    def _open_before(self, name: str, pattern: Pattern) -> list[str]:
        before = takewhile(lambda other: other != name, pattern.names)
        return [other for other in before if other not in self.fixed]

    def _term(self, term: Term, text: str | None, key: str) -> Term:
        """What is true of the key where the value is this text, or begins with it."""
        name, pattern = str(term.path[0]), self.patterns[key]
        if text and pattern.is_padded(name):
            _require_whole(name, text, pattern)
        is_beginning = term.operator.suffix == "begins_with"
        if not text or not pattern.may_hold(name, text, is_beginning=is_beginning):
            raise InvalidExpression(
                "{name} can't be {value}: in {pattern} it would be read as another.",
                name=name,
                value=repr(text or ""),
                pattern=str(pattern),
            )
        if is_beginning:
            known = {other: told for other, told in self.fixed.items() if other != name}
            return _key_term(key, "begins_with", pattern.prefix(known) + text)
        values = {**self.fixed, name: text}
        suffix = "eq" if pattern.is_fixed_by(values) else "begins_with"
        return _key_term(key, suffix, pattern.prefix(values))


def _require_asked(term: Term, pattern: Pattern) -> None:
    """Raise InvalidExpression for a comparison that a key can't answer.

    A number with zeros before it has no beginning there: 1, 12 and 123 begin in other ways.
    """
    name, is_padded = str(term.path[0]), pattern.is_padded(str(term.path[0]))
    suffixes = ("eq", "in") if is_padded else ("eq", "in", "begins_with")
    if len(term.path) == 1 and term.operator.suffix in suffixes:
        return
    if is_padded:
        raise InvalidExpression(
            "{name} stands in the key alone, with zeros before it: it can be asked by “is” and"
            " “is one of”.",
            name=name,
        )
    raise InvalidExpression(
        "{name} stands in the key alone: it can be asked by “is”, “is one of” and “begins with”.",
        name=name,
    )


def _require_whole(name: str, text: str, pattern: Pattern) -> None:
    """Raise InvalidExpression for what can't stand there, written with its zeros or without."""
    if pattern.unfit({name: pattern.unspelt(name, text)}):
        raise InvalidExpression(
            "{name} must be a whole number without sign: so it stands in {pattern}.",
            name=name,
            pattern=str(pattern),
        )


def _key_term(key: str, suffix: str, text: str) -> Term:
    return Term((key,), BY_SUFFIX[suffix], ({"S": text},))
