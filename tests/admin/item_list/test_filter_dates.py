"""A date for the time to live is compared as the seconds that it is stored in."""

import pytest

from tables.admin.item_list.filter_dates import with_seconds
from tables.admin.item_list.filter_rows import Row


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("2027-01-01", "1798761600"),
        ("2027-01-01T00:00", "1798761600"),
        ("2027-01-01 00:01:01", "1798761661"),
        ("2027-01-01 00:01 UTC", "1798761660"),
        ("2027-01-01T00:01:00Z", "1798761660"),
    ],
)
def test_a_date_becomes_seconds(typed, seconds):
    rows = with_seconds([Row("until", "between", "", typed, typed)], "until")
    assert rows == [Row("until", "between", "", seconds, seconds)]


@pytest.mark.parametrize(
    "row",
    [
        Row("until", "lte", "", "1798761600"),
        Row("until", "lte", "", "2027-13-01"),
        Row("until", "lte", "", "soon"),
        Row("until", "eq", "S", "2027-01-01"),
        Row("placedAt", "lte", "", "2027-01-01"),
    ],
)
def test_everything_else_stays_as_it_was_typed(row):
    assert with_seconds([row], "until") == [row]
    assert with_seconds([row], None) == [row]
