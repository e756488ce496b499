"""The core's sentences can be told in other languages, and are those that the core says."""

import ast
import copy
import pickle

import pytest

from tables.access.rights import DEEDS
from tables.admin.texts import core_messages as core_sentences
from tables.admin.texts.core_messages import LABELS, SENTENCES, told
from tables.core import strict_json
from tables.core.errors import InvalidValue, Sentence, TablesError
from tables.core.filters import OPERATORS, make_term, operator_named
from tables.core.permissions import RIGHTS
from tables.core.queries import parse_query
from tables.core.sizes import require_item_fits
from tables.core.typed_json import make_set
from tables.core.values import TYPES, number_at
from tests.admin.html import Page
from tests.admin.texts.said import holes, said, said_in

DIGITS = "A number must be written in decimal digits."
GERMAN = {
    DIGITS: "Eine Zahl schreibt man in Dezimalziffern.",
    "The item is {size} bytes; DynamoDB holds at most {most} bytes in one item.": (
        "Höchstens {most} Byte fasst DynamoDB; das Objekt hat {size}."
    ),
    "{path}: IN takes 1 to {most} values.": "{path}: IN braucht 1 bis {most} Werte.",
    "{detail} (at {pointer}).": "{detail} (bei {pointer}).",
    "A {kind} can't hold the same value twice.": "Nichts steht zweimal in: {kind}.",
    "number set": "Zahlenmenge",
}


@pytest.fixture
def german(monkeypatch):
    """A translation of some sentences, as a catalogue would give it."""
    monkeypatch.setattr(core_sentences, "_", lambda sentence: GERMAN.get(sentence, sentence))


SAID = said()


def test_every_sentence_is_a_template_that_the_pages_know():
    known = {*SENTENCES, *LABELS}
    assert [
        (sentence.where, template)
        for sentence in SAID
        for template in sentence.templates
        if template not in known
    ] == []


def test_no_sentence_is_put_together_before_it_is_one():
    finished = (ast.Constant, ast.IfExp, ast.Name, ast.Attribute, ast.Subscript)
    assert [
        sentence.where for sentence in SAID if not isinstance(sentence.template, finished)
    ] == []


def test_every_sentence_gets_the_parts_that_it_names_and_no_others():
    assert [
        (sentence.where, template)
        for sentence in SAID
        for template in sentence.templates
        if None not in sentence.parts and sentence.parts and holes(template) != sentence.parts
    ] == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_core_says_each_sentence(sentence):
    assert sentence in {template for call in SAID for template in call.templates}


def test_what_is_wrong_with_a_sentence_is_found():
    source = """
def _wrong(where, template, /, **parts):
    return Conflict(template, **parts)
raise _wrong(1, "One {a}.", b=2)
raise InvalidValue(f"Two {a}.", current=None)
raise NotFound("Three." if a else "Four.")
"""
    _, one, two, three = sorted(said_in(source, "x"), key=lambda call: int(call.where[2:]))
    assert (one.templates, one.parts, holes("One {a}.")) == (["One {a}."], {"b"}, {"a"})
    assert isinstance(two.template, ast.JoinedStr)
    assert two.parts == set()
    assert three.templates == ["Three.", "Four."]


def test_every_operator_type_and_right_has_a_label_to_translate():
    words = {text for row in OPERATORS for text in (row.label, row.words) if text}
    deeds = {DEEDS.get(action, action) for action in RIGHTS}
    assert set(LABELS) == words | set(TYPES.values()) | deeds


def test_no_sentence_is_listed_twice():
    assert len(set(SENTENCES)) == len(SENTENCES)


def _message(act):
    with pytest.raises(TablesError) as caught:
        act()
    return caught.value.message


@pytest.mark.parametrize(
    ("act", "english", "words"),
    [
        (lambda: number_at("x", ""), DIGITS, GERMAN[DIGITS]),
        (
            lambda: number_at("x", "/a"),
            "A number must be written in decimal digits (at /a).",
            "Eine Zahl schreibt man in Dezimalziffern (bei /a).",
        ),
        (
            lambda: parse_query([("age__n", "x")], types={}),
            f"age__n: {DIGITS}",
            f"age__n: {GERMAN[DIGITS]}",
        ),
        (
            lambda: require_item_fits({"a": {"S": "x" * 409_600}}),
            "The item is 409601 bytes; DynamoDB holds at most 409600 bytes in one item.",
            "Höchstens 409600 Byte fasst DynamoDB; das Objekt hat 409601.",
        ),
        (
            lambda: make_term(("a{most}",), operator_named("IN")),
            "a{most}: IN takes 1 to 100 values.",
            "a{most}: IN braucht 1 bis 100 Werte.",
        ),
        (
            lambda: make_set("NS", ["1", "1.0"]),
            "A number set can't hold the same value twice.",
            "Nichts steht zweimal in: Zahlenmenge.",
        ),
        (
            lambda: strict_json.parse("["),
            "The body is not valid JSON: Expecting value at line 1, column 2.",
            "The body is not valid JSON: Expecting value at line 1, column 2.",
        ),
    ],
)
def test_a_sentence_is_told_in_the_readers_language(german, act, english, words):
    message = _message(act)
    assert (str(message), str(told(message))) == (english, words)


@pytest.mark.django_db
def test_the_pages_tell_them(german, staff, people):
    address = "/admin/tables/People/filter/?path=age&operator=gte&type=N&value=x&upper=&flag=&kind="
    assert Page(staff.get(address)).text("p", id="error-1") == GERMAN[DIGITS]
    form = {"a-0-name": "id", "a-0-type": "S", "a-0-value": "n", "mode": "rows"}
    row = {"a-1-name": "age", "a-1-type": "N", "a-1-value": "x"}
    page = Page(staff.post("/admin/tables/People/add/", form | row))
    assert page.text("p", id="a-1-error") == GERMAN[DIGITS]


@pytest.mark.parametrize("message", ["", "{}", "a: b: c", "100%: {0}", "\n: \n", DIGITS])
def test_what_is_no_sentence_stays_as_it_is(german, message):
    assert told(message) == message
    assert told(Sentence("Named {name}", name=message)) == f"Named {message}"


@pytest.mark.parametrize("message", ["{}", "100%: {0}", "{name"])
def test_a_sentence_without_parts_keeps_its_braces(message):
    assert InvalidValue(message).message == told(InvalidValue(message).message) == message


def test_a_part_is_never_read_as_a_template():
    assert Sentence("{a} {b}", a="{b}", b="{a.__class__}") == "{b} {a.__class__}"


def test_a_sentence_without_a_part_it_names_is_not_made():
    with pytest.raises(KeyError):
        Sentence("{a} and {b}", a=1)


def test_sentences_go_through_pickle_and_copy_whole():
    sentence = Sentence("{a}: {b}.", a="x", b=Sentence("Inner {c}.", c=1))
    for again in (pickle.loads(pickle.dumps(sentence)), copy.deepcopy(sentence)):
        assert (again, again.template, again.parts) == (sentence, "{a}: {b}.", sentence.parts)
    assert sentence == "x: Inner 1."
