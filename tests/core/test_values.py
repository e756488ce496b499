import base64
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core import strict_json
from tables.core.adminapi_json import adminapi_special
from tables.core.errors import InvalidValue, Problem, TooLarge
from tables.core.sizes import MAX_ITEM_BYTES, item_size
from tables.core.values import (
    MAX_VALUES,
    dumps,
    fit_to_stored,
    is_base64,
    plain_item,
    plain_value,
    wire_item,
    wire_value,
)
from tests.core.strategies import BASE64, ITEMS, NAMES, NUMBERS, SCALARS, TEXT, VALUES

PLAIN_ONLY = st.recursive(
    SCALARS.filter(lambda value: "B" not in value),
    lambda children: st.one_of(
        st.lists(children, max_size=4).map(lambda content: {"L": content}),
        st.dictionaries(NAMES, children, max_size=4).map(lambda content: {"M": content}),
    ),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, PLAIN_ONLY, max_size=6))
def test_what_plain_json_can_say_survives_the_way_out_and_in(item):
    assert wire_item(strict_json.parse(dumps(plain_item(item)), max_depth=100)) == item


@given(ITEMS)
def test_every_item_becomes_json_that_any_parser_reads(item):
    read = json.loads(dumps(plain_item(item)), parse_float=Decimal, parse_int=Decimal)
    assert read == plain_item(item, number=Decimal)


@given(VALUES)
def test_the_types_that_plain_json_lost_come_back_from_what_is_stored(value):
    again = wire_value(strict_json.parse(dumps(plain_value(value)), max_depth=100))
    assert fit_to_stored(again, value) == value


def test_sets_read_as_arrays_binary_as_base64_and_null_as_null():
    item = {
        "text": {"S": ""},
        "number": {"N": "1" + "0" * 125},
        "binary": {"B": "AAE="},
        "flag": {"BOOL": False},
        "nothing": {"NULL": True},
        "texts": {"SS": ["b", "a"]},
        "numbers": {"NS": ["1.5", "12345678901234567890"]},
        "binaries": {"BS": ["AA==", ""]},
        "list": {"L": [{"M": {}}, {"L": []}]},
    }
    assert dumps(plain_item(item)).decode() == (
        '{"text":"","number":1' + "0" * 125 + ',"binary":"AAE=","flag":false,"nothing":null,'
        '"texts":["b","a"],"numbers":[1.5,12345678901234567890],"binaries":["AA==",""],'
        '"list":[{},[]]}'
    )


def test_parsed_numbers_can_be_echoed_digit_by_digit():
    text = b'{"a":[1.50,12345678901234567890123456789012345678]}'
    assert dumps(strict_json.parse(text)) == text
    assert dumps({"a": 1}, pretty=True) == b'{\n  "a": 1\n}'
    assert dumps(Decimal("1e400")) == b"1E+400"


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ({"a": {"b/c": [Decimal(1), Decimal("1e200")]}}, "/a/b~1c/1", "out of range"),
        ({"~": Decimal("1" * 39)}, "/~0", "39 significant digits"),
        ({"": "x"}, "/", "name can't be empty"),
    ],
)
def test_a_wrong_value_is_pointed_at(value, pointer, message):
    with pytest.raises(InvalidValue, match=message) as caught:
        wire_item(value)
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    assert problem.pointer == pointer


def nested(depth, opening, bottom):
    value = bottom
    for _ in range(depth):
        value = opening(value)
    return value


@pytest.mark.parametrize("opening", [lambda v: [v], lambda v: {"a": v}])
def test_lists_and_maps_nest_32_deep_and_no_deeper(opening):
    assert wire_item({"x": nested(32, opening, "y")})
    with pytest.raises(InvalidValue, match="more than 32 levels"):
        wire_item({"x": nested(33, opening, "y")})


def test_an_attribute_name_has_less_than_64_kb():
    assert wire_item({"n" * 65_535: True})
    with pytest.raises(InvalidValue, match="at most 65535 bytes"):
        wire_item({"é" * 32_768: True})


@pytest.mark.parametrize(
    ("new", "stored", "fitted"),
    [
        ({"L": [{"S": "a"}]}, {"SS": ["b"]}, {"SS": ["a"]}),
        ({"L": [{"N": "1"}]}, {"NS": ["2"]}, {"NS": ["1"]}),
        ({"L": [{"S": "AA=="}]}, {"BS": ["AQ=="]}, {"BS": ["AA=="]}),
        ({"S": "AA=="}, {"B": ""}, {"B": "AA=="}),
        ({"M": {"a": {"S": "AA=="}}}, {"M": {"a": {"B": ""}}}, {"M": {"a": {"B": "AA=="}}}),
        (
            {"L": [{"S": "AA=="}, {"S": "x"}]},
            {"L": [{"B": ""}]},
            {"L": [{"B": "AA=="}, {"S": "x"}]},
        ),
    ],
)
def test_a_value_that_fits_keeps_the_stored_type(new, stored, fitted):
    assert fit_to_stored(new, stored) == fitted


@pytest.mark.parametrize(
    ("new", "stored"),
    [
        ({"L": []}, {"SS": ["a"]}),
        ({"L": [{"S": "a"}, {"S": "a"}]}, {"SS": ["a"]}),
        ({"L": [{"S": "a"}, {"N": "1"}]}, {"SS": ["a"]}),
        ({"L": [{"S": "1"}]}, {"NS": ["1"]}),
        ({"L": [{"S": "no base64"}]}, {"BS": ["AA=="]}),
        ({"S": "no base64"}, {"B": "AA=="}),
        ({"S": "AB=="}, {"B": "AA=="}),
        ({"N": "1"}, {"S": "1"}),
        ({"S": "1"}, {"N": "1"}),
        ({"M": {}}, {"L": []}),
        ({"M": {"new": {"S": "AA=="}}}, {"M": {}}),
    ],
)
def test_a_value_that_does_not_fit_stays_what_it_is(new, stored):
    assert fit_to_stored(new, stored) == new


@given(BASE64)
def test_base64_has_one_spelling(text):
    assert is_base64(text)
    assert not is_base64(text + "=")
    assert not is_base64(" " + text)


@given(TEXT)
def test_no_text_passes_for_base64_unless_it_is(text):
    if is_base64(text):
        assert base64.b64encode(base64.b64decode(text)).decode() == text


@given(NUMBERS)
def test_a_number_of_any_spelling_is_stored_in_one(text):
    assert wire_value(Decimal(f"{Decimal(text):E}")) == {"N": text}


@pytest.mark.parametrize("content", [[None] * MAX_VALUES, [[None] * (MAX_VALUES // 2)] * 2])
def test_more_values_than_any_item_holds_are_refused_before_they_are_converted(content):
    with pytest.raises(TooLarge, match="more than 410000 values"):
        wire_value(content)
    with pytest.raises(TooLarge, match="more than 410000 values"):
        wire_item({"a": content})
    halves = dict.fromkeys("ab", [None] * (MAX_VALUES // 2))
    with pytest.raises(TooLarge, match="more than 410000 values"):
        wire_item(halves)


def test_the_most_values_that_an_item_can_hold_are_taken():
    longest = {"type": "Buffer", "data": [Decimal(0)] * (MAX_ITEM_BYTES - 2)}
    item = wire_item({"k": "", "b": longest}, special=adminapi_special)
    assert item_size(item) == MAX_ITEM_BYTES
    strings = wire_item({"l": [""] * (MAX_ITEM_BYTES - 4)})
    assert item_size(strings) == MAX_ITEM_BYTES
