import json

import jsonschema
import pytest

from tables.core import strict_json
from tables.core.errors import InvalidValue
from tables.core.schemas import declared_types, require_schema, require_valid, subschema
from tables.core.values import wire_item


def problems(schema, text):
    require_schema(schema)
    try:
        require_valid(wire_item(strict_json.parse(text)), schema)
    except InvalidValue as error:
        return [(problem.pointer, problem.detail) for problem in error.problems]
    return []


def of(**rules):
    return {"properties": {"a": rules}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (of(type="number"), "12345678901234567890123456789012345678"),
        (of(type="integer"), "1.0"),
        (of(type="integer"), "1e125"),
        (of(multipleOf=0.01), "4.35"),
        (of(multipleOf=0.01), "1e125"),
        (of(multipleOf=0.1), "0.3"),
        (of(minimum=0.1, maximum=0.3), "0.1"),
        (of(minimum=0.1, maximum=0.3), "0.3"),
        (of(exclusiveMinimum=9007199254740992), "9007199254740993"),
        (of(enum=[1, 2.5, "x", None]), "2.50"),
        (of(const=1), "1.0"),
        (of(type=["string", "null"]), "null"),
        (of(format="date-time"), '"2026-01-31T09:30:00.123Z"'),
        (of(format="date-time"), '"2026-01-31t09:30:00+05:30"'),
        (of(format="date"), '"2024-02-29"'),
        (of(format="time"), '"00:00:00Z"'),
        (of(format="email"), '"jane@example.com"'),
        (of(format="uri"), '"https://example.com/a?b#c"'),
        (of(format="uri"), '"urn:isbn:0451450523"'),
        (of(format="uuid"), '"3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a"'),
        (of(format="no-such-format"), '"x"'),
        ({"$defs": {"x": {"type": "string"}}, **of(**{"$ref": "#/$defs/x"})}, '"x"'),
    ],
)
def test_a_value_that_fits_passes_digit_by_digit(schema, value):
    assert problems(schema, f'{{"a": {value}}}') == []


FAMILY = {"properties": {"children": {"items": {"$ref": "#"}}}}


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"$ref": "#"}, "at /: a reference comes back to /"),
        ({"allOf": [{"$ref": "#"}]}, "comes back"),
        (of(anyOf=[{"type": "null"}, {"$ref": "#/properties/a"}]), "/properties/a"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}}}, "/$defs/"),
        ({"$dynamicAnchor": "node", "allOf": [{"$dynamicRef": "#node"}]}, "comes back"),
        ({"x": {"if": {"$ref": "#/x"}}, "$ref": "#/x"}, "comes back"),
        (of(**{"$dynamicRef": "https://example.com/a#b"}), "at /properties/a: the reference"),
        (of(**{"$ref": "https://example.com/a"}), "at /properties/a: the reference"),
        (of(**{"$ref": "#/no/such"}), "leads nowhere in this file"),
        (of(pattern="^(?=a)b"), "at /properties/a: the pattern '^(?=a)b' can't be searched"),
        (of(pattern=r"(a)\1"), "linear time"),
        (of(patternProperties={"(?<!x)y": {}}), "at /properties/a: the pattern"),
        ({"$ref": "#/x", "x": {"pattern": "(?!a)"}}, "at /x: the pattern"),
        (
            {"unevaluatedProperties": False, "allOf": [{"patternProperties": {"^x": {}}}]},
            "additionalProperties can",
        ),
    ],
)
def test_30_what_could_not_be_decided_at_a_write_is_refused_at_the_start_by_its_place(
    schema, place
):
    with pytest.raises(jsonschema.SchemaError) as error:
        require_schema(schema)
    assert place in error.value.message


@pytest.mark.parametrize(
    "schema",
    [
        FAMILY,
        {"$dynamicAnchor": "node", "properties": {"a": {"$dynamicRef": "#node"}}},
        {"$id": "https://x.test/a", "$ref": "b", "$defs": {"b": {"$id": "b", "type": "object"}}},
        of(const={"$ref": "https://example.com/not-a-reference"}),
        {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}], "$defs": {"a": {}}},
        {"properties": {"a": True, "b": False}},
    ],
)
def test_what_goes_deeper_into_the_item_is_taken(schema):
    require_schema(schema)


def test_a_schema_of_itself_is_asked_as_deep_as_the_item_goes():
    schema = {**FAMILY, "required": ["id"]}
    assert problems(schema, '{"id": 1, "children": [{"id": 2}, {"children": []}]}') == [
        ("/children/1", "'id' is a required property")
    ]


NO_NUMBER = ("/n_a", "'x' is not of type 'number'")


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        (of(pattern="^a+$"), '{"a": "aaa"}', []),
        (of(pattern="^a+$"), '{"a": "b"}', [("/a", "'b' does not match '^a+$'")]),
        (of(pattern=r"^\u00e9$"), '{"a": "é"}', []),
        (of(pattern="a"), '{"a": 7}', []),
        (
            {"patternProperties": {"^n_": {"type": "number"}}},
            '{"n_a": "x"}',
            [("/n_a", "'x' is not of type 'number'")],
        ),
        ({"patternProperties": {"^n_": {}}, "additionalProperties": False}, '{"n_a": 1}', []),
        (
            {
                "properties": {"a": {}},
                "patternProperties": {"^n_": {}},
                "additionalProperties": False,
            },
            '{"a": 1, "n_a": 1, "x": 1}',
            [("", "Additional properties are not allowed ('x' was unexpected)")],
        ),
        (
            {"additionalProperties": {"type": "number"}},
            '{"x": "y"}',
            [("/x", "'y' is not of type 'number'")],
        ),
        (of(format="regex"), '{"a": "("}', [("/a", "'(' is not a 'regex'")]),
    ],
)
def test_patterns_say_what_fits(schema, text, expected):
    assert problems(schema, text) == expected


@pytest.mark.parametrize(
    "schema",
    [
        of(pattern="^(a+)+$"),
        of(pattern="^(a|a)*$"),
        of(pattern="(x+x+)+y"),
        of(patternProperties={"^(a+)+$": {"type": "number"}}, additionalProperties=False),
        of(format="regex"),
    ],
)
def test_30_a_pattern_that_python_would_search_for_ever_is_searched_at_once(schema):
    text = "a" * 60_000 + "!"
    value = json.dumps(
        {"a": {text: 1} if "patternProperties" in schema["properties"]["a"] else text}
    )
    assert len(problems(schema, value)) <= 1


@pytest.mark.parametrize(
    ("schema", "value", "detail"),
    [
        (of(type="integer"), "1.5", "1.5 is not of type 'integer'"),
        (of(type="number"), "true", "True is not of type 'number'"),
        (of(type="number"), '"1"', "'1' is not of type 'number'"),
        (of(multipleOf=0.01), "4.355", "4.355 is not a multiple of 0.01"),
        (of(maximum=0.3), "0.30000000000000000000000000000001", "maximum of 0.3"),
        (of(exclusiveMinimum=9007199254740992), "9007199254740992", "minimum of 9007199254740992"),
        (of(enum=[1, 2]), "3", "3 is not one of [1, 2]"),
        (of(enum=[1]), "true", "True is not one of [1]"),
        (of(uniqueItems=True), "[1, 1.0]", "non-unique elements"),
        (of(format="date-time"), '"2026-02-30T00:00:00Z"', "is not a 'date-time'"),
        (of(format="date-time"), '"2026-01-31 09:30:00Z"', "is not a 'date-time'"),
        (of(format="date-time"), '"2026-01-31T09:30:00"', "is not a 'date-time'"),
        (of(format="time"), '"25:00:00Z"', "is not a 'time'"),
        (of(format="uri"), '"no uri at all"', "is not a 'uri'"),
        (of(format="email"), '"jane"', "is not a 'email'"),
        (of(format="uuid"), '"1234"', "is not a 'uuid'"),
        ({"$defs": {"x": {"type": "string"}}, **of(**{"$ref": "#/$defs/x"})}, "1", "not of type"),
    ],
)
def test_a_value_that_does_not_fit_is_pointed_at_in_words(schema, value, detail):
    ((pointer, said),) = problems(schema, f'{{"a": {value}}}')
    assert pointer == "/a"
    assert detail in said
    assert "Decimal" not in said


def test_every_problem_is_named_where_it_is():
    schema = {
        "required": ["b"],
        "properties": {"a": {"items": {"type": "integer"}}, "x/y": {"type": "string"}},
    }
    assert problems(schema, '{"a": [1, "x", 2, "y"], "x/y": 1}') == [
        ("", "'b' is a required property"),
        ("/a/1", "'x' is not of type 'integer'"),
        ("/a/3", "'y' is not of type 'integer'"),
        ("/x~1y", "1 is not of type 'string'"),
    ]


def test_a_flood_of_problems_is_cut_short():
    found = problems(of(items={"type": "string"}), f'{{"a": [{",".join(["1"] * 5000)}]}}')
    assert len(found) == 100
    ((_, detail),) = problems(of(maxItems=1), f'{{"a": [{",".join(["1"] * 5000)}]}}')
    assert len(detail) <= 500


def test_sets_are_arrays_and_binary_is_base64_to_a_schema():
    schema = of(type="array", items={"type": "number"})
    require_valid({"a": {"NS": ["1", "2"]}}, schema)
    require_valid({"a": {"B": "AA=="}}, of(type="string", pattern="^AA==$"))
    require_valid({"a": {"S": "x"}}, None)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "text"}, "'text' is not valid"),
        (of(multipleOf=0), "minimum of 0"),
        (of(**{"$ref": "#/$defs/absent"}), "'#/\\$defs/absent' leads nowhere"),
        (of(**{"$ref": "https://example.com/schema.json"}), "leads nowhere in this file"),
        ({"allOf": [{"$ref": "other.json"}]}, "leads nowhere in this file"),
    ],
)
def test_a_wrong_schema_is_found_before_it_is_used(schema, message):
    with pytest.raises(jsonschema.SchemaError, match=message):
        require_schema(schema)


NESTED = {
    "properties": {
        "total": {"type": "integer", "title": "Total"},
        "flag": {"type": "boolean"},
        "maybe": {"type": ["null", "number"]},
        "either": {"type": ["string", "number"]},
        "nothing": {"type": "null"},
        "worker": {"type": "object", "properties": {"na.me": {"type": "string", "title": "Name"}}},
        "tags": {"type": "array", "items": {"type": "string", "title": "Tag"}},
        "anything": True,
    }
}


def test_a_schema_declares_the_types_of_paths():
    assert declared_types(NESTED) == {
        "total": "N",
        "flag": "BOOL",
        "maybe": "N",
        "nothing": "NULL",
        r"worker.na\.me": "S",
    }
    assert declared_types(None) == {}


def test_a_schema_says_something_of_one_path():
    assert subschema(NESTED, ("worker", "na.me"))["title"] == "Name"
    assert subschema(NESTED, ("tags", 3))["title"] == "Tag"
    for path in (("absent",), ("anything", "x"), ("total", "x"), ("tags", "x")):
        assert subschema(NESTED, path) == {}
