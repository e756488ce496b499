"""Dates in the filter: typed for the time to live, they become the seconds it is stored in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tables.admin.item_list.filter_rows import AUTOMATIC, Row
from tables.admin.values.moments import digits_of

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def with_seconds(rows: Iterable[Row], ttl_attribute: str | None) -> list[Row]:
    """The rows, dates in UTC for the time to live as seconds since 1970.

    DynamoDB counts a time to live in seconds, so a date can mean one number only. What is compared
    as text stays text.
    """
    return [
        replace(row, value=_seconds(row.value), upper=_seconds(row.upper))
        if ttl_attribute and row.path.strip() == ttl_attribute and row.type in (AUTOMATIC, "N")
        else row
        for row in rows
    ]


def _seconds(text: str) -> str:
    field = text.strip().removesuffix(" UTC").removesuffix("Z")
    try:
        return digits_of(f"{field}T00:00" if _DAY.fullmatch(field) else field)
    except ValueError:
        return text
