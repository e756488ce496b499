import re

import pytest

from tables.core.errors import InvalidExpression
from tables.core.expressions import Placeholders
from tables.core.filters import (
    BY_NAME,
    BY_SUFFIX,
    OPERATORS,
    Group,
    compile_filter,
    make_term,
    matches,
    operator_named,
)
from tables.core.values import TYPES
from tests.core import model

ONE_OF_EACH = {
    "S": {"S": "s"},
    "N": {"N": "1"},
    "B": {"B": "AA=="},
    "BOOL": {"BOOL": True},
    "NULL": {"NULL": True},
    "L": {"L": [{"S": "s"}]},
    "M": {"M": {}},
    "SS": {"SS": ["s"]},
    "NS": {"NS": ["1"]},
    "BS": {"BS": ["AA=="]},
}
# What DynamoDB lets stand on the right of each operator.
TAKES = {
    **dict.fromkeys(("eq", "ne", "in", "contains", "not_contains"), frozenset(TYPES)),
    **dict.fromkeys(("lt", "lte", "gt", "gte", "between"), frozenset("SNB")),
    "begins_with": {"S", "B"},
    "exists": set(),
    "not_exists": set(),
}


def compiled(node):
    pool = Placeholders()
    return compile_filter(node, pool), pool.request()


def term(path, suffix, *operands):
    return make_term(path, BY_SUFFIX[suffix], operands)


@pytest.mark.parametrize("tag", TYPES)
@pytest.mark.parametrize("suffix", TAKES)
def test_every_operator_takes_the_types_that_dynamodb_takes(suffix, tag):
    operator = BY_SUFFIX[suffix]
    count = 1 if operator.operands is None else operator.operands
    if not count:
        with pytest.raises(InvalidExpression, match="takes 0 values"):
            make_term(("a",), operator, [ONE_OF_EACH[tag]])
        return
    operands = [ONE_OF_EACH[tag]] * count
    if tag in TAKES[suffix]:
        assert make_term(("a",), operator, operands).operands == tuple(operands)
        return
    with pytest.raises(InvalidExpression, match=f"not a {TYPES[tag]}"):
        make_term(("a",), operator, operands)


@pytest.mark.parametrize(
    ("suffix", "operands", "expression"),
    [
        ("eq", "s", "#0 = :0"),
        ("ne", "s", "#0 <> :0"),
        ("lt", "s", "#0 < :0"),
        ("lte", "s", "#0 <= :0"),
        ("gt", "s", "#0 > :0"),
        ("gte", "s", "#0 >= :0"),
        ("between", "st", "#0 BETWEEN :0 AND :1"),
        ("in", "stu", "#0 IN (:0, :1, :2)"),
        ("begins_with", "s", "begins_with(#0, :0)"),
        ("contains", "s", "contains(#0, :0)"),
        ("not_contains", "s", "NOT contains(#0, :0)"),
        ("exists", "", "attribute_exists(#0)"),
        ("not_exists", "", "attribute_not_exists(#0)"),
        ("type", ["NS"], "attribute_type(#0, :0)"),
    ],
)
def test_every_operator_compiles_to_placeholders(suffix, operands, expression):
    values = [{"S": text} for text in operands]
    text, request = compiled(term(("size",), suffix, *values))
    assert text == expression
    assert request["ExpressionAttributeNames"] == {"#0": "size"}
    assert list(request.get("ExpressionAttributeValues", {}).values()) == values


def test_this_file_knows_every_operator():
    assert {operator.suffix for operator in OPERATORS} == {*TAKES, "type"}


@pytest.mark.parametrize(
    "name", ["a = :x OR b", "#x", ":v", "a[0] OR c", "%s", "{0}", "SELECT", "<>; "]
)
def test_a_name_is_a_literal_name_whatever_it_looks_like(name):
    text, request = compiled(term((name, "inner"), "eq", {"S": name}))
    assert text == "#0.#1 = :0"
    assert request == {
        "ExpressionAttributeNames": {"#0": name, "#1": "inner"},
        "ExpressionAttributeValues": {":0": {"S": name}},
    }


def test_terms_are_joined_in_brackets_where_they_need_them_and_nowhere_else():
    a, b, c = (term((name,), "exists") for name in "abc")
    assert compiled(Group((a, Group((b, c), "OR"))))[0] == (
        "attribute_exists(#0) AND (attribute_exists(#1) OR attribute_exists(#2))"
    )
    assert compiled(Group((Group((b,), "OR"), Group((Group((a,)),)))))[0] == (
        "attribute_exists(#0) AND attribute_exists(#1)"
    )
    assert compiled(Group((a, Group((b, c)))))[0] == (
        "attribute_exists(#0) AND attribute_exists(#1) AND attribute_exists(#2)"
    )
    assert compiled(Group((Group((a, Group((b, c))), "OR"),)))[0] == (
        "attribute_exists(#0) OR (attribute_exists(#1) AND attribute_exists(#2))"
    )
    assert compiled(Group())[0] == ""


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_json_clients_name_operators_in_any_case(name):
    assert operator_named(name.lower()) is operator_named(name) is BY_NAME[name]


@pytest.mark.parametrize(
    "name", ["==", "LIKE", "", "<>; ", "= :x OR b", None, 1, ["="], "contains(", "%s"]
)
def test_an_unknown_comparator_is_refused_with_the_known_ones(name):
    with pytest.raises(InvalidExpression, match="BEGINS_WITH") as caught:
        operator_named(name)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("suffix", "operands", "message"),
    [
        ("eq", [], "= takes 1 values, not 0"),
        ("eq", [{"S": "a"}, {"S": "b"}], "= takes 1 values, not 2"),
        ("between", [{"S": "a"}], "BETWEEN takes 2 values, not 1"),
        ("between", [{"S": "a"}, {"N": "1"}], "two values of one type"),
        ("between", [{"N": "10"}, {"N": "9"}], "lower bound first"),
        ("between", [{"S": "b"}, {"S": "a"}], "lower bound first"),
        ("in", [], "IN takes 1 to 100 values"),
        ("in", [{"S": str(i)} for i in range(101)], "IN takes 1 to 100 values"),
        ("type", [{"S": "STRING"}], "the types are S, N"),
        ("type", [{"N": "1"}], "takes a string"),
    ],
)
def test_operands_that_dynamodb_would_refuse_are_refused_by_path(suffix, operands, message):
    with pytest.raises(InvalidExpression, match=rf"a\.b\[0\]: .*{re.escape(message)}"):
        make_term(("a", "b", 0), BY_SUFFIX[suffix], operands)


def test_numbers_between_are_compared_as_numbers():
    assert term(("a",), "between", {"N": "9"}, {"N": "10"})


def test_the_limits_of_expressions_hold():
    exists = term(("a",), "exists")
    assert compile_filter(Group((exists,) * 150), Placeholders())
    with pytest.raises(InvalidExpression, match="DynamoDB takes 300"):
        compile_filter(Group((exists,) * 151), Placeholders())
    hundred = term(("a",), "in", *({"S": str(i)} for i in range(100)))
    assert compile_filter(hundred, Placeholders())
    with pytest.raises(InvalidExpression, match="DynamoDB takes 4096"):
        compile_filter(Group((hundred,) * 8), Placeholders())


KEYS = [{"S": "abc"}, {"N": "10"}, {"B": "AAEC"}]
OPERANDS = [
    {"S": "a"},
    {"S": "abc"},
    {"S": "é"},
    {"N": "10"},
    {"N": "9"},
    {"B": "AAEC"},
    {"B": "AQ=="},
]


@pytest.mark.parametrize("key", KEYS, ids=["string", "number", "binary"])
def test_key_attributes_are_compared_here_as_dynamodb_compares_them(key):
    item = {"k": key}
    for operator in OPERATORS:
        for left in OPERANDS:
            for right in OPERANDS:
                operands = {0: [], 1: [left], 2: [left, right], None: [left, right]}
                try:
                    one = make_term(("k",), operator, operands[operator.operands])
                except InvalidExpression:
                    continue
                assert matches(one, item) == model.matches(one, item), (
                    operator.suffix,
                    left,
                    right,
                )
    for tag in TYPES:
        of_type = term(("k",), "type", {"S": tag})
        assert matches(of_type, item) == model.matches(of_type, item)


def test_groups_of_key_terms_are_compared_here_too():
    is_a, is_b = term(("k",), "eq", {"S": "a"}), term(("k",), "eq", {"S": "b"})
    assert matches(Group((is_a, is_b), "OR"), {"k": {"S": "b"}})
    assert not matches(Group((is_a, is_b)), {"k": {"S": "b"}})


# ---------------------------------------------------------------- matching whole items

STORED = [
    {},
    *({"k": value} for value in (*KEYS, *ONE_OF_EACH.values())),
    {"k": {"N": "1.50"}},
    {"k": {"S": ""}},
    {"k": {"L": [{"N": "9"}, {"L": [{"S": "a"}]}]}},
    {"k": {"M": {"x": {"N": "1"}}}},
    {"k": {"NS": ["10", "9.0"]}},
    {"k": {"SS": ["a", "abc"]}},
    {"k": {"BS": ["AQ=="]}},
]
COMPARED = [
    *OPERANDS,
    *ONE_OF_EACH.values(),
    {"N": "1.5"},
    {"L": [{"S": "a"}]},
    {"M": {"x": {"N": "1.0"}}},
    {"NS": ["9", "10"]},
    {"SS": ["abc", "a"]},
    {"S": "NS"},
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.suffix)
def test_every_row_matches_values_of_every_type_as_the_model_does(operator):
    compared = 0
    for item in STORED:
        for operand in COMPARED:
            operands = [operand] * (1 if operator.operands is None else operator.operands)
            try:
                one = make_term(("k",), operator, operands)
            except InvalidExpression:
                continue
            assert matches(one, item) == model.matches(one, item), (operator.suffix, item, operand)
            compared += 1
    assert compared >= len(STORED)
