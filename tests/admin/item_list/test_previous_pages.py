"""The way back: short, complete as far as it fits, and not to be forged."""

import pytest

from tables.admin.item_list.previous_pages import (
    MAX_TRAIL_CHARACTERS,
    Trail,
    read_trail,
    start_key_of,
    visited,
    write_trail,
)
from tables.admin.texts.meter import Tally
from tables.core.descriptions import Index, KeyAttribute, TableDescription
from tables.core.errors import InvalidCursor
from tables.core.plans import Plan

CITIES = TableDescription(
    "cities",
    KeyAttribute("country", "S"),
    KeyAttribute("name", "S"),
    indexes=(Index("zone", KeyAttribute("zone", "S"), KeyAttribute("people", "N"), None, True),),
)
SCAN = Plan("Scan")
QUERY = Plan("Query", index="zone")
START = {
    "people": {"N": "12"},
    "zone": {"S": "east"},
    "name": {"S": "Å"},
    "country": {"S": "NO"},
}


def test_a_trail_reads_back_as_it_was_written():
    trail = Trail().after(visited(100, None, QUERY, CITIES)).after(visited(7, START, QUERY, CITIES))
    assert read_trail(write_trail(trail, "x"), "x") == trail
    assert trail.shown == 107


def test_a_trail_adds_up_what_reading_its_pages_took():
    first = visited(2, None, QUERY, CITIES, Tally(1000, 12.5, 1))
    trail = Trail().after(first).after(visited(0, START, QUERY, CITIES, Tally(500, 0.3, 2)))
    assert read_trail(write_trail(trail, "x"), "x") == trail
    assert trail.took == Tally(1500, 12.8, 3)
    assert trail.back().took == Tally(1000, 12.5, 1)
    assert Trail().took == Tally()
    # A page of which nothing is known, or an unknown beginning: no sum is better than a part.
    assert trail.after(visited(7, START, QUERY, CITIES)).took is None
    assert Trail(before=None).after(first).took is None


def test_what_forgotten_pages_took_is_not_forgotten():
    trail = Trail()
    for number in range(1500):
        start = {"country": {"S": "DE"}, "name": {"S": f"City {number}#{number * 7919}"}}
        trail = trail.after(visited(1, start, SCAN, CITIES, Tally(100, 0.5, 1)))
    again = read_trail(write_trail(trail, "x"), "x")
    assert len(again.pages) < 1500
    assert (again.shown, again.took) == (1500, Tally(150_000, 750.0, 1500))


def test_a_start_key_comes_back_with_its_types():
    assert start_key_of(visited(1, START, QUERY, CITIES), QUERY, CITIES) == START
    assert start_key_of(visited(1, None, QUERY, CITIES), QUERY, CITIES) is None


@pytest.mark.parametrize(
    "spoil", [lambda t: "A" + t, lambda t: t[:-2] + "xx", lambda _: "", str.lower]
)
def test_an_altered_trail_is_refused(spoil):
    with pytest.raises(InvalidCursor):
        read_trail(spoil(write_trail(Trail(), "x")), "x")


def test_a_trail_of_another_list_is_refused():
    with pytest.raises(InvalidCursor):
        read_trail(write_trail(Trail(), "x"), "y")


def _after(pages, size=lambda number: f"City number {number}#{number * 7919}"):
    trail = Trail().after(visited(100, None, SCAN, CITIES))
    for number in range(pages):
        start = {"country": {"S": "DE"}, "name": {"S": size(number)}}
        trail = trail.after(visited(100, start, SCAN, CITIES))
    return trail


def test_fifty_pages_fit_into_a_kilobyte_or_so():
    assert len(write_trail(_after(50), "x")) < 1500


def test_a_long_way_forgets_its_beginning_but_not_how_far_it_was():
    trail = read_trail(write_trail(_after(2000), "x"), "x")
    assert 100 < len(trail.pages) < 2000
    assert trail.shown == 200_100
    assert trail.pages[-1] == _after(2000).pages[-1]


def test_the_longest_keys_fit():
    text = write_trail(_after(20, lambda number: chr(0x4E00 + number) * 1000), "x")
    assert len(text) <= MAX_TRAIL_CHARACTERS
