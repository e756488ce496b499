"""Links as the alias map says them: keys made of values, and read back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.alias_map import load_registry
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidExpression
from tables.core.links import Link, parse_steps
from tables.core.patterns import parse_pattern

ONE = TableDescription("t", KeyAttribute("pk", "S"))
TWO = TableDescription("t", KeyAttribute("pk", "S"), KeyAttribute("sk", "N"))
FILE = """
[A]
table = "one"
[B]
table = "two"
"""
LINK = '[A.links.x]\nto = "B"\nkey = { pk = "X#{}" }\n'
RELATED = '[A.related.xs]\ntable = "B"\nwhere = { pk = "{id}" }\n'


def link(path="x", **patterns):
    key = {name: parse_pattern(text) for name, text in patterns.items()}
    return Link(path, parse_steps(path), "B", key)


def mistakes(tmp_path: Path, text):
    path = tmp_path / "tables.toml"
    path.write_text(FILE + text)
    return [(mistake.id, mistake.message) for mistake in load_registry(path)[1]]


def keys(a_link, item, description=ONE):
    return [key for _value, key in a_link.keys(item, description)]


def test_a_value_stands_in_the_pattern_and_other_attributes_beside_it():
    a_link = link(pk="{area.code}#{}", sk="{n}")
    item = {"x": {"S": "v"}, "area": {"M": {"code": {"N": "7.0"}}}, "n": {"N": "3"}}

    assert keys(a_link, item, TWO) == [{"pk": {"S": "7#v"}, "sk": {"N": "3"}}]
    assert keys(a_link, {"x": {"S": "v"}}, TWO) == []


def test_the_key_decides_the_type_of_a_number():
    item = {"x": {"N": "1E+2"}}

    assert keys(link(pk="{}"), item) == [{"pk": {"S": "100"}}]
    number = TableDescription("t", KeyAttribute("pk", "N"))
    assert keys(link(pk="{}"), item, number) == [{"pk": {"N": "100"}}]
    assert keys(link(pk="{}"), {"x": {"S": "lamp"}}, number) == []


@pytest.mark.parametrize(
    ("path", "item", "found"),
    [
        ("x", {"x": {"S": "a"}}, ["a"]),
        ("x.y", {"x": {"M": {"y": {"S": "a"}}}}, ["a"]),
        ("x[]", {"x": {"L": [{"S": "a"}, {"BOOL": True}, {"S": "b"}]}}, ["a", "b"]),
        ("x[]", {"x": {"SS": ["a", "b"]}}, ["a", "b"]),
        ("x[]", {"x": {"NS": ["1", "2"]}}, ["1", "2"]),
        ("x[]", {"x": {"S": "a"}}, []),
        ("x", {"x": {"SS": ["a"]}}, []),
        ("x", {"x": {"S": ""}}, []),
        ("x", {"x": {"NULL": True}}, []),
        ("x[].y", {"x": {"L": [{"M": {"y": {"S": "a"}}}, {"M": {}}]}}, ["a"]),
        ("x", {}, []),
    ],
)
def test_a_path_finds_the_values_that_may_be_keys(path, item, found):
    assert [key["pk"]["S"] for key in keys(link(path, pk="{}"), item)] == found


@given(st.text(min_size=1, max_size=20))
def test_a_key_that_was_made_of_a_value_is_read_back_as_it(text):
    a_link = link(pk="C#{}#end", sk="{n}")
    item = {"x": {"S": text}, "n": {"N": "1"}}
    for key in keys(a_link, item, TWO):
        assert a_link.value_of(key) == text


def test_a_key_of_another_kind_of_item_is_no_choice():
    assert link(pk="C#{}").value_of({"pk": {"S": "P#1"}}) is None
    assert link(pk="{}", sk="{}").value_of({"pk": {"S": "1"}, "sk": {"N": "2"}}) is None


@pytest.mark.parametrize("text", ["x[]y", "", "[]", "x..y"])
def test_a_path_that_can_not_be_read_is_refused(text):
    with pytest.raises(InvalidExpression):
        parse_steps(text)


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        (LINK.replace('"B"', '"C"'), "E030", "[A.links.x] leads to 'C', which is no alias."),
        (RELATED.replace('"B"', '"staff"'), "E030", "[A.related.xs] leads to 'staff'"),
        (LINK.replace("{}", ""), "E032", "[A.links.x] key has no {}"),
        (LINK.replace("{}", "{"), "E032", "[A.links.x] '{' can't be read"),
        (LINK.replace("[A.links.x]", '[A.links."x..y"]'), "E032", "[A.links.x..y] The path"),
        (LINK + 'check = "always"', "E032", "check can't be 'always': it is off, warn, refuse"),
        (LINK + 'lable = "x"', "E032", "unknown key 'lable'. Did you mean 'label'?"),
        (LINK + 'label = "a..b"', "E032", "The path 'a..b'"),
        (LINK.replace('to = "B"\n', ""), "E032", "to must be text"),
        ("[A.links]\nx = 1\n", "E032", "[A.links.x] is no section"),
        (RELATED + 'order = "up"', "E032", "order can't be 'up': it is asc or desc"),
        (RELATED + "limit = 0", "E032", "limit must be from 1 to 100"),
        (RELATED + 'columns = "x"', "E032", "columns must be a list of texts"),
        (RELATED.replace("{id}", "{}"), "E032", "The path ''"),
        (RELATED.replace('{ pk = "{id}" }', "{}"), "E032", "where is empty"),
        (
            "".join(RELATED.replace("xs", f"x{n}") for n in range(9)),
            "E034",
            "[A.related] has 9 lists; a page shows 8.",
        ),
    ],
)
def test_a_mistake_in_a_section_is_named(tmp_path, text, id, words):
    ((found, message), *_more) = mistakes(tmp_path, text)

    assert found == f"tables.{id}"
    assert words in message


def test_sections_without_mistakes_are_read(tmp_path):
    assert mistakes(tmp_path, LINK + RELATED) == []
