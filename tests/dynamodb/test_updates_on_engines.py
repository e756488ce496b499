"""What is computed here is what an engine makes of the same changes."""

import random

import pytest

from tables.core.errors import InvalidExpression, InvalidRequest, PreconditionFailed
from tables.core.expressions import Placeholders
from tables.core.operations import Put, Update
from tables.core.updates import (
    Change,
    apply_changes,
    compile_parents,
    compile_update,
    require_changes,
)
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import write
from tests.core.model import equal

KEY = {"id": {"S": "a"}}
ITEM = {
    **KEY,
    "n": {"N": "1"},
    "s": {"SS": ["a", "b"]},
    "t": {"S": "text"},
    "l": {"L": [{"S": "x"}, {"N": "2"}, {"M": {"k": {"S": "v"}}}, {"S": "last"}]},
    "m": {"M": {"a": {"N": "5"}, "b": {"L": [{"S": "y"}, {"S": "z"}]}, "deep": {"M": {}}}},
}
PATHS = [
    *[("n",), ("s",), ("t",), ("l",), ("m",), ("new",), ("a.b",), ("size",)],
    *[("l", 0), ("l", 1), ("l", 2), ("l", 2, "k"), ("l", 2, "new"), ("l", 9), ("l", 7)],
    *[("m", "a"), ("m", "b"), ("m", "b", 0), ("m", "b", 1), ("m", "deep", "x"), ("m", "new")],
    *[("absent", "x"), ("t", "x"), ("n", 0), ("m", 0), ("l", "x"), ("l", 9, "x"), ("m", "b", 5, 0)],
]
VALUES = {
    "set": [{"S": "new"}, {"N": "7"}, {"L": []}, {"M": {"z": {"NULL": True}}}, {"SS": ["q"]}],
    "add": [{"N": "2"}, {"N": "-0.5"}, {"SS": ["b", "c"]}, {"NS": ["1"]}],
    "delete": [{"SS": ["a"]}, {"SS": ["a", "b"]}, {"NS": ["1"]}],
    "append": [{"L": [{"S": "more"}]}, {"L": []}],
    "remove": [None],
}


def random_changes(dice):
    changes = []
    for path in dice.sample(PATHS, dice.choice([1, 1, 2, 3])):
        action = dice.choice(["set", "set", "remove", "remove", "add", "delete", "append"])
        changes.append(Change(action, path, dice.choice(VALUES[action])))
    return changes


def possible_changes(count):
    """Lists of changes that a request may ask for; which of them the item takes is the test."""
    dice = random.Random(2026)
    while count:
        changes = random_changes(dice)
        try:
            require_changes(changes, KEY)
        except InvalidExpression:
            continue
        count -= 1
        yield changes


def update(changes):
    pool = Placeholders()
    expression, guard = compile_update(changes, pool)
    condition = " AND ".join(part for part in (guard, compile_parents(changes, pool)) if part)
    operation = Update("things", KEY, expression, condition, pool)
    return write(operation, return_values="ALL_NEW").attributes


def test_an_engine_and_the_core_agree_on_every_change(things):
    taken = refused = 0
    for changes in possible_changes(150):
        write(Put("things", ITEM))
        try:
            expected = apply_changes(changes, ITEM)
        except InvalidExpression:
            refused += 1
            with pytest.raises((InvalidRequest, PreconditionFailed)):
                update(changes)
            assert get_item("things", KEY, consistent=True).item == ITEM
            continue
        taken += 1
        after = update(changes)
        assert after.keys() == expected.keys(), changes
        assert all(equal(after[name], expected[name]) for name in expected), changes
    assert min(taken, refused) > 30
