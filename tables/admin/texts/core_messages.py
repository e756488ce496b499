"""What the core says of mistakes, in the reader's language; the core itself speaks English."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The core's own sentences, as far as people meet them on pages; `{}` is a name, a number or
# another sentence. What is wrong with JSON, or by a JSON Schema, stays in English: those words are
# their libraries'.
SENTENCES = (
    gettext_noop("A {} can't hold the same value twice."),
    gettext_noop("A {} is an array of at least one value."),
    gettext_noop("A number has {} significant digits; DynamoDB holds {}."),
    gettext_noop("A number is longer than {} characters."),
    gettext_noop("A number is out of range: DynamoDB holds magnitudes from 1E-130 to 9.99E+125."),
    gettext_noop("A number must be finite and written in decimal digits."),
    gettext_noop("A number must be written in decimal digits."),
    gettext_noop("A number's exponent is out of range."),
    gettext_noop("A scan has no order: filter on a partition key to get one."),
    gettext_noop("A string holds half of a surrogate pair."),
    gettext_noop('A typed value is an object with one type, as {"S": "text"}.'),
    gettext_noop("An attribute name has at most {} bytes."),
    gettext_noop("Another operation stands in the way of this one."),
    gettext_noop("Another write holds the item; nothing was written. Try again."),
    gettext_noop("AWS refused a request of this service."),
    gettext_noop("Binary is base64 text (standard alphabet, padded)."),
    gettext_noop("BOOL takes true or false."),
    gettext_noop("fields names no attribute; leave it out to get whole items."),
    gettext_noop("DynamoDB asks to slow down. Try again in a moment."),
    gettext_noop("DynamoDB can't be reached."),
    gettext_noop("DynamoDB can't take this request."),
    gettext_noop("DynamoDB failed to answer. Try again in a moment."),
    gettext_noop("it takes a JSON {}."),
    gettext_noop("limit takes a whole number from 1 to {}."),
    gettext_noop("No index has that name; this table's indexes: {}."),
    gettext_noop("No item has that key."),
    gettext_noop("No table has that alias."),
    gettext_noop("NULL takes true."),
    gettext_noop("order takes asc or desc."),
    gettext_noop("plan takes scan or auto."),
    gettext_noop("sets, lists and maps can only be compared one at a time."),
    gettext_noop("Strings, numbers and binary are written as a JSON string."),
    gettext_noop(
        "The conditions compare values in several types each, and DynamoDB does not take so many "
        "at once: pin the type that is meant, as in total__n=818 or total__s=818."
    ),
    gettext_noop("The cursor can't be read."),
    gettext_noop("The cursor is too long."),
    gettext_noop("The cursor was altered, or belongs to another request."),
    gettext_noop(
        "The expression is {} bytes long; DynamoDB takes {}. Use fewer conditions or attributes."
    ),
    gettext_noop(
        "The expression needs {} operators; DynamoDB takes {}. Use fewer conditions or attributes."
    ),
    gettext_noop("The index {} does not hold {}, so it can't be filtered by."),
    gettext_noop("The index {} does not hold {}; leave it out of the fields."),
    gettext_noop("The item is {} bytes; DynamoDB holds at most {} bytes in one item."),
    gettext_noop("The name {} stands twice in one object."),
    gettext_noop("The path {} can't be read: {}."),
    gettext_noop("The paths {} and {} overlap."),
    gettext_noop("This table has no search field that could hold this."),
    gettext_noop("{} is a {}, and “{}” takes {}."),
    gettext_noop("{} is not a type; the types are {}."),
    gettext_noop("{} is not JSON: a number must be finite."),
    gettext_noop("{} is part of the natural key: it must be {}."),
    gettext_noop("{} stands twice in the query string."),
    gettext_noop("{} takes base64 text."),
    gettext_noop("{} takes true or false."),
    gettext_noop("{}: BETWEEN takes the lower bound first."),
    gettext_noop("{}: BETWEEN takes two values of one type."),
    gettext_noop("{}: IN takes 1 to {} values."),
    gettext_noop("{}: {}"),
)

# The core's names of operators and types; pages translate them where they print them.
LABELS = (
    gettext_noop("begins with"),
    gettext_noop("binary"),
    gettext_noop("binary set"),
    gettext_noop("boolean"),
    gettext_noop("contains"),
    gettext_noop("does not contain"),
    gettext_noop("does not exist"),
    gettext_noop("exists"),
    gettext_noop("has the type"),
    gettext_noop("is"),
    gettext_noop("is at least"),
    gettext_noop("is at most"),
    gettext_noop("is between"),
    gettext_noop("is greater than"),
    gettext_noop("is less than"),
    gettext_noop("is not"),
    gettext_noop("is one of"),
    gettext_noop("list"),
    gettext_noop("map"),
    gettext_noop("null"),
    gettext_noop("number"),
    gettext_noop("number set"),
    gettext_noop("string"),
    gettext_noop("string set"),
    gettext_noop("{path} {label} {0} and {1}"),
)


# A sentence in a sentence: "path: BETWEEN takes …: a number …". What goes deeper is no sentence of
# the core's, but a name that looks like one.
_DEEPEST = 3


def told(message: str, depth: int = 0) -> str:
    """The core's sentence in the reader's language, or as it is where it has no translation."""
    for sentence, pieces in _sentences() if depth < _DEEPEST else ():
        parts = _parts(message, pieces)
        if parts is not None:
            return _filled(_(sentence), [told(part, depth + 1) for part in parts])
    return message


def _filled(sentence: str, parts: Sequence[str]) -> str:
    """Each `{}` filled in turn."""
    first, *rest = sentence.split("{}")
    filled = zip(parts, rest, strict=False)
    return first + "".join(f"{part}{piece}" for part, piece in filled)


def _parts(message: str, pieces: Sequence[str]) -> list[str] | None:
    """What fills the holes between these pieces of a sentence, at least a character each.

    None where the message is another sentence. Linear, which a pattern with several holes is not.
    """
    first, *rest = pieces
    if not rest or not message.startswith(first):
        return [] if message == first else None
    parts, position = [], len(first)
    for piece in rest[:-1]:
        end = message.find(piece, position + 1)
        if end < 0:
            return None
        parts.append(message[position:end])
        position = end + len(piece)
    end = len(message) - len(rest[-1])
    if end <= position or not message.endswith(rest[-1]):
        return None
    return [*parts, message[position:end]]


@cache
def _sentences() -> list[tuple[str, list[str]]]:
    """Each sentence and its pieces; what is most of the sentence's own is tried first."""
    ordered = sorted(SENTENCES, key=lambda sentence: -len(sentence.replace("{}", "")))
    return [(sentence, sentence.split("{}")) for sentence in ordered]
