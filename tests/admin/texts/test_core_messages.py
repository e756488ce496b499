"""The core's sentences can be told in other languages, and are those that the core says."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from tables.admin.texts import core_messages as core_sentences
from tables.admin.texts.core_messages import LABELS, SENTENCES, told
from tables.core.filters import OPERATORS
from tables.core.values import TYPES
from tests.admin.html import Page

ROOT = Path(__file__).parents[3]
SOURCES = [*(ROOT / "tables" / "core").glob("*.py"), ROOT / "tables/dynamodb/translation.py"]
DIGITS = "A number must be written in decimal digits."
GERMAN = {
    DIGITS: "Eine Zahl schreibt man in Dezimalziffern.",
    "The item is {} bytes; DynamoDB holds at most {} bytes in one item.": (
        "Das Objekt hat {} Byte; in DynamoDB sind es höchstens {}."
    ),
    "{}: IN takes 1 to {} values.": "{}: IN braucht 1 bis {} Werte.",
}


@pytest.fixture
def german(monkeypatch):
    """A translation of some sentences, as a catalogue would give it."""
    monkeypatch.setattr(core_sentences, "_", lambda sentence: GERMAN.get(sentence, sentence))


def _spoken():
    """The core's source with adjacent literals joined and every expression as `{}`."""
    source = "\n".join(path.read_text() for path in SOURCES)
    joined = re.sub(r'"\s*\n\s*f?"', "", source)
    return re.sub(r"\{[^{}\"]*\}", "{}", joined).replace('\\"', '"')


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_core_says_each_sentence(sentence):
    assert sentence in _spoken()


def test_every_operator_and_type_has_a_label_to_translate():
    words = {text for row in OPERATORS for text in (row.label, row.words) if text}
    assert set(LABELS) == words | set(TYPES.values())


def test_no_sentence_is_listed_twice():
    assert len(set(SENTENCES)) == len(SENTENCES)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "A number must be written in decimal digits.",
            "Eine Zahl schreibt man in Dezimalziffern.",
        ),
        (
            "age__n: A number must be written in decimal digits.",
            "age__n: Eine Zahl schreibt man in Dezimalziffern.",
        ),
        (
            "The item is 420012 bytes; DynamoDB holds at most 409600 bytes in one item.",
            "Das Objekt hat 420012 Byte; in DynamoDB sind es höchstens 409600.",
        ),
        ("a: b{}: IN takes 1 to 100 values.", "a: b{}: IN braucht 1 bis 100 Werte."),
        ("DynamoDB can't be reached.", "DynamoDB can't be reached."),
        ("'x' is too short", "'x' is too short"),
    ],
)
def test_a_sentence_is_told_in_the_readers_language(german, message, words):
    assert told(message) == words


@pytest.mark.django_db
def test_the_pages_tell_them(german, staff, people):
    address = "/admin/tables/People/filter/?path=age&operator=gte&type=N&value=x&upper=&flag=&kind="
    assert Page(staff.get(address)).text("p", id="error-1") == GERMAN[DIGITS]
    form = {"a-0-name": "id", "a-0-type": "S", "a-0-value": "n", "mode": "rows"}
    row = {"a-1-name": "age", "a-1-type": "N", "a-1-value": "x"}
    page = Page(staff.post("/admin/tables/People/add/", form | row))
    assert page.text("p", id="a-1-error") == GERMAN[DIGITS]


@pytest.mark.parametrize("message", ["", "{}", "a: b: c", "100%: {0}", "\n: \n"])
def test_what_is_no_sentence_stays_as_it_is(message):
    with translation.override("de"):
        assert told(message) == message
