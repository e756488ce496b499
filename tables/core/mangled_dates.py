"""What spreadsheets do to dates, and what they take for one: days in another order, as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

_DATE = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<s>[-/. ]{1,2})(?P<b>[0-9]{1,2}|[A-Za-zÀ-ž]{3,12}\.?)"
    r"(?:(?P=s)(?P<c>[0-9]{1,4}))?(?:[T ].*)?"
)
# In English, German, French, Spanish, Italian, Portuguese and Dutch, as spreadsheets write them.
_MONTHS = (
    (1, ("jan", "ene", "gen")),
    (2, ("feb", "fév", "fev")),
    (3, ("mar", "mär", "mrz", "mrt")),
    (4, ("apr", "avr", "abr")),
    (5, ("may", "mai", "mag", "mei")),
    (6, ("jun", "juin", "giu")),
    (7, ("jul", "juil", "lug")),
    (8, ("aug", "aoû", "ago")),
    (9, ("sep", "set")),
    (10, ("oct", "okt", "ott", "out")),
    (11, ("nov",)),
    (12, ("dec", "dez", "déc", "dic")),
)
_NAMED_DAY = re.compile(r"(?P<name>[A-Za-z]{3,9})[- ]?(?P<day>[0-9]{1,4})")
_PAIR = re.compile(r"[0-9]+[-/. ][0-9]+")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9.]+)?\s*(?P<half>[AaPp])?")
# A year (None where there is none), a month and a day.
Day = tuple[int | None, int, int]
_YEAR = re.compile(r"(?:1[0-9]|20)[0-9]{2}|(?:[0-9]{1,2}[./-]){2}[0-9]{4}")
# Days that a spreadsheet calls by a number: the first of 1900, in old files of 1904, is 1 or 0.
_EPOCHS = (date(1899, 12, 30), date(1904, 1, 1))
_SERIAL = re.compile(r"(?P<day>[0-9]{1,7})(?:[.,](?P<part>[0-9]+))?", re.ASCII)
# Numbers of days from 1927 to 2119: over a date such a number is one, whichever day it says.
_DAYS = range(10_000, 80_000)
_LAST_DAY = 2_958_465  # Excel's, of the year 9999


def is_date(stored: str, cell: str) -> bool:
    """Both say the same day, in another order or with a month's name: `MARCH1` as `1-Mar`."""
    if _PAIR.fullmatch(stored) and _PAIR.fullmatch(cell):
        return False
    if _time(stored) is None and _time(cell) not in (None, (0, 0)):
        return False  # no spreadsheet adds an hour
    times = {_time(text) for text in (stored, cell)} - {None}
    return len(times) < 2 and any(_agree(a, b) for a in _days(stored) for b in _days(cell))


def is_day_number(stored: str, cell: str) -> bool:
    """A date has become the number of its day, or of another: `2026-03-01` as `46082`."""
    found = _SERIAL.fullmatch(cell.strip())
    days = list(_days(stored)) if found else []
    if found is None or not days or int(found["day"]) > _LAST_DAY:
        return False
    if _YEAR.match(stored.strip()) and int(found["day"]) in _DAYS:
        return True
    said = [_day_of(epoch, int(found["day"])) for epoch in _EPOCHS]
    return any(_agree(day, other) for day in days for other in said if other is not None)


def _day_of(epoch: date, number: int) -> Day | None:
    try:
        day = epoch + timedelta(days=number)
    except OverflowError:
        return None
    return day.year, day.month, day.day


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
