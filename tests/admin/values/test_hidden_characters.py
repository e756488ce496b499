"""What can't be seen is shown by a sign, and two keys that look alike say so."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.admin.item_form.in_full import shown_value
from tables.admin.values.cells import Cells
from tables.admin.values.hidden_characters import (
    alike,
    any_may_hide,
    looks,
    marked,
    may_hide,
    unseen_words,
    visible,
    visible_all,
)
from tables.admin.values.one_line import key_text
from tables.core.descriptions import KeyAttribute, TableDescription

TABLE = TableDescription("t", KeyAttribute("id", "S"))
# Texts that look the same, or turn what stands beside them: each with what is shown of it.
HIDDEN = {
    "admin\u200b": "admin⟨U+200B⟩",
    "\u202etxt.exe": "⟨U+202E⟩txt.exe",
    "a\u2066b\u2069": "a⟨U+2066⟩b⟨U+2069⟩",
    "admin ": "admin·",
    " admin": "·admin",
    "ad  min": "ad··min",
    "ad\u00a0min": "ad⟨U+00A0⟩min",
    "admin\n": "admin↵",
    "ad\tmin": "ad⇥min",
    "ad\0min": "ad␀min",
    "ad\x1bmin": "ad⟨U+001B⟩min",
    "ad\u00admin": "ad⟨U+00AD⟩min",
    "\ufeffadmin": "⟨U+FEFF⟩admin",
    "ad\u200dmin": "ad⟨U+200D⟩min",
    "e\u0301": "e\u0301⟨U+0301⟩",
    "\u212b": "\u212b⟨U+212B⟩",
    "\u1100\u1161": "\u1100\u1161⟨NFD⟩",
    "\u3164": "⟨U+3164⟩",
    "\U000e0041": "⟨U+E0041⟩",
    "p\u0430ypal": "p⟨\u0430⟩ypal",
    "\u0410dmin": "⟨\u0410⟩dmin",
    "C\u03bfde": "C⟨\u03bf⟩de",
}
PLAIN = (
    *("admin", "two words", "a · b", "é", "日本語", "😀", "👩\u200d💻", "❤\ufe0f", "Füße", "1,5"),
    *("Москва", "Αθήνα", "10 kΩ", "ΔT", "μs", "Москва London"),
    *("<b>&\"'", "naïve ☕", "x" * 300),
)


@pytest.mark.parametrize(("text", "shown"), HIDDEN.items())
def test_what_cannot_be_seen_has_a_sign_everywhere(text, shown):
    assert visible(text) == shown
    assert key_text({"id": {"S": text}}, TABLE) == shown
    assert unseen_words(text)
    html = marked(text)
    assert html.startswith("<bdi>")
    assert 'class="unseen"' in html
    for written in (
        Cells().value({"S": text}),
        *Cells().many([{"S": text}, {"S": "b"}], {"S"})[:1],
        *Cells().plain_many([{"S": "b"}, {"S": text}])[1:],
    ):
        assert written == html


@pytest.mark.parametrize("text", PLAIN)
def test_what_can_be_seen_is_left_as_it_is(text):
    assert visible(text) == text
    assert unseen_words(text) == ""
    assert "<span" not in marked(text)
    assert "<bdi>" not in marked(text)


@given(st.lists(st.sampled_from([*HIDDEN, *PLAIN, ""]), max_size=5))
def test_a_look_at_many_texts_finds_what_a_look_at_each_does(texts):
    assert list(visible_all(texts)) == list(map(visible, texts))
    assert any_may_hide(texts) == any(map(may_hide, texts))


def test_writing_from_right_to_left_is_isolated_without_a_sign():
    assert marked("שלום") == "<bdi>שלום</bdi>"
    assert visible("שלום") == "שלום"


@pytest.mark.parametrize("value", [{"SS": ["a", "b\u200b"]}, {"L": [{"S": "b\u200b"}]}])
def test_what_cannot_be_seen_inside_of_a_value_has_a_sign_too(value):
    (tag,) = value
    assert "U+200B" in Cells().value(value)
    assert "U+200B" in Cells().many([value], {tag})[0]


def test_lines_stay_lines_where_a_value_is_shown_in_full():
    assert marked("a\n\tb\u200b", lines=True).startswith("<bdi>a\n\tb<span")


@given(st.lists(st.sampled_from([*HIDDEN, *PLAIN, "\n", "\t", "  ", "<"]), max_size=5).map("".join))
def test_blanks_and_line_breaks_need_no_sign_where_lines_are_shown_and_all_else_does(text):
    hides = may_hide(re.sub("[\n\t ]", "", text))
    written = marked(text, lines=True)
    assert hides or written == escape(text)
    assert all(f"U+{ord(sign):04X}" in written for sign in "\u200b\u202e\xa0" if sign in text)


def test_every_hidden_spelling_looks_like_the_plain_one():
    assert {
        looks(text) for text in ("admin", "admin\u200b", " admin ", "admin\n", "ad\u200dmin")
    } == {"admin"}
    assert alike(["é", "e\u0301", "e", "admin", "admin "]) == {"é", "e\u0301", "admin", "admin "}
    assert alike(["a", "b"]) == set()


def test_34_markup_in_a_name_stays_text_beside_a_sign():
    assert marked("<b>\u200b</b>").count("<b") == 1  # the <bdi> of ours


# ---------------------------------------------------------------- numbers and times


@pytest.mark.parametrize(
    ("stored_as", "shown"),
    [
        ("1" + "0" * 125, "1E+125"),
        ("9" * 38 + "0" * 88, "9." + "9" * 37 + "E+125"),
        ("-0." + "0" * 129 + "1", "-1E-130"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("-0.12345678901234567890123456789012345678", "-0.12345678901234567890123456789012345678"),
    ],
)
def test_a_number_with_very_many_zeros_is_shown_short_and_exact(stored_as, shown):
    value = {"N": stored_as}
    assert re.sub("<.*?>", "", Cells().value(value)) == shown
    assert Cells().plain_many([value]) == [shown]
    assert re.sub("<.*?>", "", Cells().many([value], {"N"})[0]) == shown
    assert key_text({"id": value}, TABLE) == shown
    assert shown_value(value).text == shown
    assert shown in Cells().value({"L": [value]})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"N": "4102444800000"}, "milliseconds"),
        ({"S": "4102444800"}, "text"),
        ({"S": "2100-01-01"}, "text"),
        ({"BOOL": True}, "true or false"),
    ],
)
def test_a_time_to_live_that_never_expires_says_so_and_is_no_date(value, words):
    html = Cells("until").value(value, name="until")
    assert f">{words}</span>" in html
    assert "so this never expires" in html
    assert "<time" not in html
    assert "UTC" not in html


def test_words_of_two_scripts_that_look_alike_say_so():
    assert alike(["admin", "\u0430dmin", "user"]) == {"admin", "\u0430dmin"}
    assert "cyrillic small letter a (U+0430)" in unseen_words("\u0430dmin")
