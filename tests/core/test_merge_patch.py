"""Merge patches on items: RFC 7396, without losing a type or a digit."""

from decimal import Decimal

import pytest

from tables.core.errors import InvalidValue
from tables.core.merge_patch import merge_patch, typed_patch

STORED = {
    "tags": {"SS": ["a", "b"]},
    "data": {"B": "AAEC"},
    "total": {"N": "12345678901234567890.123456789012345678"},
    "deep": {"M": {"tags": {"NS": ["1"]}, "data": {"B": "AAEC"}}},
}


def test_what_a_patch_does_not_name_keeps_its_type_and_digits():
    assert merge_patch(STORED, {"deep": {"new": "x"}}) == {
        **STORED,
        "deep": {"M": {**STORED["deep"]["M"], "new": {"S": "x"}}},
    }


def test_a_value_that_fits_keeps_the_stored_type():
    patch = {"tags": ["c"], "data": "AQ==", "deep": {"tags": [Decimal(2)]}}
    assert merge_patch(STORED, patch) == {
        **STORED,
        "tags": {"SS": ["c"]},
        "data": {"B": "AQ=="},
        "deep": {"M": {"tags": {"NS": ["2"]}, "data": {"B": "AAEC"}}},
    }


def test_the_item_given_is_not_changed():
    stored = {"a": {"M": {"b": {"S": "c"}}}}
    merge_patch(stored, {"a": {"b": None}})
    assert stored == {"a": {"M": {"b": {"S": "c"}}}}


def test_a_value_dynamodb_cannot_hold_is_refused_with_a_pointer():
    with pytest.raises(InvalidValue) as caught:
        merge_patch(STORED, {"deep": {"a/b": {"c": Decimal("1e400")}}})
    assert caught.value.problems[0].pointer == "/deep/a~1b/c"
    with pytest.raises(InvalidValue, match="name can't be empty"):
        merge_patch(STORED, {"": "x"})


def test_a_typed_patch_sets_whole_values_and_removes_by_null():
    patch = {"data": None, "deep": {"M": {}}, "none": {"NULL": True}}
    assert typed_patch(STORED, patch) == {
        "tags": STORED["tags"],
        "total": STORED["total"],
        "deep": {"M": {}},
        "none": {"NULL": True},
    }
    with pytest.raises(InvalidValue) as caught:
        typed_patch(STORED, {"a": {"N": "x"}})
    assert caught.value.problems[0].pointer == "/a/N"
