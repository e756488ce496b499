"""A date for the time to live is compared as the seconds that it is stored in."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from tables.admin.item_list.filter_dates import unit_of, with_dates, with_seconds
from tables.admin.item_list.filter_rows import FilterRow
from tables.admin.values.moments import DISTANCES, digits_of_words
from tables.core.registry import Table


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
    rows = with_seconds([FilterRow("until", "between", "", typed, typed)], "until")
    assert rows == [FilterRow("until", "between", "", seconds, seconds)]


@pytest.mark.parametrize(
    "row",
    [
        FilterRow("until", "lte", "", "1798761600"),
        FilterRow("until", "lte", "", "2027-13-01"),
        FilterRow("until", "lte", "", "soon"),
        FilterRow("until", "eq", "S", "2027-01-01"),
        FilterRow("placedAt", "lte", "", "2027-01-01"),
    ],
)
def test_everything_else_stays_as_it_was_typed(row):
    assert with_seconds([row], "until") == [row]
    assert with_seconds([row], None) == [row]


@pytest.mark.parametrize(
    ("words", "away"),
    [
        ("now", 0),
        ("in 7 days", 604_800),
        ("+7d", 604_800),
        ("  In  1   week ", 604_800),
        ("-30min", -1800),
        ("2 hours ago", -7200),
    ],
)
def test_a_distance_is_counted_from_now(words, away):
    before = int(datetime.now(UTC).timestamp())
    seconds = int(digits_of_words(words))
    assert before <= seconds - away <= int(datetime.now(UTC).timestamp())
    assert int(digits_of_words(words, "ms")) // 1000 - away >= before


@pytest.mark.parametrize(
    "words", ["soon", "in days", "7 days", "+7", "in 7 moons", "in 99999 years"]
)
def test_other_words_are_no_time(words):
    with pytest.raises(ValueError, match=r".*"):
        digits_of_words(words)


def test_every_distance_that_is_offered_is_understood():
    assert all(digits_of_words(words).isdigit() for words in DISTANCES)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (["1798761600", "1798761601"], "s"),
        (["1798761600", "1798761600000"], None),
        (["1798761600", "7"], None),
        (["7", "1798761600"], None),
        ([], None),
    ],
)
def test_a_column_keeps_times_in_the_unit_of_every_item(values, unit):
    items = [{"until": {"N": value}} for value in values]
    assert unit_of("until", Table("T", "t", "T"), None, items) == unit


def picked(*rows):
    form = QueryDict(mutable=True)
    for row in rows:
        for name, value in zip(("dated", "moment", "upper_moment"), row, strict=True):
            form.appendlist(name, value)
    return form


@pytest.mark.parametrize(
    ("dated", "moment", "value"),
    [
        ("s until", "2027-01-01T00:00", "1798761600"),
        ("ms until", "2027-01-01T00:00", "1798761600000"),
        ("day until", "2027-01-01", "2027-01-01"),
        ("s until", "", "7"),
        ("s until", "nonsense", "7"),
        ("day until", "nonsense", "7"),
        ("s other", "2027-01-01T00:00", "7"),
        ("", "2027-01-01T00:00", "7"),
    ],
)
def test_a_picked_date_takes_the_place_of_the_value(dated, moment, value):
    form = picked(("", "", ""), (dated, moment, moment))
    rows = with_dates([FilterRow("a"), FilterRow("until", "between", "", "7", "7")], form, None)
    assert rows == [FilterRow("a"), FilterRow("until", "between", "", value, value)]


def test_a_form_without_dates_is_as_it_was_typed():
    assert with_dates([FilterRow("until", value="7")], QueryDict(), "until") == [
        FilterRow("until", value="7")
    ]
