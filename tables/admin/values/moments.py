"""Numbers that are times: seconds or milliseconds since 1970, and the time to live."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.kinds import kind_words
from tables.core.values import AttributeValue, content_of, type_of

# Seconds of the years 2001 to 2100: what a number of ten digits may mean.
_FIRST_SECOND, _LAST_SECOND = 1_000_000_000, 4_133_980_800
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of the years 1973 to 5138: what a time to live of a table means, whatever the year.
_TTL_SECONDS = re.compile(r"[0-9]{9,11}", re.ASCII)
_TTL_MILLISECONDS = re.compile(r"[0-9]{12,14}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Signed as `+7d` and `-30min`, or in words as `in 7 days` and `2 hours ago`.
_SIGNED = re.compile(r"(?P<sign>[+-]) ?(?P<n>\d{1,5}) ?(?P<unit>[a-z]+)", re.ASCII)
_AHEAD = re.compile(r"in (?P<n>\d{1,5}) (?P<unit>[a-z]+)", re.ASCII)
_AGO = re.compile(r"(?P<n>\d{1,5}) (?P<unit>[a-z]+) ago", re.ASCII)
_SPANS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
# Distances to choose from, each as `digits_of_words` reads it.
DISTANCES = ("in 1 hour", "in 1 day", "in 7 days", "in 30 days", "in 365 days")
_FIELD = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a number says, and whether the number counts seconds or milliseconds."""

    at: datetime
    unit: Literal["s", "ms"]

    @property
    def field(self) -> str:
        """As a `datetime-local` field has it, in UTC."""
        return self.at.replace(tzinfo=None).isoformat(timespec=self._precision)

    @property
    def words(self) -> str:
        """As people read it, with its zone."""
        return self.at.strftime("%Y-%m-%d %H:%M:%S UTC")

    @property
    def short(self) -> str:
        """As a column has it: without seconds that are none, and with its zone."""
        text = self.at.strftime("%Y-%m-%d %H:%M")
        return f"{text}:{self.at:%S} UTC" if self.at.second else f"{text} UTC"

    @property
    def is_over(self) -> bool:
        """Whether it is past."""
        return self.at <= datetime.now(UTC)

    @property
    def _precision(self) -> str:
        if self.at.microsecond:
            return "milliseconds"
        return "seconds" if self.at.second else "minutes"


def moment_of(digits: str) -> Moment | None:
    """The time that a number means: ten digits are seconds, thirteen milliseconds, from 2001 on."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    is_milliseconds = len(digits) == 13
    if not is_milliseconds and len(digits) != 10:
        return None
    number = int(digits)
    if not _FIRST_SECOND <= (number // 1000 if is_milliseconds else number) <= _LAST_SECOND:
        return None
    unit: Literal["s", "ms"] = "ms" if is_milliseconds else "s"
    return Moment(_EPOCH + timedelta(**{_UNITS[unit]: number}), unit)


_UNITS = {"s": "seconds", "ms": "milliseconds"}


def digits_of(field: str, unit: Literal["s", "ms"] = "s") -> str:
    """The number that a `datetime-local` field in UTC means. Raises ValueError for no time."""
    if not _FIELD.fullmatch(field):
        raise ValueError(field)
    passed = datetime.fromisoformat(field).replace(tzinfo=UTC) - _EPOCH
    return str(passed // timedelta(**{_UNITS[unit]: 1}))


def is_day(text: str) -> bool:
    """Whether the text is a day, such as `2027-01-31`."""
    try:
        return bool(_DAY.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def digits_of_words(text: str, unit: Literal["s", "ms"] = "s") -> str:
    """The number that a typed time means: a date in UTC, or a distance from now.

    `2027-01-31`, `2027-01-31 09:30 UTC`, `now`, `in 7 days`, `+7d`, `2 hours ago` and `-30min` are
    times. Raises ValueError for any other text.
    """
    words = " ".join(text.split())
    if (span := _span_of(words.lower())) is not None:
        try:
            at = datetime.now(UTC) + span
        except OverflowError as error:
            raise ValueError(text) from error
        return digits_of(at.strftime("%Y-%m-%dT%H:%M:%S"), unit)
    field = words.removesuffix(" UTC").removesuffix("Z")
    return digits_of(f"{field}T00:00" if _DAY.fullmatch(field) else field, unit)


def _span_of(words: str) -> timedelta | None:
    """How far from now the words are; None where they speak of no distance."""
    if words == "now":
        return timedelta()
    for pattern, sign in ((_AHEAD, 1), (_AGO, -1), (_SIGNED, 1)):
        found = pattern.fullmatch(words)
        if found and found["unit"] in _SPANS:
            is_back = sign < 0 or found.groupdict().get("sign") == "-"
            return _SPANS[found["unit"]] * int(found["n"]) * (-1 if is_back else 1)
    return None


def never_expires(value: AttributeValue) -> str:
    """Why DynamoDB never deletes an item by this time to live; empty where it does."""
    tag = type_of(value)
    if tag == "N":
        if _TTL_MILLISECONDS.fullmatch(content_of(value)):
            return _("milliseconds: DynamoDB counts seconds, so this never expires")
        return ""
    if tag == "S":
        return _("text: DynamoDB wants a number of seconds, so this never expires")
    return _("%(type)s: DynamoDB wants a number of seconds, so this never expires") % {
        "type": kind_words(tag)
    }


def ttl_words(value: AttributeValue | None) -> str:
    """When DynamoDB deletes an item by its time to live, or why never; empty where none is said."""
    if not value:
        return ""
    if reason := never_expires(value):
        return reason[:1].upper() + reason[1:]
    digits = content_of(value)
    if not _TTL_SECONDS.fullmatch(digits):
        return ""
    moment = Moment(_EPOCH + timedelta(seconds=int(digits)), "s")
    words = _("Expired %(when)s") if moment.is_over else _("Expires %(when)s")
    return words % {"when": moment.words}


def distance_words(moment: Moment) -> str:
    """How far away a time is, such as `in 35 days`."""
    seconds = round((moment.at - datetime.now(UTC)).total_seconds())
    span = abs(seconds)
    if span >= 2 * 86_400:
        words = ngettext("%(n)s day", "%(n)s days", span // 86_400) % {"n": span // 86_400}
    elif span >= 2 * 3600:
        words = ngettext("%(n)s hour", "%(n)s hours", span // 3600) % {"n": span // 3600}
    else:
        words = ngettext("%(n)s minute", "%(n)s minutes", span // 60) % {"n": span // 60}
    return (_("in %(span)s") if seconds > 0 else _("%(span)s ago")) % {"span": words}
