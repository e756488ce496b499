import pytest
from hypothesis import given

from tables.core import strict_json
from tables.core.errors import InvalidValue
from tables.core.typed_json import make_set, typed_item, typed_value
from tables.core.values import dumps
from tests.core.strategies import ITEMS


@given(ITEMS)
def test_typed_json_loses_nothing(item):
    assert typed_item(strict_json.parse(dumps(item), max_depth=100)) == item


def test_numbers_become_canonical_wherever_they_stand():
    given_item = {
        "n": {"N": "1.0"},
        "s": {"NS": ["1e2", "-0"]},
        "d": {"L": [{"M": {"x": {"N": "+5"}}}]},
    }
    assert typed_item(given_item) == {
        "n": {"N": "1"},
        "s": {"NS": ["100", "0"]},
        "d": {"L": [{"M": {"x": {"N": "5"}}}]},
    }


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ("plain", "", "object with one type"),
        ({}, "", "object with one type"),
        ({"S": "a", "N": "1"}, "", "object with one type"),
        ({"X": 1}, "", "'X' is not a type"),
        ({"s": "a"}, "", "'s' is not a type"),
        ({"S": 1}, "/S", "written as a JSON string"),
        ({"N": 1}, "/N", "written as a JSON string"),
        ({"N": "one"}, "/N", "decimal digits"),
        ({"N": "1e126"}, "/N", "out of range"),
        ({"B": "not base64"}, "/B", "base64 text"),
        ({"B": "AB=="}, "/B", "base64 text"),
        ({"BOOL": "true"}, "/BOOL", "true or false"),
        ({"NULL": False}, "/NULL", "takes true"),
        ({"L": {}}, "/L", "takes an array"),
        ({"M": []}, "/M", "takes an object"),
        ({"L": [{"S": "a"}, {"M": {"x/y": {"N": ""}}}]}, "/L/1/M/x~1y/N", "decimal digits"),
        ({"SS": []}, "/SS", "at least one value"),
        ({"SS": "a"}, "/SS", "at least one value"),
        ({"SS": ["a", "a"]}, "/SS", "the same value twice"),
        ({"NS": ["1", "1.0"]}, "/NS", "the same value twice"),
        ({"NS": ["1", 2]}, "/NS/1", "written as a JSON string"),
        ({"BS": ["AA==", "?"]}, "/BS/1", "base64 text"),
    ],
)
def test_what_is_no_typed_value_is_pointed_at(value, pointer, message):
    with pytest.raises(InvalidValue, match=message) as caught:
        typed_value(value)
    assert [problem.pointer for problem in caught.value.problems] == [pointer]


def test_an_unknown_type_is_shown_shortened():
    with pytest.raises(InvalidValue) as caught:
        typed_value({"T" * 10_000: 1})
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(("tag", "bottom"), [("L", []), ("M", {})])
def test_typed_lists_and_maps_nest_32_deep_and_no_deeper(tag, bottom):
    def nested(depth):
        value = {tag: bottom}
        for _ in range(depth - 1):
            value = {"L": [value]} if tag == "L" else {"M": {"a": value}}
        return value

    assert typed_value(nested(32)) == nested(32)
    with pytest.raises(InvalidValue, match="more than 32 levels"):
        typed_value(nested(33))


def test_empty_texts_may_stand_in_sets():
    assert make_set("SS", ["", "a"]) == {"SS": ["", "a"]}
    assert make_set("BS", [""]) == {"BS": [""]}
