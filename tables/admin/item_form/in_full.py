"""Attribute values in full, to read and not to edit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.utils.safestring import SafeString

from tables.admin.item_form.value_text import can_say, text_of
from tables.admin.texts.kinds import kind_words
from tables.admin.values.hidden_characters import marked
from tables.admin.values.lead import Lead
from tables.admin.values.one_line import short_number
from tables.core.sight import Seen
from tables.core.values import AttributeValue, content_of, type_of

# Attributes of a wide item that a page shows at a time.
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as text, with its type's tag and word; `text` is empty for empty and null values.

    `leads` are its links to other items.
    """

    name: str
    tag: str
    text: str
    leads: tuple[Lead, ...] = ()

    @property
    def title(self) -> SafeString:
        """The attribute's name, what can't be seen in it marked."""
        return marked(self.name)

    @property
    def marked(self) -> SafeString:
        """The text with what can't be seen marked; its lines stay lines."""
        return marked(self.text, lines=True)

    @property
    def word(self) -> str:
        """The type in words."""
        return kind_words(self.tag)


class ShownPart(list[Shown]):
    """Attributes that a page shows; `more` follow that it does not."""

    more = 0


def shown_value(value: AttributeValue | None, name: str = "") -> Shown | None:
    """A value in full: text as it is, nested values as JSON; None where there is none."""
    if value is None:
        return None
    tag = type_of(value)
    if tag == "S":
        return Shown(name, tag, str(content_of(value)))
    if tag == "N":
        return Shown(name, tag, short_number(value["N"]))
    return Shown(name, tag, text_of(value, "plain" if can_say(value, "plain") else "typed"))


def shown_item(item: Seen, start: int = 0, most: int = MOST_SHOWN) -> ShownPart:
    """Attributes in full, in the item's order, from that one on."""
    named = islice(item.items(), start, start + most)
    part = ShownPart(shown for name, value in named if (shown := shown_value(value, name)))
    part.more = max(len(item) - start - most, 0)
    return part
