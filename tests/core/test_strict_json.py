import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidRequest
from tables.core.strict_json import parse
from tests.core.strategies import TEXT


def test_numbers_keep_every_digit():
    digits = "12345678901234567890123456789012345678"
    assert parse(f"[1.0, {digits}, -0.10, 1e400]") == [
        Decimal("1.0"),
        Decimal(digits),
        Decimal("-0.10"),
        Decimal("1e400"),
    ]
    assert all(isinstance(number, Decimal) for number in parse("[1, 1.5, 1e5]"))


def test_objects_keep_the_order_of_their_names():
    assert list(parse('{"z": 1, "a": 2, "m": 3}')) == ["z", "a", "m"]


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), TEXT),
        lambda children: st.one_of(
            st.lists(children, max_size=3), st.dictionaries(TEXT, children, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_any_json_text_reads_as_the_value_it_was_written_from(value):
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not valid JSON"),
        (b"{", "line 1, column 2"),
        (b"[1,]", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'"\x01"', "control character"),
        (b'"\xff"', "not UTF-8: byte 1"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
        (b"NaN", "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b'{"a": 1, "a": 1}', 'The name "a" stands twice'),
        (b'{"b": {"a": 1, "\\u0061": 1}}', 'The name "a" stands twice'),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'{"\\udc00": 1}', "half of a surrogate pair"),
        (b'[["x\\ud83dy"]]', "half of a surrogate pair"),
        (b"1" * 5000, "longer than 1000 characters"),
        (b"1e99999999999999999999", "exponent is out of range"),
        (b"01", "not valid JSON"),
        (b"1 2", "not valid JSON"),
    ],
)
def test_what_json_forbids_or_leaves_open_is_refused(text, message):
    with pytest.raises(InvalidRequest, match=message):
        parse(text)


def test_text_that_could_not_have_come_as_utf_8_is_refused():
    with pytest.raises(InvalidRequest, match="half of a surrogate pair"):
        parse('"\ud800"')


def test_an_escaped_pair_is_one_character_and_an_escaped_backslash_is_none():
    assert parse(b'"\\ud83d\\ude00"') == "😀"
    assert parse(b'"\\\\ud800"') == "\\ud800"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_counted_and_never_overflows(opening):
    closing = "]" if opening == "[" else "}"
    assert parse(opening * 32 + "1" + closing * 32)
    for depth in (33, 500, 100_000):
        with pytest.raises(InvalidRequest, match="nested more than 32 levels deep"):
            parse(opening * depth + "1" + closing * depth)


def test_unfinished_nesting_is_refused_like_any_broken_text():
    with pytest.raises(InvalidRequest):
        parse("[" * 100_000)


def test_a_duplicate_name_is_shown_shortened():
    name = "n" * 10_000
    with pytest.raises(InvalidRequest) as caught:
        parse(json.dumps({name: 1})[:-1] + f', "{name}": 1}}')
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("depth", range(4))
def test_depth_is_that_of_arrays_and_objects_alone(depth):
    shallow = b"[" * depth + b"1" + b"]" * depth
    assert parse(shallow, max_depth=depth) is not None
    with pytest.raises(InvalidRequest):
        parse(b'{"a":' + shallow + b"}", max_depth=depth)
