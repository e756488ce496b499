"""JSON patches on items: RFC 6902, without losing a type or a digit."""

from decimal import Decimal

import pytest

from tables.core.errors import InvalidRequest, InvalidValue, PatchConflict, TooLarge
from tables.core.json_patch import MAX_OPERATIONS, json_patch, parse_patch
from tables.core.strict_json import parse

STORED = {
    "id": {"S": "1"},
    "total": {"N": "12345678901234567890.123456789012345678"},
    "tags": {"SS": ["a", "b"]},
    "sizes": {"NS": ["1", "2"]},
    "blobs": {"BS": ["AAA=", "AQI="]},
    "data": {"B": "AAEC"},
    "mixed": {"L": [{"S": "x"}, {"B": "AAEC"}, {"SS": ["q"]}]},
    "nothing": {"NULL": True},
    "flag": {"BOOL": True},
    "worker": {"M": {"name": {"S": "Ann"}, "a/b": {"N": "1"}, "m~n": {"N": "8"}}},
}


def patched(*operations, item=STORED):
    return json_patch(item, parse_patch(list(operations)))


def test_what_a_patch_does_not_touch_keeps_its_type_and_digits():
    patch = {"op": "add", "path": "/new", "value": "x"}
    assert patched(patch) == {**STORED, "new": {"S": "x"}}


def test_the_item_given_is_not_changed():
    before = {"list": {"L": [{"S": "x"}]}}
    patched({"op": "add", "path": "/list/-", "value": "y"}, item=before)
    assert before == {"list": {"L": [{"S": "x"}]}}


def test_elements_that_move_up_keep_their_types():
    assert patched({"op": "remove", "path": "/mixed/0"})["mixed"] == {
        "L": [{"B": "AAEC"}, {"SS": ["q"]}]
    }


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("/tags", ["c", "d"], {"SS": ["c", "d"]}),
        ("/tags", ["c", 1], {"L": [{"S": "c"}, {"N": "1"}]}),
        ("/tags", [], {"L": []}),
        ("/sizes", [Decimal("1.50")], {"NS": ["1.5"]}),
        ("/blobs", ["AAA="], {"BS": ["AAA="]}),
        ("/data", "AQ==", {"B": "AQ=="}),
        ("/data", "not base64", {"S": "not base64"}),
        ("/mixed/1", "AQ==", {"B": "AQ=="}),
    ],
)
def test_a_value_that_fits_keeps_the_stored_type(path, value, expected):
    result = patched({"op": "replace", "path": path, "value": value})
    assert (result["mixed"]["L"][1] if "mixed" in path else result[path[1:]]) == expected


def test_an_entry_can_be_added_to_a_set():
    assert patched({"op": "add", "path": "/tags/-", "value": "c"})["tags"] == {
        "SS": ["a", "b", "c"]
    }
    assert patched({"op": "add", "path": "/blobs/-", "value": "Ag=="})["blobs"] == {
        "BS": ["AAA=", "AQI=", "Ag=="]
    }


def test_a_set_that_can_be_none_any_more_becomes_a_list():
    assert patched({"op": "add", "path": "/tags/-", "value": 1})["tags"] == {
        "L": [{"S": "a"}, {"S": "b"}, {"N": "1"}]
    }


def test_copy_and_move_keep_types():
    result = patched(
        {"op": "copy", "from": "/tags", "path": "/labels"},
        {"op": "move", "from": "/data", "path": "/worker/photo"},
    )
    assert result["labels"] == {"SS": ["a", "b"]}
    assert result["worker"]["M"]["photo"] == {"B": "AAEC"}
    assert "data" not in result


def test_pointers_unescape_slashes_and_tildes():
    result = patched(
        {"op": "replace", "path": "/worker/a~1b", "value": 2},
        {"op": "replace", "path": "/worker/m~0n", "value": 9},
    )
    assert result["worker"]["M"]["a/b"] == {"N": "2"}
    assert result["worker"]["M"]["m~n"] == {"N": "9"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/total", Decimal("12345678901234567890.123456789012345678")),
        ("/worker/a~1b", Decimal("1.0")),
        ("/tags", ["b", "a"]),
        ("/data", "AAEC"),
        ("/nothing", None),
        ("/flag", True),
        ("/worker", {"name": "Ann", "a/b": Decimal(1), "m~n": Decimal(8)}),
    ],
)
def test_a_test_of_an_equal_value_passes(path, value):
    assert patched({"op": "test", "path": path, "value": value}) == STORED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/total", Decimal("12345678901234567890.123456789012345679")),
        ("/worker/a~1b", True),
        ("/worker/a~1b", "1"),
        ("/flag", Decimal(1)),
        ("/nothing", False),
        ("/tags", ["a"]),
        ("/absent", "x"),
        ("/absent/deeper", "x"),
        ("/tags", [{"a": "b"}]),
    ],
)
def test_a_test_of_another_value_fails_the_patch(path, value):
    with pytest.raises(PatchConflict, match="test failed") as caught:
        patched(
            {"op": "remove", "path": "/flag"}
            if path != "/flag"
            else {"op": "remove", "path": "/id"},
            {"op": "test", "path": path, "value": value},
        )
    assert caught.value.problems[0].pointer == "/1"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/absent"},
        {"op": "replace", "path": "/absent", "value": 1},
        {"op": "add", "path": "/absent/deeper", "value": 1},
        {"op": "add", "path": "/mixed/9", "value": 1},
        {"op": "add", "path": "/mixed/01", "value": 1},
        {"op": "remove", "path": "/mixed/-"},
        {"op": "add", "path": "/id/0", "value": 1},
        {"op": "remove", "path": "/id/0"},
        {"op": "move", "from": "/worker", "path": "/worker/name"},
        {"op": "copy", "from": "/absent", "path": "/x"},
        {"op": "move", "from": "/absent", "path": "/x"},
        {"op": "remove", "path": ""},
    ],
)
def test_an_operation_that_leads_nowhere_is_a_conflict(operation):
    with pytest.raises(PatchConflict, match="operation /0"):
        patched(operation)


@pytest.mark.parametrize(
    ("operation", "pointer"),
    [
        ("remove", "/0"),
        ({}, "/0"),
        ({"op": "append", "path": "/id", "value": "x"}, "/0"),
        ({"op": ["add"], "path": "/id", "value": "x"}, "/0"),
        ({"op": "add", "path": "/id"}, "/0"),
        ({"op": "copy", "path": "/id"}, "/0"),
        ({"op": "remove"}, "/0/path"),
        ({"op": "remove", "path": 1}, "/0/path"),
        ({"op": "remove", "path": "id"}, "/0/path"),
        ({"op": "remove", "path": "/a~2"}, "/0/path"),
        ({"op": "remove", "path": "/a" * 40}, "/0/path"),
        ({"op": "move", "path": "/a", "from": "id"}, "/0/from"),
    ],
)
def test_a_malformed_operation_is_refused_with_a_pointer(operation, pointer):
    with pytest.raises(InvalidRequest) as caught:
        parse_patch([operation])
    assert [problem.pointer for problem in caught.value.problems] == [pointer]


def test_a_patch_is_an_array_of_bounded_length():
    with pytest.raises(InvalidRequest, match="array of operations"):
        parse_patch({"op": "remove", "path": "/id"})
    with pytest.raises(InvalidRequest, match="at most"):
        parse_patch([{"op": "remove", "path": "/id"}] * (MAX_OPERATIONS + 1))


def test_a_value_dynamodb_cannot_hold_is_refused_with_a_pointer():
    with pytest.raises(InvalidValue) as caught:
        patched({"op": "add", "path": "/a", "value": {"b": Decimal("1e400")}})
    assert caught.value.problems[0].pointer == "/0/value/b"


def test_the_whole_item_can_be_replaced_by_an_object_only():
    assert patched({"op": "replace", "path": "", "value": {"a": "b"}}) == {"a": {"S": "b"}}
    with pytest.raises(InvalidValue, match="not an object"):
        patched({"op": "replace", "path": "", "value": ["a"]})


def test_a_patch_that_doubles_the_item_again_and_again_is_stopped():
    bomb = [{"op": "copy", "from": "", "path": f"/x{n}"} for n in range(60)]
    with pytest.raises(TooLarge, match="copies"):
        patched(*bomb)


def test_a_patch_cannot_nest_deeper_than_dynamodb():
    ladder = [
        {"op": "add", "path": "/a" * n, "value": parse(b"{" + b'"a":{' * 20 + b"}" * 21)}
        for n in (1, 15)
    ]
    with pytest.raises(InvalidValue, match="levels deep"):
        patched(*ladder)
