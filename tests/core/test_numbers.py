import decimal
import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given

from tables.core import numbers
from tables.core.errors import InvalidValue
from tables.core.numbers import canonical_number, fragment
from tests.core.strategies import NUMBERS, canonical, decimals


@given(decimals())
def test_a_number_has_one_text_whatever_its_spelling(number):
    expected = canonical(number)
    assert canonical_number(number) == expected
    assert canonical_number(str(number)) == expected
    assert canonical_number(f"{number:E}") == expected


@given(NUMBERS)
def test_the_canonical_text_is_the_number_itself(text):
    assert canonical_number(text) == text
    assert orjson.dumps(fragment(text)).decode() == text
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == Decimal(text)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("1.0", "1"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("0e500", "0"),
        ("00012", "12"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("1E+125", "1" + "0" * 125),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9" * 38, "9" * 38),
        ("9" * 38 + "e88", "9" * 38 + "0" * 88),
        ("1" + "0" * 40, "1" + "0" * 40),
        ("123456789.10", "123456789.1"),
    ],
)
def test_numbers_lose_zeros_and_exponents_but_no_digit(given_text, expected):
    assert canonical_number(given_text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e126", "out of range"),
        ("-1e126", "out of range"),
        ("1e400", "out of range"),
        ("1e-131", "out of range"),
        ("9" * 39, "39 significant digits; DynamoDB holds 38"),
        ("1." + "0" * 38 + "1", "40 significant digits"),
        ("NaN", "decimal digits"),
        ("sNaN", "decimal digits"),
        ("Infinity", "decimal digits"),
        ("-inf", "decimal digits"),
        ("", "decimal digits"),
        (" 1", "decimal digits"),
        ("1_000", "decimal digits"),
        ("٣", "decimal digits"),
        ("0x10", "decimal digits"),
        ("1e99999999999999999999", "decimal digits"),
        ("1,5", "decimal digits"),
    ],
)
def test_what_dynamodb_cannot_hold_is_refused(text, message):
    with pytest.raises(InvalidValue, match=message):
        canonical_number(text)


def test_integers_of_python_are_numbers_too():
    assert canonical_number(10**37) == "1" + "0" * 37


@given(decimals(), decimals())
def test_a_sum_is_exact_or_refused(left, right):
    exact = decimal.Context(prec=1000).add(left, right)
    try:
        expected = canonical_number(exact)
    except InvalidValue:
        with pytest.raises(InvalidValue):
            numbers.add(canonical(left), canonical(right))
    else:
        assert numbers.add(canonical(left), canonical(right)) == expected


def test_stored_numbers_that_are_no_json_are_respelled():
    assert orjson.dumps([fragment("+1"), fragment(".5"), fragment("007")]) == b"[1,0.5,7]"


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "9007199254740993",
        "1.0",
        "1E+125",
        "0.1000000000000000055511151231257827",
        "9" * 38 + "0" * 88,
        "-0." + "0" * 129 + "1",
    ],
)
def test_a_stored_number_is_shown_digit_by_digit_around_every_limit_of_machine_numbers(text):
    assert orjson.dumps(fragment(text)).decode() == text


@pytest.mark.parametrize("text", ["true", "null", '"1"', "[1]", '{"a":1}', "NaN", "1,2", "", "1_0"])
def test_what_is_no_number_never_gets_into_json_as_it_stands(text):
    with pytest.raises(InvalidValue):
        fragment(text)
