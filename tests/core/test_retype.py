import pytest
from hypothesis import given

from tables.core.errors import InvalidValue
from tables.core.retype import CONVERSIONS, retyped
from tables.core.updates import same_value
from tables.core.values import type_of
from tests.core.strategies import VALUES


@given(VALUES)
def test_what_can_be_given_another_type_can_be_given_it_back(value):
    for tag, other in CONVERSIONS:
        if type_of(value) != tag or (other, tag) not in CONVERSIONS:
            continue
        try:
            made = retyped(value, other)
        except InvalidValue:
            continue
        if tag != "S" and other != "L":
            assert same_value(retyped(made, tag), value)


@pytest.mark.parametrize(
    ("value", "tag", "made"),
    [
        ({"S": " 007.50 "}, "N", {"N": "7.5"}),
        ({"N": "1"}, "S", {"S": "1"}),
        ({"S": "TRUE"}, "BOOL", {"BOOL": True}),
        ({"BOOL": False}, "S", {"S": "false"}),
        ({"SS": ["a", "b"]}, "L", {"L": [{"S": "a"}, {"S": "b"}]}),
        ({"L": [{"N": "1"}, {"N": "2"}]}, "NS", {"NS": ["1", "2"]}),
        ({"S": "x"}, "S", {"S": "x"}),
    ],
)
def test_a_value_keeps_what_it_says(value, tag, made):
    assert retyped(value, tag) == made


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ({"S": "twelve"}, "N"),
        ({"S": ""}, "N"),
        ({"S": "1e400"}, "N"),
        ({"S": "yes"}, "BOOL"),
        ({"L": [{"S": "a"}, {"N": "1"}]}, "SS"),
        ({"L": []}, "SS"),
        ({"L": [{"S": "a"}, {"S": "a"}]}, "SS"),
        ({"M": {}}, "S"),
        ({"NULL": True}, "S"),
    ],
)
def test_what_would_be_lost_is_refused(value, tag):
    with pytest.raises(InvalidValue):
        retyped(value, tag)
