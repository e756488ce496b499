"""What reports keep of errors: where and why, never what an item holds."""

import pytest

from tables.core.bare_words import at_places, bare, bare_error, place_words
from tables.core.errors import Conflict, InvalidValue, Problem, Sentence
from tables.core.schemas import require_valid

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"properties": {"a": {"enum": ["x"]}}}, "a: The schema does not allow this (enum)."),
        ({"properties": {"a": {"type": "number"}}}, "a: The schema does not allow this (type)."),
        ({"minProperties": 9}, "The schema does not allow this (minProperties)."),
        ({"not": {}}, "The schema does not allow this (not)."),
        ({"anyOf": [{"required": ["b"]}]}, "The schema does not allow this (anyOf)."),
        ({"required": ["b"]}, "'b' is a required property"),
    ],
)
def test_a_schema_is_told_by_the_rule_that_is_broken(schema, told):
    with pytest.raises(InvalidValue) as caught:
        require_valid({"a": {"S": SECRET}}, schema)
    assert bare_error(caught.value) == told


def test_a_sentence_is_told_without_values_however_deep():
    words = Sentence(
        "{what} It stands: {stored}.",
        what=Sentence("{n} is {value}.", n="a", value=SECRET),
        stored=SECRET,
    )
    assert bare(words) == "a is … It stands: …."
    assert bare("'s3cret' is not of type 'number'") == ""


def test_every_place_is_told_and_what_dynamodb_says_is_not():
    problems = [
        Problem("/a", Sentence("It is {value}.", value=SECRET)),
        Problem("", Sentence("No.")),
    ]
    assert bare_error(InvalidValue("x", problems=problems)) == "a: It is …. No."
    assert bare_error(Conflict("{path} is there already.", path="a")) == "a is there already."
    assert bare_error(Conflict(SECRET, aws_code="X")) == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/total", "total"),
        ("/a/b/0", "a.b[0]"),
        ("/7/~1x~0y", "7./x~y"),
        ("/~01", "~1"),
        ("total:N", "total:N"),
        ("", ""),
    ],
)
def test_a_place_is_told_as_people_write_it(place, words):
    assert place_words(place) == words


def test_a_name_is_not_said_twice():
    assert at_places([("/id", "id is part of the key."), ("/b", "No.")]) == (
        "id is part of the key. b: No."
    )
