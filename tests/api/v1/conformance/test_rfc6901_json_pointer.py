"""RFC 6901: JSON pointers, into what is stored and into what was sent."""

import pytest

from tests.api.v1.conftest import JSON_PATCH, TYPED, ok, pointers, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare", "Checked")


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/doc/a~1b", 1),
        ("/doc/c%d", 2),
        ("/doc/e^f", 3),
        ("/doc/g|h", 4),
        ("/doc/i\\j", 5),
        ('/doc/k"l', 6),
        ("/doc/ ", 7),
        ("/doc/m~0n", 8),
    ],
)
def test_the_examples_hold(staff, pointer, value):
    """Section 5; the empty name, which no attribute has, is left out."""
    names = ["a/b", "c%d", "e^f", "g|h", "i\\j", 'k"l', " ", "m~n"]
    doc = {name: {"N": str(position)} for position, name in enumerate(names, 1)}
    store("v1-Bare", id={"S": "1"}, foo={"L": [{"S": "bar"}, {"S": "baz"}]}, doc={"M": doc})
    test = [
        {"op": "test", "path": pointer, "value": value},
        {"op": "add", "path": "/tested", "value": True},
    ]
    assert ok(staff.patch("Bare/items/1", test, type=JSON_PATCH))["tested"] is True


@pytest.mark.parametrize("pointer", ["foo", "#/foo", "/a~", "/~2", "/~~0"])
def test_a_pointer_that_is_none_is_refused(staff, pointer):
    """Section 3: the grammar. Section 6: fragments are not pointers."""
    store("v1-Bare", id={"S": "1"})
    body = [{"op": "add", "path": pointer, "value": 1}]
    refusal = problem(staff.patch("Bare/items/1", body, type=JSON_PATCH), 400, "invalid_request")
    assert pointers(refusal) == ["/0/path"]


@pytest.mark.parametrize("pointer", ["/l/01", "/l/-1", "/l/1e0", "/l/9", "/l/-", "/l/x"])
def test_an_index_has_no_leading_zero_and_leads_somewhere(staff, pointer):
    """Section 4: array indexes; `-` is the element after the last."""
    store("v1-Bare", id={"S": "1"}, l={"L": [{"N": "1"}, {"N": "2"}]})
    body = [{"op": "remove", "path": pointer}]
    problem(staff.patch("Bare/items/1", body, type=JSON_PATCH), 409, "patch_conflict")


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"a/b": {"N": "x"}}, "/a~1b/N"),
        ({"m~n": {"N": "x"}}, "/m~0n/N"),
        ({"c%d": {"L": [{"S": "x"}, {"N": "x"}]}}, "/c%d/L/1/N"),
        ({"e": {"M": {"": {"N": "x"}}}}, "/e/M//N"),
    ],
)
def test_errors_point_into_the_body(staff, item, pointer):
    """Section 4, the other way round: `/` and `~` are escaped, nothing else is."""
    refusal = problem(staff.post("Bare/items", item, type=TYPED), 422, "invalid_value")
    assert pointers(refusal) == [pointer]


def test_the_empty_pointer_is_the_whole_body(staff):
    """Section 5."""
    assert pointers(problem(staff.post("Bare/items", []), 400, "invalid_request")) == [""]


def test_each_mistake_has_its_pointer(staff):
    """Section 7: what to do with an error is the application's; here all are told at once."""
    body = {"total": -1, "email": "nowhere"}
    refusal = problem(staff.post("Checked/items", body), 422, "invalid_value")
    assert sorted(pointers(refusal)) == ["/email", "/total"]
