"""Projections applied here: what ProjectionExpression would keep."""

import pytest

from tables.core.errors import InvalidExpression
from tables.core.expressions import parse_path
from tables.core.projections import project

ITEM = {
    "id": {"S": "1"},
    "a": {"M": {"b": {"S": "x"}, "c": {"S": "y"}, "d.e": {"S": "z"}}},
    "l": {"L": [{"S": "0"}, {"M": {"k": {"S": "1"}, "m": {"S": "2"}}}, {"S": "2"}]},
}


def kept(*fields):
    return project(ITEM, [parse_path(field) for field in fields])


def test_no_fields_means_the_whole_item():
    assert kept() == ITEM


def test_paths_keep_their_nesting():
    assert kept("a.b", "id") == {"id": {"S": "1"}, "a": {"M": {"b": {"S": "x"}}}}
    assert kept(r"a.d\.e") == {"a": {"M": {"d.e": {"S": "z"}}}}


def test_lists_are_closed_up_in_their_order():
    assert kept("l[2]", "l[0]") == {"l": {"L": [{"S": "0"}, {"S": "2"}]}}
    assert kept("l[1].k") == {"l": {"L": [{"M": {"k": {"S": "1"}}}]}}


@pytest.mark.parametrize("field", ["x", "a.x", "l[9]", "id.x", "id[0]", "l.x", "a[0]"])
def test_a_path_to_nothing_keeps_nothing(field):
    assert kept(field) == {}


def test_overlapping_paths_are_refused():
    with pytest.raises(InvalidExpression, match="overlap"):
        kept("a", "a.b")
