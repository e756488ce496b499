import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.edits import (
    Contested,
    Edit,
    apply_edits,
    edits_between,
    edits_of,
    is_made,
    reversed_edits,
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
def test_edits_lead_from_one_state_to_the_other_and_back(before, after):
    edits = edits_of(rows_of(edits_between(before, after)))

    assert state(apply_edits(edits, before)) == state(after)
    assert state(apply_edits(reversed_edits(edits), after)) == state(before)


@given(STATES)
def test_nothing_is_told_of_what_stayed(item):
    assert edits_between(item, item) == []


def test_a_create_and_a_delete_are_edits_of_the_whole_item():
    item = {"pk": {"S": "a"}}

    assert edits_between(None, item) == [Edit((), None, {"M": item})]
    assert edits_between(item, None) == [Edit((), {"M": item}, None)]


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ({"S": "a long text"}, {"S": "a wrong text"}, Edit(("x",), {"S": "l"}, {"S": "wr"}, 2)),
        (
            {"L": [{"N": str(n)} for n in range(9)]},
            {"L": [{"N": str(n)} for n in range(10)]},
            Edit(("x",), {"L": []}, {"L": [{"N": "9"}]}, 9),
        ),
        (
            {"SS": list("abcdefgh")},
            {"SS": list("abcdefgxy")},
            Edit(("x",), {"SS": ["h"]}, {"SS": ["x", "y"]}, 0),
        ),
        ({"S": "short"}, {"S": "shore"}, Edit(("x",), {"S": "short"}, {"S": "shore"})),
    ],
)
def test_of_long_values_only_the_part_that_differs_is_told(old, new, edit):
    assert edits_between({"x": old}, {"x": new}) == [edit]


@pytest.mark.parametrize(
    ("edit", "item"),
    [
        (Edit(("x",), {"S": "a"}, {"S": "b"}), {"x": {"S": "c"}}),
        (Edit(("x",), {"S": "a"}, None), {}),
        (Edit(("x",), None, {"S": "a"}), {"x": {"S": "c"}}),
        (Edit(("x",), {"S": "l"}, {"S": "wr"}, 2), {"x": {"S": "a fine text"}}),
        (Edit(("x",), {"S": ""}, {"S": "wr"}, 20), {"x": {"S": "shorter"}}),
        (Edit(("x",), {"S": "l"}, {"S": "wr"}, 2), {"x": {"L": []}}),
        (Edit(("x",), {"SS": ["a"]}, {"SS": ["b"]}, 0), {"x": {"SS": ["c"]}}),
        (Edit(("x",), {"SS": ["a"]}, {"SS": ["b"]}, 0), {"x": {"SS": ["a", "b"]}}),
        (Edit((), None, {"M": {}}), {"x": {"S": "c"}}),
        (Edit(("x",), {"S": "a"}, {"S": "b"}), None),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(edit, item):
    with pytest.raises(Contested):
        apply_edits([edit], item)


def test_a_set_that_lost_its_last_member_is_gone():
    edit = Edit(("x",), {"SS": ["a"]}, {"SS": []}, 0)

    assert apply_edits([edit], {"x": {"SS": ["a"]}, "y": {"S": "1"}}) == {"y": {"S": "1"}}


@given(NAMES, VALUES)
def test_what_is_there_already_is_known_to_be(name, value):
    assert is_made(Edit((name,), None, value), {name: value})
    assert not is_made(Edit((name,), value, None), {name: value})
