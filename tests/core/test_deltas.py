import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.deltas import (
    Contested,
    Delta,
    apply_deltas,
    deltas_between,
    deltas_of,
    is_made,
    reversed_deltas,
    rows_of,
)
from tables.core.preconditions import state_of
from tests.core.strategies import ITEMS, NAMES, TEXT, VALUES

LONG = st.one_of(
    st.text("ab", min_size=8, max_size=40).map(lambda text: {"S": text}),
    st.lists(VALUES, min_size=8, max_size=14).map(lambda content: {"L": content}),
    st.lists(TEXT, min_size=8, max_size=14, unique=True).map(lambda content: {"SS": content}),
)
STATES = st.one_of(
    st.none(), ITEMS, st.dictionaries(st.sampled_from("abc"), st.one_of(LONG, VALUES), max_size=3)
)


def state(item):
    return None if item is None else state_of(item)


@given(STATES, STATES)
def test_deltas_lead_from_one_state_to_the_other_and_back(before, after):
    deltas = deltas_of(rows_of(deltas_between(before, after)))

    assert state(apply_deltas(deltas, before)) == state(after)
    assert state(apply_deltas(reversed_deltas(deltas), after)) == state(before)


@given(STATES)
def test_nothing_is_told_of_what_stayed(item):
    assert deltas_between(item, item) == []


def test_a_create_and_a_delete_are_deltas_of_the_whole_item():
    item = {"pk": {"S": "a"}}

    assert deltas_between(None, item) == [Delta((), None, {"M": item})]
    assert deltas_between(item, None) == [Delta((), {"M": item}, None)]


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        ({"S": "a long text"}, {"S": "a wrong text"}, Delta(("x",), {"S": "l"}, {"S": "wr"}, 2)),
        (
            {"L": [{"N": str(n)} for n in range(9)]},
            {"L": [{"N": str(n)} for n in range(10)]},
            Delta(("x",), {"L": []}, {"L": [{"N": "9"}]}, 9),
        ),
        (
            {"SS": list("abcdefgh")},
            {"SS": list("abcdefgxy")},
            Delta(("x",), {"SS": ["h"]}, {"SS": ["x", "y"]}, 0),
        ),
        ({"S": "short"}, {"S": "shore"}, Delta(("x",), {"S": "short"}, {"S": "shore"})),
    ],
)
def test_of_long_values_only_the_part_that_differs_is_told(old, new, delta):
    assert deltas_between({"x": old}, {"x": new}) == [delta]


@pytest.mark.parametrize(
    ("delta", "item"),
    [
        (Delta(("x",), {"S": "a"}, {"S": "b"}), {"x": {"S": "c"}}),
        (Delta(("x",), {"S": "a"}, None), {}),
        (Delta(("x",), None, {"S": "a"}), {"x": {"S": "c"}}),
        (Delta(("x",), {"S": "l"}, {"S": "wr"}, 2), {"x": {"S": "a fine text"}}),
        (Delta(("x",), {"S": ""}, {"S": "wr"}, 20), {"x": {"S": "shorter"}}),
        (Delta(("x",), {"S": "l"}, {"S": "wr"}, 2), {"x": {"L": []}}),
        (Delta(("x",), {"SS": ["a"]}, {"SS": ["b"]}, 0), {"x": {"SS": ["c"]}}),
        (Delta(("x",), {"SS": ["a"]}, {"SS": ["b"]}, 0), {"x": {"SS": ["a", "b"]}}),
        (Delta((), None, {"M": {}}), {"x": {"S": "c"}}),
        (Delta(("x",), {"S": "a"}, {"S": "b"}), None),
    ],
)
def test_a_delta_that_does_not_fit_changes_nothing(delta, item):
    with pytest.raises(Contested):
        apply_deltas([delta], item)


def test_a_set_that_lost_its_last_member_is_gone():
    delta = Delta(("x",), {"SS": ["a"]}, {"SS": []}, 0)

    assert apply_deltas([delta], {"x": {"SS": ["a"]}, "y": {"S": "1"}}) == {"y": {"S": "1"}}


@given(NAMES, VALUES)
def test_what_is_there_already_is_known_to_be(name, value):
    assert is_made(Delta((name,), None, value), {name: value})
    assert not is_made(Delta((name,), value, None), {name: value})
