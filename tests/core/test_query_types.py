"""Query strings: the search parameter, and operands of every type."""

import pytest

from tables.core.errors import InvalidExpression
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.queries import format_term, parse_query


@pytest.mark.parametrize(
    ("suffix", "text", "operand"),
    [
        ("ss", '["a","b"]', {"SS": ["a", "b"]}),
        ("ns", "[1,2.50]", {"NS": ["1", "2.5"]}),
        ("bs", '["YQ=="]', {"BS": ["YQ=="]}),
        ("l", '[1,"a",null]', {"L": [{"N": "1"}, {"S": "a"}, {"NULL": True}]}),
        ("m", '{"a":{"b":true}}', {"M": {"a": {"M": {"b": {"BOOL": True}}}}}),
    ],
)
def test_sets_lists_and_maps_are_written_as_json_and_read_back(suffix, text, operand):
    (term,) = parse_query([(f"x__{suffix}", text)], types={}).filter.parts
    assert term == make_term(("x",), BY_SUFFIX["eq"], [operand])
    name, again = format_term(term, {})
    assert name in (f"x__eq__{suffix}", f"x__{suffix}")
    assert parse_query([(name, again)], types={}).filter.parts == (term,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x__ss", "[]"),
        ("x__ss", '["a","a"]'),
        ("x__ss", "a"),
        ("x__ns", '["a"]'),
        ("x__l", "{}"),
        ("x__m", "[]"),
        ("x__m", "{"),
        ("x__in__l", "[1]"),
    ],
)
def test_what_is_no_such_json_is_refused_by_name(name, text):
    with pytest.raises(InvalidExpression, match="^" + name):
        parse_query([(name, text)], types={})


def test_a_search_looks_into_strings_and_compares_whole_numbers():
    query = parse_query(
        [(".search", "42")],
        types={"age": "N", "done": "BOOL"},
        search_fields=["name", "age", "done"],
    )
    contains = make_term(("name",), BY_SUFFIX["contains"], [{"S": "42"}])
    name, age = (make_term((path,), BY_SUFFIX["eq"], [{"N": "42"}]) for path in ("name", "age"))
    # Nobody declared what a name is: it may be a number.
    assert query.filter == Group((Group((contains, name, age), "OR"),))
    assert query.search == "42"


def test_a_search_that_no_field_can_hold_is_refused():
    with pytest.raises(InvalidExpression, match="no search field"):
        parse_query([(".search", "ann")], types={"age": "N"}, search_fields=["age"])
