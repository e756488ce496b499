"""What spreadsheets do to cells unasked, found by comparing a cell with what is stored.

Nothing is guessed from the cell alone: a cell is mangled where it is what a spreadsheet makes of
the very value that stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

from tables.core.errors import Sentence
from tables.core.mangled_dates import is_date, is_day_number
from tables.core.values import AttributeValue

# Excel: specifications and limits, "number precision" and "total number of characters in a cell".
_DIGITS = 15
_CHARACTERS = 32_767
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE][+][0-9]{2,3}", re.ASCII)
# What spreadsheets call true and false in the languages that they are sold in.
_TRUTHS = {
    "true": frozenset({
        "true", "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "prawda", "pravda",
        "sant", "sand", "sann", "tosi", "igaz", "adevărat", "doğru", "истина", "αληθές",
    }),
    "false": frozenset({
        "false", "falsch", "faux", "falso", "onwaar", "fałsz", "nepravda", "falskt", "falsk",
        "usann", "epätosi", "hamis", "fals", "yanlış", "ложь", "ψευδές",  # noqa: RUF001 - Turkish
    }),
}  # fmt: skip
_DECORATED = re.compile(
    r"(?P<money>[$€£¥₹]|[A-Z]{3})?\s?(?P<sign>[+-]?)(?P<number>[0-9](?:[0-9.,'’\s]*[0-9])?)"
    r"\s?(?P<after>%|[$€£¥₹]|[A-Z]{3})?"
)
_MOST_DECORATED = 100
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<by>[.,'’\s])[0-9]{3})(?:(?P=by)[0-9]{3})*(?:[.,][0-9]+)?")
# How UTF-8 is read where nothing says that it is.
_READINGS = ("cp1252", "cp1250", "latin-1")


@dataclass(frozen=True, slots=True)
class Mangling:
    """One thing that spreadsheets do: its code, words, and the test of stored text and cell."""

    code: str
    words: Sentence
    matches: Callable[[str, str], bool]


def mangling_of(cell: str, stored: AttributeValue) -> Mangling | None:
    """What a spreadsheet has done to a stored text or number that this cell comes from, if it has.

    A cell that says the same as the stored value is nobody's mistake: ask that first.
    """
    if "BOOL" in stored:
        is_same = cell.lower() in _TRUTHS["true" if stored["BOOL"] else "false"]
        return _TRUTH if is_same and cell.lower() not in _TRUTHS else None
    content = stored.get("S", stored.get("N"))
    if not isinstance(content, str) or not cell or cell == content:
        return None
    return next((each for each in MANGLINGS if each.matches(content, cell)), None)


def read_as_utf_8(cell: str) -> Iterator[str]:
    """What a cell may have been before its UTF-8 was read as another encoding."""
    if cell.isascii():
        return
    for encoding in _READINGS:
        with suppress(UnicodeError):
            yield b"".join(_byte(character, encoding) for character in cell).decode()


def _byte(character: str, encoding: str) -> bytes:
    """Bytes that an encoding gives no character are read as controls of the same number."""
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return character.encode("latin-1")


def looks_mangled(cell: str) -> bool:
    """Whether a cell looks like a long number that a spreadsheet has shortened."""
    return _EXPONENT.fullmatch(cell.strip()) is not None


def _is_rounded(stored: str, cell: str) -> bool:
    """15 digits are left, and zeros after them."""
    number, found = _number(stored), _number(cell)
    if number is None or found is None or number == found:
        return False
    return len(number.as_tuple().digits) > _DIGITS and _rounded(number, _DIGITS, found)


def _is_shortened(stored: str, cell: str) -> bool:
    """As many digits are left as the cell was wide: `1.23457E+15`."""
    number, found = _number(stored), _number(cell)
    if number is None or found is None or number == found or "e" not in cell.lower():
        return False
    shown = len(re.sub(r"[^0-9]", "", re.split(r"[eE]", cell)[0]))
    return _rounded(number, shown, found)


def _rounded(number: Decimal, digits: int, found: Decimal) -> bool:
    ways = ("ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_DOWN")
    return digits > 0 and any(Context(digits, way).plus(number) == found for way in ways)


def _has_lost_zeros(stored: str, cell: str) -> bool:
    """`01000` has become `1000`."""
    is_code = stored.isascii() and stored.isdigit() and stored.startswith("0")
    return is_code and cell.strip() == (stored.lstrip("0") or "0")


def _is_respelled(stored: str, cell: str) -> bool:
    """The same number as text, written otherwise: `1.10` as `1.1`, `2E4` as `20000`."""
    number = _number(stored)
    return number is not None and number == _number(cell)


def _is_truth(stored: str, cell: str) -> bool:
    """`true` has become `TRUE` or `WAHR`; over it `FALSCH` is no word of its editor's either."""
    if stored.lower() not in _TRUTHS or stored == cell:
        return False
    is_same = cell.lower() in _TRUTHS[stored.lower()]
    is_shouted = cell.isupper() and not stored.isupper()
    return is_same or (is_shouted and any(cell.lower() in words for words in _TRUTHS.values()))


def _is_undecorated(stored: str, cell: str) -> bool:
    """`50%` has become `0.5`, `€1,234.50` the number alone, or the other way round."""
    if _number(stored) is not None and _number(cell) is not None:
        return False
    said = set(_decorated(cell))
    return any(number in said for number in _decorated(stored))


def _decorated(text: str) -> Iterator[Decimal]:
    """Each number that a text may mean, with a percent sign, a currency, or digits in groups."""
    found = _DECORATED.fullmatch(text.strip()) if len(text) <= _MOST_DECORATED else None
    if found is None:
        return
    digits = found["number"].strip()
    spelled = {digits}
    if grouped := _GROUPED.fullmatch(digits):
        spelled.add(digits.replace(grouped["by"], ""))
    for each in spelled:
        if (number := _number(found["sign"] + each)) is not None:
            yield number / 100 if found["after"] == "%" else number


def _is_reread(stored: str, cell: str) -> bool:
    """UTF-8 has been read as another encoding: `Andò` has become `AndÃ²`."""
    return stored in read_as_utf_8(cell)


def _has_lost_characters(stored: str, cell: str) -> bool:
    """Characters that an old encoding lacks have become question marks: two, where a program
    counts in UTF-16 and the character takes two units there.
    """
    if stored == cell or "?" not in cell:
        return False
    return any(_is_marked(each, cell) for each in (stored, _ASTRAL.sub("\ufffd\ufffd", stored)))


def _is_marked(stored: str, cell: str) -> bool:
    """Whether nothing but question marks has come in place of what is not ASCII."""
    return len(stored) == len(cell) and all(
        b in (a, "?") and (a == b or not a.isascii()) for a, b in zip(stored, cell, strict=True)
    )


def _is_cut(stored: str, cell: str) -> bool:
    return len(cell) == _CHARACTERS and stored.startswith(cell)


def _number(text: str) -> Decimal | None:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


_TRUTH = Mangling(
    "truth", Sentence("A spreadsheet has made its own word for true or false of it."), _is_truth
)
READ_AS_OTHER = Mangling(
    "encoding", Sentence("Its UTF-8 has been read as another encoding."), _is_reread
)
MANGLINGS = (
    _TRUTH,
    READ_AS_OTHER,
    Mangling("zeros", Sentence("A spreadsheet has dropped its leading zeros."), _has_lost_zeros),
    Mangling("respelled", Sentence("A spreadsheet has made a number of it."), _is_respelled),
    Mangling("rounded", Sentence("A spreadsheet has kept 15 of its digits."), _is_rounded),
    Mangling(
        "shortened", Sentence("A spreadsheet has kept the digits that it showed."), _is_shortened
    ),
    Mangling("date", Sentence("A spreadsheet has made a date of it, or another order."), is_date),
    Mangling("day", Sentence("A spreadsheet has made the number of a day of it."), is_day_number),
    Mangling(
        "undecorated",
        Sentence("A spreadsheet has put or taken its percent sign, currency or groups of digits."),
        _is_undecorated,
    ),
    Mangling(
        "characters",
        Sentence("A spreadsheet has put question marks for characters."),
        _has_lost_characters,
    ),
    Mangling("cut", Sentence("A spreadsheet has kept 32,767 of its characters."), _is_cut),
)
