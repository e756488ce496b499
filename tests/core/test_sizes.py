import base64

import pytest

from tables.core.errors import TooLarge
from tables.core.sizes import MAX_ITEM_BYTES, item_size, require_item_fits, value_size


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
