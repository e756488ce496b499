from decimal import Decimal

import pytest

from tables.core import strict_json
from tables.core.adminapi_scan import parse_attributes, parse_scan
from tables.core.errors import InvalidExpression
from tables.core.expressions import Placeholders
from tables.core.filters import compile_filter


def compiled(text):
    pool = Placeholders()
    expression = compile_filter(parse_scan(strict_json.parse(text)), pool)
    request = pool.request()
    return (
        expression,
        list(request.get("ExpressionAttributeNames", {}).values()),
        list(request.get("ExpressionAttributeValues", {}).values()),
    )


def test_the_example_of_the_reference():
    expression, names, values = compiled(
        """{
        "worker.empGroupIds": [["-989357139129.0"],["-988766726027.0"]],
        "training.status": ["completed", "timelimitmet"],
        "training.isActive": "1",
        "attributesNotExist": ["training.timeOfCompletion"],
        "dueDays": {"comparator": "<=", "value": "10"}
        }"""
    )
    assert expression == (
        "contains(#0.#1, :0) AND contains(#0.#1, :1)"
        " AND (contains(#2.#3, :2) OR contains(#2.#3, :3))"
        " AND #2.#4 = :4 AND attribute_not_exists(#2.#5) AND #6 <= :5"
    )
    assert names == [
        *("worker", "empGroupIds", "training", "status", "isActive", "timeOfCompletion", "dueDays")
    ]
    assert values == [
        {"S": "-989357139129.0"},
        {"S": "-988766726027.0"},
        {"S": "completed"},
        {"S": "timelimitmet"},
        {"S": "1"},
        {"S": "10"},
    ]


@pytest.mark.parametrize(
    ("text", "expression", "values"),
    [
        ("{}", "", []),
        ('{"a": "x"}', "#0 = :0", [{"S": "x"}]),
        ('{"a": 99.0}', "#0 = :0", [{"N": "99"}]),
        ('{"a": "99"}', "#0 = :0", [{"S": "99"}]),
        ('{"a": true}', "#0 = :0", [{"BOOL": True}]),
        ('{"a": null}', "#0 = :0", [{"NULL": True}]),
        ('{"a": {"wrapperName":"Set","type":"Number","values":[1]}}', "#0 = :0", [{"NS": ["1"]}]),
        ('{"a": {"type":"Buffer","data":[0]}}', "#0 = :0", [{"B": "AA=="}]),
        ('{"a": ["x"]}', "contains(#0, :0)", [{"S": "x"}]),
        ('{"a": [1, null]}', "contains(#0, :0) OR contains(#0, :1)", [{"N": "1"}, {"NULL": True}]),
        (
            '{"a": [["x", "y"], ["z"]]}',
            "(contains(#0, :0) OR contains(#0, :1)) AND contains(#0, :2)",
            [{"S": "x"}, {"S": "y"}, {"S": "z"}],
        ),
        ('{"a": {"value": 5}}', "#0 = :0", [{"N": "5"}]),
        ('{"a": {"comparator": "!=", "value": 5}}', "#0 <> :0", [{"N": "5"}]),
        ('{"a": {"comparator": "ge", "value": 5}}', "#0 >= :0", [{"N": "5"}]),
        ('{"a": {"comparator": "<>", "value": null}}', "#0 <> :0", [{"NULL": True}]),
        ('{"a": {"comparator": "=", "value": [1]}}', "#0 = :0", [{"L": [{"N": "1"}]}]),
        ('{"a": {"comparator": "=", "value": {"b": 1}}}', "#0 = :0", [{"M": {"b": {"N": "1"}}}]),
        (
            '{"a": {"comparator": "between", "value": [1, 2]}}',
            "#0 BETWEEN :0 AND :1",
            [{"N": "1"}, {"N": "2"}],
        ),
        (
            '{"a": {"comparator": "IN", "value": [1, "1"]}}',
            "#0 IN (:0, :1)",
            [{"N": "1"}, {"S": "1"}],
        ),
        ('{"a": {"comparator": "BEGINS_WITH", "value": "x"}}', "begins_with(#0, :0)", [{"S": "x"}]),
        (
            '{"a": {"comparator": "not_contains", "value": "x"}}',
            "NOT contains(#0, :0)",
            [{"S": "x"}],
        ),
        ('{"a": {"comparator": "exists"}}', "attribute_exists(#0)", []),
        ('{"a": {"comparator": "NOT_NULL", "value": "ignored"}}', "attribute_exists(#0)", []),
        ('{"a": {"comparator": "NULL"}}', "attribute_not_exists(#0)", []),
        (
            '{"a": {"comparator": "attribute_type", "value": "SS"}}',
            "attribute_type(#0, :0)",
            [{"S": "SS"}],
        ),
        (
            '{"attributesExist": ["a"], "attributesNotExist": ["b"]}',
            "attribute_exists(#0) AND attribute_not_exists(#1)",
            [],
        ),
        (
            '{"attributesExist": ["a", "a.b"]}',
            "attribute_exists(#0) AND attribute_exists(#0.#1)",
            [],
        ),
        ('{"attributesExist": []}', "", []),
    ],
)
def test_the_language_compiles_to_this(text, expression, values):
    assert compiled(text)[0] == expression
    assert compiled(text)[2] == values


def test_paths_reach_list_elements_and_names_with_dots():
    assert compiled(r'{"a.b[0]": "x", "c\\.d": "y"}')[:2] == (
        "#0.#1[0] = :0 AND #2 = :1",
        ["a", "b", "c.d"],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", '"scan" must be an object'),
        ("null", '"scan" must be an object'),
        ('"a"', '"scan" must be an object'),
        ('{"a": []}', "empty array"),
        ('{"a": [["x"], []]}', "empty array"),
        ('{"a": [["x"], "y"]}', "can't stand side by side"),
        ('{"a": [[["x"]]]}', "at most two deep"),
        ('{"a": {}}', '"comparator" and "value"'),
        ('{"a": {"comparator": "="}}', '"value" is missing'),
        ('{"a": {"comparator": "LIKE", "value": "x"}}', "'LIKE' is not a comparator"),
        ('{"a": {"comparator": "= :0 OR #0", "value": "x"}}', "is not a comparator"),
        ('{"a": {"comparator": 5, "value": "x"}}', "is not a comparator"),
        ('{"a": {"compare": "=", "value": "x"}}', '"comparator" and "value"'),
        ('{"a": {"comparator": "<", "value": true}}', "not a boolean"),
        ('{"a": {"comparator": "<", "value": null}}', "not a null"),
        ('{"a": {"comparator": "IN", "value": 1}}', "takes an array of values"),
        ('{"a": {"comparator": "IN", "value": []}}', "1 to 100 values"),
        ('{"a": {"comparator": "BETWEEN", "value": [2, 1]}}', "lower bound first"),
        ('{"a": 1e400}', "out of range"),
        ('{"a": ["x", 1e400]}', "out of range"),
        ('{"a": {"wrapperName":"Set","type":"Number","values":[]}}', "at least one value"),
        ('{"a..b": "x"}', "'a..b'"),
        ('{"": "x"}', "a name is empty"),
        ('{"attributesExist": "a"}', '"attributesExist" must be an array'),
        ('{"attributesNotExist": [1]}', '"attributesNotExist" must be an array'),
        ('{"attributesExist": ["a[-1]"]}', "an index looks like"),
    ],
)
def test_what_the_language_does_not_hold_is_refused_in_words(text, message):
    with pytest.raises(InvalidExpression) as caught:
        parse_scan(strict_json.parse(text))
    assert message in caught.value.message


def test_attributes_to_get_are_paths_that_do_not_overlap():
    assert parse_attributes(None) == parse_attributes([]) == ()
    assert parse_attributes(["a.b", "c[0]"]) == (("a", "b"), ("c", 0))
    for value in (["a", "a.b"], ["a", "a"], ["a[0]", "a.b"]):
        with pytest.raises(InvalidExpression, match="overlap"):
            parse_attributes(value)
    for value in ("a", {"a": 1}, [1], [None]):
        with pytest.raises(InvalidExpression, match='"attributesToGet" must be an array'):
            parse_attributes(value)


@pytest.mark.parametrize(
    "scan",
    [
        {f"a{n}": 1 for n in range(1025)},
        {"a": ["x"] * 1025},
        {"a": [["x"] * 1000, ["y"] * 25]},
    ],
)
def test_more_values_than_any_expression_holds_are_refused_unread(scan):
    with pytest.raises(InvalidExpression, match="1025 values"):
        parse_scan(scan)


@pytest.mark.parametrize("comparator", ["IN", "BETWEEN"])
def test_more_operands_than_a_comparator_takes_are_refused_unread(comparator):
    with pytest.raises(InvalidExpression, match=f"a: {comparator} takes"):
        parse_scan({"a": {"comparator": comparator, "value": [object()] * 101}})


def test_operands_of_in_are_no_operators():
    """DynamoDB counts 300 operators, and 100 operands of each IN."""
    scan = {f"a{n}": {"comparator": "IN", "value": list(map(Decimal, range(100)))} for n in "1234"}
    assert compile_filter(parse_scan(scan), Placeholders()).count(" IN ") == 4


def test_elements_of_a_list_are_one_value():
    whole = list(map(Decimal, range(2000)))
    (term,) = parse_scan({"a": {"comparator": "=", "value": whole}}).parts
    assert len(term.operands[0]["L"]) == 2000


def test_more_paths_than_any_projection_holds_are_refused_unread():
    with pytest.raises(InvalidExpression, match="1025 paths"):
        parse_attributes([""] * 1025)
