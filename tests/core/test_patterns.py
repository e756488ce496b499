"""Patterns: what is formatted is read back, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidValue
from tables.core.patterns import NotAPattern, Pattern, Placeholder, parse_pattern, text_of

ORDER = parse_pattern("ORDER#{placedAt}#{orderId}")
LINE = parse_pattern("LINE#{number:02}")


def test_a_pattern_is_made_of_text_and_placeholders():
    assert parse_pattern("A#{x}{{b}}{y.z:03}") == Pattern(
        ("A#", Placeholder("x"), "{b}", Placeholder("y.z", 3))
    )
    assert ORDER.names == ("placedAt", "orderId")
    assert parse_pattern("PROFILE").names == ()
    assert parse_pattern("{}#x").names == ("",)


@pytest.mark.parametrize("text", ["A#{x}{y}", "A#{x", "A}#", "{x:2}", "{x:0}", "{a{b}}"])
def test_what_can_not_be_read_back_is_no_pattern(text):
    with pytest.raises(NotAPattern):
        parse_pattern(text)


def test_values_make_a_key_and_are_read_back_from_it():
    values = {"placedAt": "2026-05-05", "orderId": "O-1001"}
    assert ORDER.format(values) == "ORDER#2026-05-05#O-1001"
    assert ORDER.read("ORDER#2026-05-05#O-1001") == values
    assert ORDER.read("ORDER#2026-05-05#O#1#x") == {"placedAt": "2026-05-05", "orderId": "O#1#x"}


@pytest.mark.parametrize("text", ["ORDER#2026-05-05", "ORDER##x", "ORDER#a#", "LINE#01", "", "ORD"])
def test_a_text_that_the_pattern_can_not_have_made_is_not_read(text):
    assert ORDER.read(text) is None


def test_a_value_that_holds_what_stands_behind_it_is_refused():
    with pytest.raises(InvalidValue) as caught:
        ORDER.format({"placedAt": "a#b", "orderId": "1"})
    assert caught.value.message == (
        "placedAt can't be 'a#b': in ORDER#{placedAt}#{orderId} it would be read as another."
    )


@pytest.mark.parametrize("values", [{"placedAt": "x"}, {"placedAt": "", "orderId": "1"}])
def test_a_value_that_is_missing_or_empty_is_named(values):
    with pytest.raises(InvalidValue, match=r"ORDER#\{placedAt\}#\{orderId\} needs "):
        ORDER.format(values)


def test_a_width_pads_whole_numbers_and_nothing_else():
    assert LINE.format({"number": "7"}) == "LINE#07"
    assert LINE.read("LINE#07") == {"number": "7"}
    assert LINE.format({"number": "123"}) == "LINE#123"
    assert LINE.format({"number": "A"}) == "LINE#A"
    assert LINE.read("LINE#7") is None
    assert LINE.read("LINE#00") == {"number": "0"}
    with pytest.raises(InvalidValue):
        LINE.format({"number": "07"})


def test_a_name_that_stands_twice_has_one_value():
    twice = parse_pattern("{a}#{a}")
    assert twice.format({"a": "x"}) == "x#x"
    assert twice.read("x#x") == {"a": "x"}
    assert twice.read("x#y") is None


def test_the_known_beginning_ends_before_the_first_unknown_value():
    assert ORDER.prefix({}) == "ORDER#"
    assert ORDER.prefix({"orderId": "1"}) == "ORDER#"
    assert ORDER.prefix({"placedAt": "2026"}) == "ORDER#2026#"
    assert ORDER.prefix({"placedAt": "2026", "orderId": "1"}) == "ORDER#2026#1"
    assert LINE.prefix({"number": "3"}) == "LINE#03"
    assert parse_pattern("PROFILE").prefix({}) == "PROFILE"
    assert not ORDER.is_fixed_by({"placedAt": "2026"})
    assert ORDER.is_fixed_by({"placedAt": "2026", "orderId": "1"})


def test_text_and_numbers_can_stand_in_a_pattern():
    assert text_of({"S": "C-1"}) == "C-1"
    assert text_of({"N": "12.0"}) == "12"
    assert text_of({"BOOL": True}) is None


_TEXT = st.text("ab#-0{}1:", max_size=4)
_PARTS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), _TEXT), max_size=4)


@st.composite
def patterns(draw):
    parts = []
    for name, width, text in draw(_PARTS):
        parts += [Placeholder("abc"[name], width), text or "#"]
    return Pattern((draw(_TEXT), *parts[: len(parts) - draw(st.integers(0, 1))]))


@given(patterns(), st.fixed_dictionaries(dict.fromkeys("abc", _TEXT)))
def test_what_is_formatted_is_read_back_or_refused(pattern, values):
    wanted = {name: values[name] for name in pattern.names}
    try:
        text = pattern.format(values)
    except InvalidValue:
        return
    assert pattern.read(text) == wanted
    assert text.startswith(pattern.prefix({name: values[name] for name in pattern.names[:1]}))


@given(patterns(), _TEXT.map(lambda text: text * 2))
def test_what_is_read_makes_the_same_text_again(pattern, text):
    values = pattern.read(text)
    if values is not None:
        assert pattern.format(values) == text


@given(patterns())
def test_a_pattern_is_written_as_it_is_read(pattern):
    joined = parse_pattern(str(pattern))
    assert str(joined) == str(pattern)
    assert joined.names == pattern.names
