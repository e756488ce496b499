"""What spreadsheets do to cells unasked, found by comparing a cell with what is stored.

Nothing is guessed from the cell alone: a cell is mangled where it is what a spreadsheet makes of
the very value that stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation

from tables.core.errors import Sentence
from tables.core.values import AttributeValue

# Excel: specifications and limits, "number precision" and "total number of characters in a cell".
_DIGITS = 15
_CHARACTERS = 32_767
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE][+][0-9]{2,3}", re.ASCII)
_DATE = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<s>[-/. ]{1,2})(?P<b>[0-9]{1,2}|[A-Za-zÀ-ž]{3,12}\.?)"
    r"(?:(?P=s)(?P<c>[0-9]{1,4}))?(?:[T ].*)?"
)
# In English, German, French and Spanish, as spreadsheets write them.
_MONTHS = (
    (1, ("jan", "ene")),
    (2, ("feb", "fév")),
    (3, ("mar", "mär", "mrz")),
    (4, ("apr", "avr", "abr")),
    (5, ("may", "mai")),
    (6, ("jun", "juin")),
    (7, ("jul", "juil")),
    (8, ("aug", "aoû", "ago")),
    (9, ("sep",)),
    (10, ("oct", "okt")),
    (11, ("nov",)),
    (12, ("dec", "dez", "déc", "dic")),
)
_NAMED_DAY = re.compile(r"(?P<name>[A-Za-z]{3,9})[- ]?(?P<day>[0-9]{1,4})")


_PAIR = re.compile(r"[0-9]+[-/. ][0-9]+")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9.]+)?\s*(?P<half>[AaPp])?")
# A year (None where there is none), a month and a day.
Day = tuple[int | None, int, int]


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
    content = stored.get("S", stored.get("N"))
    if not isinstance(content, str) or not cell or cell == content:
        return None
    return next((each for each in MANGLINGS if each.matches(content, cell)), None)


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
    return stored != cell and stored.lower() == cell.lower() and stored.lower() in ("true", "false")


def _is_date(stored: str, cell: str) -> bool:
    """Both say the same day, in another order or with a month's name: `MARCH1` as `1-Mar`."""
    if _PAIR.fullmatch(stored) and _PAIR.fullmatch(cell):
        return False
    times = {_time(text) for text in (stored, cell)} - {None}
    return len(times) < 2 and any(_agree(a, b) for a in _days(stored) for b in _days(cell))


def _has_lost_characters(stored: str, cell: str) -> bool:
    """Characters that an old encoding lacks have become question marks."""
    if len(stored) != len(cell) or "?" not in cell:
        return False
    pairs = [(a, b) for a, b in zip(stored, cell, strict=True) if a != b]
    return bool(pairs) and all(b == "?" and not a.isascii() for a, b in pairs)


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


def _days(text: str) -> Iterator[Day]:
    """Every day that a text may mean."""
    text = text.strip()
    if found := _NAMED_DAY.fullmatch(text):
        month = _month(found["name"])
        yield from _day(None, month, int(found["day"]))
        yield from _day(_year(found["day"]), month, 1)
    if (found := _DATE.fullmatch(text)) is None:
        return
    a, b, c = found["a"], found["b"], found["c"]
    if c is None:
        yield from _day(None, _month(b), int(a))
        yield from _day(None, _month(a), _whole(b))
    elif len(a) == 4:
        yield from _day(int(a), _month(b), int(c))
    else:
        yield from _day(_year(c), _month(b), int(a))
        yield from _day(_year(c), _month(a), _whole(b))


def _day(year: int | None, month: int, day: int) -> Iterator[Day]:
    with suppress(ValueError):
        date(year or 2000, month, day)
        yield year, month, day


def _agree(one: Day, other: Day) -> bool:
    """Spreadsheets leave out the year of a day, and put one to a day that has none."""
    years = {one[0], other[0]}
    return one[1:] == other[1:] and (len(years) == 1 or None in years)


def _time(text: str) -> tuple[int, int] | None:
    """The hour and the minute in a text, if there are any."""
    found = _TIME.search(text)
    if found is None:
        return None
    noon = 12 if (found["half"] or "").lower() == "p" else 0
    hour = int(found["hour"]) % 12 + noon if found["half"] else int(found["hour"])
    return hour, int(found["minute"])


def _year(text: str) -> int | None:
    if len(text) == 4:
        return int(text)
    # Excel: years of two digits up to 29 are of this century.
    return (2000 if int(text) < 30 else 1900) + int(text) if len(text) == 2 else None


def _month(text: str) -> int:
    """The number of a month; 0 for none."""
    if text.isdigit():
        return int(text)
    return next((number for number, names in _MONTHS if text.lower().startswith(names)), 0)


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0


MANGLINGS = (
    Mangling("truth", Sentence("A spreadsheet has made capitals of it."), _is_truth),
    Mangling("zeros", Sentence("A spreadsheet has dropped its leading zeros."), _has_lost_zeros),
    Mangling("respelled", Sentence("A spreadsheet has made a number of it."), _is_respelled),
    Mangling("rounded", Sentence("A spreadsheet has kept 15 of its digits."), _is_rounded),
    Mangling(
        "shortened", Sentence("A spreadsheet has kept the digits that it showed."), _is_shortened
    ),
    Mangling("date", Sentence("A spreadsheet has made a date of it, or another order."), _is_date),
    Mangling(
        "characters",
        Sentence("A spreadsheet has put question marks for characters."),
        _has_lost_characters,
    ),
    Mangling("cut", Sentence("A spreadsheet has kept 32,767 of its characters."), _is_cut),
)
