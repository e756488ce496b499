import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidExpression, InvalidValue
from tables.core.expressions import Placeholders
from tables.core.updates import (
    Change,
    apply_changes,
    compile_parents,
    compile_update,
    diff,
    require_changes,
    same_value,
)
from tests.core.model import equal
from tests.core.strategies import ITEMS, VALUES

ITEM = {
    "n": {"N": "1"},
    "s": {"SS": ["a", "b"]},
    "l": {"L": [{"S": "x"}, {"S": "y"}, {"M": {"k": {"S": "v"}}}]},
    "m": {"M": {"a": {"N": "5"}, "deep": {"M": {}}}},
}


def compiled(*changes):
    pool = Placeholders()
    return *compile_update(changes, pool), pool


@given(ITEMS, ITEMS, st.booleans())
def test_the_difference_turns_one_item_into_the_other(old, new, nested):
    changes = diff(old, new, nested=nested)
    require_changes(changes, ())
    before = copy.deepcopy(old)
    changed = apply_changes(changes, old)
    assert changed.keys() == new.keys()
    assert all(equal(changed[name], new[name]) for name in new)
    assert old == before


@given(ITEMS, st.booleans())
def test_an_item_does_not_differ_from_itself(item, nested):
    assert diff(item, copy.deepcopy(item), nested=nested) == []


@given(VALUES, VALUES)
def test_values_are_the_same_when_dynamodb_says_so(left, right):
    assert same_value(left, right) == equal(left, right)


def test_spelling_and_order_of_sets_make_no_difference():
    old = {
        "n": {"N": "1.0"},
        "s": {"NS": ["1", "20"]},
        "m": {"M": {"a": {"S": ""}, "b": {"N": "0"}}},
    }
    new = {
        "n": {"N": "1"},
        "s": {"NS": ["20.0", "1"]},
        "m": {"M": {"b": {"N": "-0"}, "a": {"S": ""}}},
    }
    assert diff(old, new) == []


def test_nested_differences_touch_only_what_changed():
    old = {"m": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"N": "2"}, "d": {"N": "3"}}}}}}
    new = {"m": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"N": "4"}, "e": {"N": "5"}}}}}}
    assert diff(old, new, nested=True) == [
        Change("set", ("m", "b", "c"), {"N": "4"}),
        Change("set", ("m", "b", "e"), {"N": "5"}),
        Change("remove", ("m", "b", "d")),
    ]
    assert diff(old, new) == [Change("set", ("m",), new["m"])]


def test_the_difference_never_goes_deeper_than_a_path_may():
    def nested(bottom):
        value = {"N": bottom}
        for _ in range(32):
            value = {"M": {"a": value}}
        return {"top": value}

    (change,) = diff(nested("1"), nested("2"), nested=True)
    assert len(change.path) == 32
    assert apply_changes([change], nested("1")) == nested("2")


@pytest.mark.parametrize(
    ("change", "expression", "condition"),
    [
        (Change("set", ("a", "size"), {"S": "x"}), "SET #0.#1 = :0", ""),
        (Change("remove", ("a", 3)), "REMOVE #0[3]", ""),
        (
            Change("append", ("a",), {"L": []}),
            "SET #0 = list_append(#0, :0)",
            "attribute_type(#0, :1)",
        ),
        (
            Change("add", ("a",), {"N": "1"}),
            "ADD #0 :0",
            "(attribute_not_exists(#0) OR attribute_type(#0, :1))",
        ),
        (
            Change("delete", ("a",), {"SS": ["x"]}),
            "DELETE #0 :0",
            "(attribute_not_exists(#0) OR attribute_type(#0, :1))",
        ),
    ],
)
def test_each_action_compiles_to_its_clause_and_guard(change, expression, condition):
    text, guard, pool = compiled(change)
    assert (text, guard) == (expression, condition)
    if condition:
        (tag,) = change.value
        assert pool.values[":1"] == {"S": tag}


def test_actions_are_gathered_by_clause():
    text, _, pool = compiled(
        Change("set", ("a",), {"S": "1"}),
        Change("remove", ("b", 0)),
        Change("append", ("c",), {"L": [{"S": "2"}]}),
        Change("remove", ("b", 2)),
    )
    assert text == "SET #0 = :0, #1 = list_append(#1, :1) REMOVE #2[2], #2[0]"
    assert pool.names == {"a": "#0", "c": "#1", "b": "#2"}


@pytest.mark.parametrize("name", ["a = :x", "SET b", "#0", ":0", "a, b", "size"])
def test_a_name_is_a_literal_name_in_an_update(name):
    text, guard, pool = compiled(Change("add", (name,), {"N": "1"}))
    assert text == "ADD #0 :0"
    assert guard == "(attribute_not_exists(#0) OR attribute_type(#0, :1))"
    assert pool.names == {name: "#0"}


def test_an_update_over_4_kb_is_refused():
    changes = [Change("set", (f"a{i}",), {"S": ""}) for i in range(400)]
    with pytest.raises(InvalidExpression, match="DynamoDB takes 4096"):
        compiled(*changes)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ([Change("set", ("n",), {"S": "x"})], {"n": {"S": "x"}}),
        (
            [Change("set", ("m", "new"), {"S": "x"})],
            {"m": {"M": {**ITEM["m"]["M"], "new": {"S": "x"}}}},
        ),
        (
            [Change("set", ("l", 1), {"S": "z"})],
            {"l": {"L": [{"S": "x"}, {"S": "z"}, ITEM["l"]["L"][2]]}},
        ),
        (
            [Change("set", ("l", 9), {"S": "9"}), Change("set", ("l", 5), {"S": "5"})],
            {"l": {"L": [*ITEM["l"]["L"], {"S": "5"}, {"S": "9"}]}},
        ),
        (
            [Change("set", ("l", 2, "k"), {"S": "w"})],
            {"l": {"L": [*ITEM["l"]["L"][:2], {"M": {"k": {"S": "w"}}}]}},
        ),
        (
            [
                Change("remove", ("l", 0)),
                Change("remove", ("l", 2)),
                Change("set", ("l", 1), {"S": "z"}),
            ],
            {"l": {"L": [{"S": "z"}]}},
        ),
        (
            [Change("remove", ("l", 0)), Change("remove", ("l", 2, "k"))],
            {"l": {"L": [{"S": "y"}, {"M": {}}]}},
        ),
        (
            [Change("remove", ("l", 7)), Change("set", ("l", 8), {"S": "8"})],
            {"l": {"L": [*ITEM["l"]["L"], {"S": "8"}]}},
        ),
        ([Change("remove", ("absent",))], {}),
        ([Change("add", ("n",), {"N": "0.5"})], {"n": {"N": "1.5"}}),
        ([Change("add", ("new",), {"N": "5"})], {"new": {"N": "5"}}),
        (
            [Change("add", ("m", "a"), {"N": "-5"})],
            {"m": {"M": {**ITEM["m"]["M"], "a": {"N": "0"}}}},
        ),
        ([Change("add", ("s",), {"SS": ["b", "c"]})], {"s": {"SS": ["a", "b", "c"]}}),
        ([Change("delete", ("s",), {"SS": ["b", "z"]})], {"s": {"SS": ["a"]}}),
        ([Change("delete", ("absent",), {"SS": ["b"]})], {}),
        (
            [Change("append", ("l",), {"L": [{"N": "1"}]})],
            {"l": {"L": [*ITEM["l"]["L"], {"N": "1"}]}},
        ),
    ],
)
def test_changes_apply_by_the_rules_of_update_item(changes, after):
    assert apply_changes(changes, ITEM) == {**ITEM, **after}


def test_a_set_that_loses_its_last_entry_is_gone():
    after = apply_changes([Change("delete", ("s",), {"SS": ["a", "b"]})], ITEM)
    assert after == {name: value for name, value in ITEM.items() if name != "s"}


class Compared(str):
    """An entry of a set that counts how often it is compared."""

    __slots__ = ()
    __hash__ = str.__hash__
    times = 0

    def __eq__(self, other):
        Compared.times += 1
        return str.__eq__(self, other)


@pytest.mark.parametrize("action", ["add", "delete"])
def test_entries_of_large_sets_are_looked_up_not_searched_for(action):
    stored, sent = ([Compared(f"{side}{n}") for n in range(500)] for side in "ab")
    Compared.times = 0
    apply_changes([Change(action, ("s",), {"SS": sent})], {"s": {"SS": stored}})
    assert Compared.times < 1000


def test_every_change_sees_the_item_as_it_was():
    item = {"l": {"L": [{"SS": ["a"]}, {"S": "y"}, {"S": "z"}]}}
    changes = [
        Change("delete", ("l", 0), {"SS": ["a"]}),
        Change("set", ("l", 2), {"S": "new"}),
        Change("remove", ("l", 1)),
    ]
    assert apply_changes(changes, item) == {"l": {"L": [{"S": "new"}]}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change("set", ("absent", "a"), {"S": "x"}), "'absent.a' leads through"),
        (Change("set", ("n", "a"), {"S": "x"}), "'n.a' leads through"),
        (Change("set", ("l", "a"), {"S": "x"}), "'l.a' leads through"),
        (Change("set", ("m", 0), {"S": "x"}), r"'m\[0\]' leads through"),
        (Change("remove", ("absent", "a")), "'absent.a' leads through"),
        (Change("remove", ("l", 9, "k")), r"'l\[9\].k' leads through"),
        (Change("add", ("absent", "a"), {"N": "1"}), "'absent.a' leads through"),
        (Change("delete", ("absent", "a"), {"SS": ["x"]}), "'absent.a' leads through"),
        (Change("append", ("absent",), {"L": []}), "absent is not a list"),
        (Change("append", ("n",), {"L": []}), "n is not a list"),
        (Change("add", ("l",), {"N": "1"}), "l is a list"),
        (Change("add", ("s",), {"NS": ["1"]}), "s is a string set"),
        (Change("delete", ("n",), {"SS": ["a"]}), "n is a number"),
    ],
)
def test_what_update_item_refuses_is_refused_by_path(change, message):
    with pytest.raises(InvalidExpression, match=message):
        apply_changes([change], ITEM)


def test_a_sum_beyond_38_digits_is_refused():
    with pytest.raises(InvalidValue, match="significant digits"):
        apply_changes([Change("add", ("n",), {"N": "1e100"})], ITEM)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([Change("set", ("id",), {"S": "x"})], "key attribute 'id' can't be changed"),
        ([Change("remove", ("id",))], "key attribute 'id' can't be changed"),
        ([Change("set", ("id", "x"), {"S": "x"})], "key attribute 'id' can't be changed"),
        ([Change("set", ("a",), {"S": "x"}), Change("remove", ("a", "b"))], "overlap"),
        ([Change("set", ("a",), {"S": "x"}), Change("set", ("a",), {"S": "y"})], "overlap"),
        ([Change("append", ("a",), {"S": "x"})], "appended to with a list"),
        ([Change("add", ("a",), {"S": "x"})], "a number or a set, not a string"),
        ([Change("delete", ("a",), {"N": "1"})], "takes a set, not a number"),
    ],
)
def test_changes_that_no_item_could_take_are_refused(changes, message):
    with pytest.raises(InvalidExpression, match=message):
        require_changes(changes, ("id",))


def test_the_way_to_a_nested_path_is_guarded_once_for_each_parent():
    changes = [
        Change("set", ("a", "x"), {"S": "1"}),
        Change("remove", ("a", "y")),
        Change("set", ("a", "l", 0), {"S": "1"}),
        Change("set", ("top",), {"S": "1"}),
    ]
    pool = Placeholders()
    assert compile_parents(changes, pool) == (
        "attribute_type(#0, :0) AND attribute_type(#0.#1, :1)"
    )
    assert pool.values == {":0": {"S": "M"}, ":1": {"S": "L"}}
