import base64

import pytest
from hypothesis import given

from tables.core.errors import TooLarge
from tables.core.sizes import (
    MAX_ITEM_BYTES,
    item_size,
    require_item_fits,
    size_at_most,
    value_size,
)
from tests.core.strategies import ITEMS


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "aé😀"}, 7),
        ({"B": ""}, 0),
        *(({"B": base64.b64encode(b"x" * n).decode()}, n) for n in (1, 2, 3, 4, 100)),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        # About one byte for two significant digits, and one; a minus sign is one more.
        ({"N": "0"}, 1),
        ({"N": "5"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-123"}, 4),
        ({"N": "1000"}, 2),
        ({"N": "0.001"}, 2),
        ({"N": "9" * 38}, 20),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": ["AA==", "AAAA"]}, 4),
        # 3 bytes for the container, 1 for each element.
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"BOOL": True}]}, 7),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "a"}}}, 8),
        ({"L": [{"M": {"k": {"L": []}}}]}, 3 + 1 + (3 + 1 + 1 + 3)),
    ],
)
def test_values_are_as_large_as_dynamodb_counts_them(value, size):
    assert value_size(value) == size


def test_names_count_by_their_utf_8():
    assert item_size({"id": {"S": "x"}, "é": {"BOOL": True}}) == 3 + 3


def test_an_item_has_at_most_400_kb():
    fits = {"a": {"S": "x" * (MAX_ITEM_BYTES - 1)}}
    require_item_fits(fits)
    with pytest.raises(TooLarge, match="409601 bytes; DynamoDB holds at most 409600"):
        require_item_fits({"a": {"S": fits["a"]["S"] + "x"}})
    with pytest.raises(TooLarge, match="at most 64 bytes"):
        require_item_fits(fits, limit=64)


@given(ITEMS)
def test_the_quick_size_is_never_too_small(item):
    assert size_at_most(item) >= item_size(item)


@pytest.mark.parametrize(
    "value",
    [
        {"L": [{"NULL": True}] * 9},
        {"L": [{"BOOL": True}] * 9},
        {"NS": ["-1", "0.5", "9" * 38, "1" + "0" * 125]},
        {"BS": ["", "AA==", "AAAA"]},
        {"M": {"": {"M": {}}, "\x00é\U0001f600": {"L": []}}},
        {"S": ""},
        {"N": "0"},
        {"B": ""},
    ],
)
def test_nor_of_any_type(value):
    assert size_at_most({"a": value}) >= item_size({"a": value})
