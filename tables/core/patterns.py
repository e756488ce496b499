"""Patterns such as `CUSTOMER#{customerId}`: keys made of other values, and read back into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tables.core.errors import InvalidValue
from tables.core.numbers import canonical_number
from tables.core.values import AttributeValue, content_of, type_of

# A doubled brace is a brace; `{}` is a placeholder without a name, `{number:02}` has a width.
_PIECE = re.compile(
    r"(?P<text>(?:[^{}]++|\{\{|\}\})++)|\{(?P<name>[^{}:]*)(?::(?P<width>0[1-9]))?\}"
)
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
_WHOLE = re.compile(r"0|[1-9][0-9]*")


class NotAPattern(ValueError):
    """Text that is no pattern. Says why."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value stands: the name of it, and its least number of digits (0: as it is)."""

    name: str
    width: int = 0

    def spelt(self, text: str) -> str:
        """The value as it stands in the text: a whole number gets the zeros before it."""
        return text.zfill(self.width) if self.width and _WHOLE.fullmatch(text) else text

    def takes(self, text: str) -> bool:
        """Whether a value may be made a part of new keys: zeros stand before whole numbers only."""
        return not self.width or _WHOLE.fullmatch(text) is not None

    def value(self, text: str) -> str:
        """What was spelt so."""
        is_padded = len(text) == self.width and text.isascii() and text.isdigit()
        return (text.lstrip("0") or "0") if is_padded else text


@dataclass(frozen=True)
class Pattern:
    """Literal text and placeholders, in turns; two placeholders never touch.

    Values are text, those of numbers in their canonical spelling. None is empty, and none but the
    last holds the text that stands behind it: so what was formatted is read back, or refused.
    """

    parts: tuple[str | Placeholder, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders, each once, in order."""
        return tuple(dict.fromkeys(part.name for part in self.placeholders))

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Where values stand, in order."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    def __str__(self) -> str:
        return "".join(map(_spelling, self.parts))

    @property
    def expression(self) -> str:
        """A regular expression of every dialect for how such texts look."""
        texts = (
            _SPECIAL.sub(r"\\\g<0>", part) if isinstance(part, str) else r"[\s\S]+"
            for part in self.parts
        )
        return f"^{''.join(texts)}$"

    def format(self, values: Mapping[str, str]) -> str:
        """The text that the values make.

        Raises InvalidValue where one is missing or empty, or would be read back as another.
        """
        for name in self.names:
            if not values.get(name):
                raise InvalidValue("{pattern} needs {name}.", pattern=str(self), name=name)
        text = "".join(
            part if isinstance(part, str) else part.spelt(values[part.name]) for part in self.parts
        )
        read = self.read(text)
        for name in self.names:
            if read is None or read[name] != values[name]:
                raise InvalidValue(
                    "{name} can't be {value}: in {pattern} it would be read as another.",
                    name=name,
                    value=repr(values[name]),
                    pattern=str(self),
                )
        return text

    def unfit(self, values: Mapping[str, str]) -> str | None:
        """The first of these values that new keys can't be made of: no whole number without sign,
        where zeros stand before it. Keys that hold such a value are read all the same.
        """
        unfit = (
            part.name
            for part in self.placeholders
            if part.name in values and not part.takes(values[part.name])
        )
        return next(unfit, None)

    def read(self, text: str) -> dict[str, str] | None:
        """The values that make this text; None where the pattern could not have made it.

        Each is the shortest that ends before the literal text behind it; the last goes on to the
        end.
        """
        values: dict[str, str] = {}
        position = 0
        for place, part in enumerate(self.parts):
            if isinstance(part, str):
                if not text.startswith(part, position):
                    return None
                position += len(part)
                continue
            end = self._end(text, position, place)
            if end <= position:
                return None
            value = part.value(text[position:end])
            if part.spelt(value) != text[position:end] or values.setdefault(part.name, value) != (
                value
            ):
                return None
            position = end
        return values if position == len(text) else None

    def _end(self, text: str, start: int, place: int) -> int:
        """Where the value that begins at `start` ends; -1 where nothing fits."""
        rest = self.parts[place + 1 :]
        if not rest:
            return len(text)
        (literal,) = rest[:1]
        if len(rest) > 1:
            return text.find(str(literal), start + 1)
        return len(text) - len(str(literal))

    def prefix(self, values: Mapping[str, str]) -> str:
        """How every text begins that is made of these values and of others not known."""
        known = ""
        for part in self.parts:
            if isinstance(part, str):
                known += part
            elif part.name in values:
                known += part.spelt(values[part.name])
            else:
                break
        return known

    @property
    def is_value(self) -> bool:
        """Whether the text is one value, as it is, and nothing else."""
        return [*self.parts] == [*self.placeholders] and not any(p.width for p in self.placeholders)

    def may_hold(self, name: str, text: str, *, is_beginning: bool = False) -> bool:
        """Whether a value may be this text, or begin with it: no text behind it would end it.

        Of a number with a width no beginning is known: zeros stand before it.
        """
        for place, part in enumerate(self.parts):
            if not isinstance(part, Placeholder) or part.name != name:
                continue
            literal = "".join(map(str, self.parts[place + 1 : place + 2]))
            is_last = place + 2 >= len(self.parts)
            if is_beginning and (part.width or (literal in text and not is_last)):
                return False
            if not is_last and not is_beginning and (text + literal).find(literal) != len(text):
                return False
        return True

    def is_padded(self, name: str) -> bool:
        """Whether this value stands with zeros before it."""
        return any(part.width for part in self.placeholders if part.name == name)

    def unspelt(self, name: str, text: str) -> str:
        """A value that may be written as it stands in the text, with zeros before it."""
        parts = (part for part in self.placeholders if part.name == name)
        return next((part.value(text) for part in parts), text)

    def is_fixed_by(self, values: Mapping[str, str]) -> bool:
        """Whether these values are all that the text is made of."""
        return all(name in values for name in self.names)


def parse_pattern(text: str) -> Pattern:
    """The pattern that is written so; braces of its own are doubled.

    Raises NotAPattern for a single brace, an unreadable placeholder, and placeholders that touch.
    """
    parts: list[str | Placeholder] = []
    position = 0
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None:
            raise NotAPattern(f"{text[position : position + 20]!r} can't be read.")
        position = found.end()
        if found["text"]:
            parts.append(found["text"].replace("{{", "{").replace("}}", "}"))
            continue
        if parts and isinstance(parts[-1], Placeholder):
            raise NotAPattern(
                f"{found[0]} touches {{{parts[-1].name}}}: there must be text between."
            )
        parts.append(Placeholder(found["name"].strip(), int(found["width"] or 0)))
    return Pattern(tuple(parts))


def text_of(value: AttributeValue) -> str | None:
    """A value as a pattern takes it: text, or a number's digits; None for any other type."""
    tag, content = type_of(value), content_of(value)
    if tag == "N":
        return canonical_number(content)
    return str(content) if tag == "S" else None


def _spelling(part: str | Placeholder) -> str:
    if isinstance(part, str):
        return part.replace("{", "{{").replace("}", "}}")
    return f"{{{part.name}:{part.width:02}}}" if part.width else f"{{{part.name}}}"
