"""Dates in the filter: a time that is typed or picked becomes what the attribute keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tables.admin.item_list.address import Address
from tables.admin.item_list.columns import parse_paths
from tables.admin.item_list.filter_rows import AUTOMATIC, FilterRow
from tables.admin.item_list.known_values import Choice
from tables.admin.values.moments import digits_of, digits_of_words, is_day, moment_of
from tables.core.expressions import Path, value_at
from tables.core.filters import BY_SUFFIX, make_term
from tables.core.queries import format_term
from tables.core.registry import Table
from tables.core.schemas import subschema
from tables.core.values import AttributeValue, Item

# What a date becomes: seconds or milliseconds since 1970, or a text that begins with the day.
Unit = Literal["s", "ms", "day"]

_TYPES_OF_UNIT = {"s": "N", "ms": "N", "day": "S"}


def unit_of(
    text: str, table: Table, ttl_attribute: str | None, items: Sequence[Item]
) -> Unit | None:
    """How an attribute keeps times: as DynamoDB or the schema says, else as the page's items do.

    None where it keeps none, or some items keep it otherwise than others.
    """
    if ttl_attribute and text.strip() == ttl_attribute:
        return "s"
    for path in parse_paths([text]):
        if subschema(table.schema, path).get("format") in ("date", "date-time"):
            return "day"
        return _common(_unit(value) for item in items if (value := value_at(item, path)))
    return None


def with_dates(
    rows: Iterable[FilterRow], form: QueryDict, ttl_attribute: str | None
) -> list[FilterRow]:
    """The rows as they were typed, with each date that was picked beside a value in its place.

    A field of dates says for which attribute it was drawn: typed over, the row speaks of another.
    """
    picked = [form.getlist(name) for name in ("dated", "moment", "upper_moment")]
    return [
        with_seconds([_with_picked(row, *(_at(values, n) for values in picked))], ttl_attribute)[0]
        for n, row in enumerate(rows)
    ]


def with_seconds(rows: Iterable[FilterRow], ttl_attribute: str | None) -> list[FilterRow]:
    """The rows, dates in UTC for the time to live as seconds since 1970, and “in 7 days” too.

    DynamoDB counts a time to live in seconds, so a date can mean one number only. What is compared
    as text stays text.
    """
    return [
        replace(row, value=_seconds(row.value), upper=_seconds(row.upper))
        if ttl_attribute and row.path.strip() == ttl_attribute and row.type in (AUTOMATIC, "N")
        else row
        for row in rows
    ]


def spans_of(text: str, address: Address, types: Mapping[str, str]) -> tuple[Choice, ...]:
    """Links to what has expired and to what soon will, by the time to live."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    spans = [
        (_("expired already"), "lte", [now]),
        (_("in the next 24 hours"), "between", [now, now + timedelta(days=1)]),
        (_("in the next 7 days"), "between", [now, now + timedelta(days=7)]),
        (_("in the next 30 days"), "between", [now, now + timedelta(days=30)]),
    ]
    before = address.url + ("&" if address.pairs else "?")
    return tuple(
        Choice(words, 0, before + _query(path, suffix, times, types))
        for path in parse_paths([text])
        for words, suffix, times in spans
    )


def _query(path: Path, suffix: str, times: list[datetime], types: Mapping[str, str]) -> str:
    operands = [{"N": str(int(time.timestamp()))} for time in times]
    return urlencode([format_term(make_term(path, BY_SUFFIX[suffix], operands), types)])


def _common(units: Iterator[Unit | None]) -> Unit | None:
    """The unit that all of them are; most columns keep no times, as the first value tells."""
    first = next(units, None)
    return first if first is not None and all(unit == first for unit in units) else None


def _unit(value: AttributeValue) -> Unit | None:
    """How one value keeps a time."""
    moment = moment_of(value.get("N", ""))
    if moment:
        return moment.unit
    return "day" if is_day(value.get("S", "")[:10]) else None


def _with_picked(row: FilterRow, dated: str, moment: str, upper: str) -> FilterRow:
    unit, _blank, path = dated.partition(" ")
    if path != row.path or row.type not in (AUTOMATIC, _TYPES_OF_UNIT.get(unit)):
        return row
    value, top = (_stored(field, unit) for field in (moment, upper))
    return replace(row, value=value or row.value, upper=top or row.upper)


def _stored(field: str, unit: str) -> str:
    if unit == "day":
        return field if is_day(field) else ""
    try:
        return digits_of(field, "ms" if unit == "ms" else "s")
    except ValueError:
        return ""


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def _seconds(text: str) -> str:
    try:
        return digits_of_words(text)
    except ValueError:
        return text
