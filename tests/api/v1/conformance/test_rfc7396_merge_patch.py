"""RFC 7396: merge patches, by every example of its appendix A."""

from decimal import Decimal

import pytest

from tests.api.v1.conftest import MERGE_PATCH, PLAIN, exact, ok, pointers, problem

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare",)


@pytest.mark.parametrize(
    ("stored", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        # ["a", "b"] patched by ["c", "d"]: no item is an array, but its values may be.
        ({"x": ["a", "b"]}, {"x": ["c", "d"]}, {"x": ["c", "d"]}),
        ({"x": {"a": "b"}}, {"x": ["c"]}, {"x": ["c"]}),
        # {"a": "foo"} patched by null: in an object null takes the member away.
        ({"x": {"a": "foo"}}, {"x": None}, {}),
        ({"x": {"a": "foo"}}, {"x": "bar"}, {"x": "bar"}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"x": [1, 2]}, {"x": {"a": "b", "c": None}}, {"x": {"a": "b"}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_hold(staff, stored, patch, expected):
    """Appendix A, and section 2."""
    ok(staff.post("Bare/items", {"id": "1", "kept": Decimal("0.1"), **stored}), 201)
    answer = ok(staff.patch("Bare/items/1", patch, type=MERGE_PATCH))
    assert answer == {"id": "1", "kept": Decimal("0.1"), **expected}
    assert exact(staff.get("Bare/items/1")) == answer


@pytest.mark.parametrize("patch", [["c"], None, "bar", 7, True])
@pytest.mark.parametrize("kind", [MERGE_PATCH, PLAIN])
def test_what_would_replace_the_whole_item_is_refused(staff, patch, kind):
    """Section 2: a patch that is no object replaces the target, and an item is an object."""
    ok(staff.post("Bare/items", {"id": "1"}), 201)
    body = b"null" if patch is None else patch
    refusal = problem(staff.patch("Bare/items/1", body, type=kind), 400, "invalid_request")
    assert pointers(refusal) == [""]


def test_a_patch_may_be_sent_as_plain_json(staff):
    """Section 1 names the media type; clients that only know JSON are understood, too."""
    ok(staff.post("Bare/items", {"id": "1", "a": "b"}), 201)
    assert ok(staff.patch("Bare/items/1", {"a": None}, type=PLAIN)) == {"id": "1"}


def test_an_array_cannot_be_changed_in_part(staff):
    """Section 1: an array is replaced whole."""
    ok(staff.post("Bare/items", {"id": "1", "a": [1, 2, 3]}), 201)
    assert ok(staff.patch("Bare/items/1", {"a": [9]}))["a"] == [9]


def test_a_null_in_an_array_is_a_null(staff):
    """Section 2: null removes members of objects only."""
    ok(staff.post("Bare/items", {"id": "1"}), 201)
    assert ok(staff.patch("Bare/items/1", {"a": [None, 1]}))["a"] == [None, 1]
