"""RFC 6902: JSON patches, by every example of its appendix A."""

import json

import pytest

from tests.api.v1.conftest import JSON_PATCH, ok, problem
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare",)


def make(staff, attributes):
    ok(staff.post("Bare/items", {"id": "1", **attributes}), 201)


def patch(staff, *operations):
    return staff.patch("Bare/items/1", list(operations), type=JSON_PATCH)


@pytest.mark.parametrize(
    ("document", "operations", "expected"),
    [
        pytest.param(
            {"foo": "bar"},
            [{"op": "add", "path": "/baz", "value": "qux"}],
            {"foo": "bar", "baz": "qux"},
            id="A.1",
        ),
        pytest.param(
            {"foo": ["bar", "baz"]},
            [{"op": "add", "path": "/foo/1", "value": "qux"}],
            {"foo": ["bar", "qux", "baz"]},
            id="A.2",
        ),
        pytest.param(
            {"baz": "qux", "foo": "bar"},
            [{"op": "remove", "path": "/baz"}],
            {"foo": "bar"},
            id="A.3",
        ),
        pytest.param(
            {"foo": ["bar", "qux", "baz"]},
            [{"op": "remove", "path": "/foo/1"}],
            {"foo": ["bar", "baz"]},
            id="A.4",
        ),
        pytest.param(
            {"baz": "qux", "foo": "bar"},
            [{"op": "replace", "path": "/baz", "value": "boo"}],
            {"baz": "boo", "foo": "bar"},
            id="A.5",
        ),
        pytest.param(
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
            id="A.6",
        ),
        pytest.param(
            {"foo": ["all", "grass", "cows", "eat"]},
            [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
            {"foo": ["all", "cows", "eat", "grass"]},
            id="A.7",
        ),
        pytest.param(
            {"baz": "qux", "foo": ["a", 2, "c"]},
            [
                {"op": "test", "path": "/baz", "value": "qux"},
                {"op": "test", "path": "/foo/1", "value": 2},
            ],
            {"baz": "qux", "foo": ["a", 2, "c"]},
            id="A.8",
        ),
        pytest.param(
            {"foo": "bar"},
            [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
            {"foo": "bar", "child": {"grandchild": {}}},
            id="A.10",
        ),
        pytest.param(
            {"foo": "bar"},
            [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
            {"foo": "bar", "baz": "qux"},
            id="A.11",
        ),
        pytest.param(
            {"/": 9, "~1": 10},
            [{"op": "test", "path": "/~01", "value": 10}],
            {"/": 9, "~1": 10},
            id="A.14",
        ),
        pytest.param(
            {"foo": ["bar"]},
            [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
            {"foo": ["bar", ["abc", "def"]]},
            id="A.16",
        ),
    ],
)
def test_the_examples_hold(staff, document, operations, expected):
    """Appendix A."""
    make(staff, document)
    assert ok(patch(staff, *operations)) == {"id": "1", **expected}


@pytest.mark.parametrize(
    ("document", "operation"),
    [
        pytest.param({"baz": "qux"}, {"op": "test", "path": "/baz", "value": "bar"}, id="A.9"),
        pytest.param({"foo": "bar"}, {"op": "add", "path": "/baz/bat", "value": "qux"}, id="A.12"),
        pytest.param({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": "10"}, id="A.15"),
    ],
)
def test_the_examples_that_fail_are_conflicts(staff, document, operation):
    """Appendix A, and section 5: the whole patch fails."""
    make(staff, document)
    before = stored("v1-Bare", id={"S": "1"})
    problem(
        patch(staff, {"op": "add", "path": "/new", "value": 1}, operation), 409, "patch_conflict"
    )
    assert stored("v1-Bare", id={"S": "1"}) == before


def test_a_member_that_stands_twice_makes_no_patch(staff):
    """Appendix A.13."""
    make(staff, {"foo": "bar"})
    body = b'[{"op": "add", "path": "/baz", "value": "qux", "op": "remove"}]'
    problem(staff.patch("Bare/items/1", body, type=JSON_PATCH), 400, "invalid_request")


@pytest.mark.parametrize(
    "operation",
    [
        {"path": "/a", "value": 1},
        {"op": "spam", "path": "/a"},
        {"op": "add", "value": 1},
        {"op": "add", "path": "/a"},
        {"op": "replace", "path": "/a"},
        {"op": "test", "path": "/a"},
        {"op": "move", "path": "/a"},
        {"op": "copy", "path": "/a"},
        {"op": "add", "path": "a", "value": 1},
        {"op": "add", "path": "/~2", "value": 1},
        {"op": "move", "from": "a", "path": "/b"},
        "add",
    ],
    ids=json.dumps,
)
def test_an_operation_needs_its_members(staff, operation):
    """Sections 3 and 4: one op, one path, and what each operation wants besides."""
    make(staff, {"a": 1})
    problem(patch(staff, operation), 400, "invalid_request")


def test_operations_are_applied_one_after_another(staff):
    """Section 3: each to what the last one left."""
    make(staff, {"a": 1})
    answer = patch(
        staff,
        {"op": "add", "path": "/b", "value": {}},
        {"op": "move", "from": "/a", "path": "/b/c"},
        {"op": "copy", "from": "/b/c", "path": "/d"},
        {"op": "test", "path": "/b", "value": {"c": 1}},
    )
    assert ok(answer) == {"id": "1", "b": {"c": 1}, "d": 1}


def test_add_replaces_what_is_there_and_replace_does_not_add(staff):
    """Sections 4.1 and 4.3."""
    make(staff, {"a": 1})
    assert ok(patch(staff, {"op": "add", "path": "/a", "value": 2}))["a"] == 2
    refusal = patch(staff, {"op": "replace", "path": "/absent", "value": 1})
    problem(refusal, 409, "patch_conflict")


def test_nothing_moves_into_itself(staff):
    """Section 4.4."""
    make(staff, {"a": {"b": 1}})
    refusal = patch(staff, {"op": "move", "from": "/a", "path": "/a/b"})
    problem(refusal, 409, "patch_conflict")


@pytest.mark.parametrize(
    ("path", "value", "is_equal"),
    [
        ("/n", 1.0, True),
        ("/n", "1", False),
        ("/m", {"y": 2, "x": 1}, True),
        ("/m", {"x": 1}, False),
        ("/l", [1, 2], True),
        ("/l", [2, 1], False),
        ("/z", None, True),
        ("/t", True, True),
        ("/t", 1, False),
        ("/s", ["b", "a"], True),
        ("/d", "AAEC", True),
    ],
)
def test_equality_is_of_values(staff, path, value, is_equal):
    """Section 4.6: numbers by value, objects without order, lists with; sets have none."""
    store(
        "v1-Bare",
        id={"S": "1"},
        n={"N": "1"},
        m={"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
        l={"L": [{"N": "1"}, {"N": "2"}]},
        z={"NULL": True},
        t={"BOOL": True},
        s={"SS": ["a", "b"]},
        d={"B": "AAEC"},
    )
    marker = {"op": "add", "path": "/tested", "value": True}
    response = patch(staff, {"op": "test", "path": path, "value": value}, marker)
    assert response.status_code == (200 if is_equal else 409), response.content


def test_a_set_is_an_array_that_stays_a_set(staff):
    """Section 4: elements of a set and of a list are reached in the same way."""
    store("v1-Bare", id={"S": "1"}, s={"SS": ["a"]}, l={"L": [{"B": "AAEC"}]})
    response = patch(
        staff,
        {"op": "add", "path": "/s/-", "value": "b"},
        {"op": "remove", "path": "/s/0"},
        {"op": "add", "path": "/l/0", "value": "x"},
        {"op": "copy", "from": "/l/1", "path": "/b"},
    )
    assert response.status_code == 200
    assert stored("v1-Bare", id={"S": "1"}) == {
        "id": {"S": "1"},
        "s": {"SS": ["b"]},
        "l": {"L": [{"S": "x"}, {"B": "AAEC"}]},
        "b": {"B": "AAEC"},
    }
