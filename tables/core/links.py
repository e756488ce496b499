"""Links between items: values that are keys of other items, and what belongs to an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tables.core.descriptions import TableDescription
from tables.core.errors import InvalidExpression, InvalidValue
from tables.core.expressions import Path, child_of, parse_path, value_at
from tables.core.keys import key_value_from_text, require_key
from tables.core.patterns import Pattern, text_of
from tables.core.values import SET_TYPES, AttributeValue, Item, content_of, type_of

Check = Literal["off", "warn", "refuse"]

# Most relations of a table: each that is opened is a Query.
MAX_RELATED = 8
# Most links of one item that a page looks up, in one BatchGetItem.
MAX_LOOKED_UP = 25
_ELEMENTS = "[]"


@dataclass(frozen=True, slots=True)
class Link:
    """A path whose values are keys of items of the alias `to`.

    `steps` are paths one below the other; between two of them stands every element of a list or
    set, and after the last one where it is empty. `key` says how the key attributes of the target
    are made: `{}` is the value, `{path}` another attribute of the item. `label` is a path of the
    target.
    """

    name: str
    steps: tuple[Path, ...]
    to: str
    key: Mapping[str, Pattern]
    label: Path = ()
    check: Check = "off"

    @property
    def is_of_each(self) -> bool:
        """Whether elements are meant, and not what stands at the path itself."""
        return len(self.steps) > 1

    @property
    def attribute(self) -> str:
        """The attribute that it begins in."""
        return str(self.steps[0][0])

    def paths(self) -> Iterator[Path]:
        """The paths of an item that keys are made from."""
        yield self.steps[0]
        for pattern in self.key.values():
            for name in pattern.names:
                if name:
                    yield parse_path(name)

    def values(self, item: Item) -> list[AttributeValue]:
        """The values that may be keys, in the item's order."""
        first, *further = self.steps
        value = value_at(item, first)
        found = [] if value is None else [value]
        for path in further:
            found = [
                below
                for value in found
                for element in _elements(value)
                if (below := _below(element, path)) is not None
            ]
        return found

    def key_of(
        self, value: AttributeValue, item: Item, description: TableDescription
    ) -> Item | None:
        """The key that a value stands for; None where it can be none of that table."""
        if self.key.keys() != set(description.key_names):
            return None
        texts = _texts(self.key.values(), item, value)
        try:
            key = {
                attribute.name: key_value_from_text(
                    self.key[attribute.name].format(texts), attribute
                )
                for attribute in description.key_attributes
            }
            require_key(key, description)
        except InvalidValue:
            return None
        return key

    def keys(self, item: Item, description: TableDescription) -> list[tuple[AttributeValue, Item]]:
        """Each value that stands for a key, with that key."""
        made = [(value, self.key_of(value, item, description)) for value in self.values(item)]
        return [(value, key) for value, key in made if key is not None]

    def value_of(self, key: Item) -> str | None:
        """The text that stands for this key, were it written here; None where none could."""
        found: set[str] = set()
        for name, pattern in self.key.items():
            text = text_of(key[name])
            read = None if text is None else pattern.read(text)
            if read is None:
                return None
            found |= {read[""]} if "" in read else set()
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Related:
    """Items of the alias `table` that belong to an item: what a filter finds that is made of it.

    `when` and `where` are v1's parameters, the first asked of the item itself; the values of the
    second are patterns of the item's paths. `columns` are paths.
    """

    name: str
    label: str
    table: str
    where: Mapping[str, Pattern]
    when: Mapping[str, str]
    columns: tuple[str, ...] = ()
    order: Literal["asc", "desc"] | None = None
    limit: int = 10

    def asked(self, item: Item) -> list[tuple[str, str]] | None:
        """The parameters that ask for what belongs to this item; None where it lacks a value."""
        texts = _texts(self.where.values(), item, None)
        try:
            pairs = [(name, pattern.format(texts)) for name, pattern in self.where.items()]
        except InvalidValue:
            return None
        return [*pairs, ("order", self.order)] if self.order else pairs


def parse_steps(text: str) -> tuple[Path, ...]:
    """The steps of `customerId`, `tags[]` and `lines[].product`. Raises InvalidExpression."""
    first, *further = text.split(_ELEMENTS)
    steps = [parse_path(first)]
    for part in further:
        if part and not part.startswith("."):
            raise InvalidExpression(
                "The path {path} can't be read: {reason}.",
                path=repr(text[:100]),
                reason="after [] comes a dot",
            )
        steps.append(parse_path(part[1:]) if part else ())
    return tuple(steps)


def _texts(patterns: Iterable[Pattern], item: Item, value: AttributeValue | None) -> dict[str, str]:
    """What stands in the patterns' places, as far as it is there and text or a number."""
    texts = {}
    for pattern in patterns:
        for name in pattern.names:
            found = value_at(item, parse_path(name)) if name else value
            text = None if found is None else text_of(found)
            if text is not None:
                texts[name] = text
    return texts


def _elements(value: AttributeValue) -> list[AttributeValue]:
    tag, content = type_of(value), content_of(value)
    if tag == "L":
        return list(content)
    return [{tag[0]: entry} for entry in content] if tag in SET_TYPES else []


def _below(value: AttributeValue, path: Path) -> AttributeValue | None:
    found: AttributeValue | None = value
    for segment in path:
        found = found and child_of(found, segment)
    return found
