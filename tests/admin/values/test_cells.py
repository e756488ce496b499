"""Cells of a list: one line each, exact, escaped, whatever they hold."""

import base64

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tables.admin.values import cells, hidden_characters
from tables.admin.values.cells import Cells
from tables.admin.values.one_line import beginning, key_text, key_texts, size_text, summary
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.values import dumps, plain_value


def cell(value, **options):
    return Cells(options.pop("ttl", None)).value(value, **options)


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ({"S": "plain"}, "plain"),
        ({"S": "<script>"}, "&lt;script&gt;"),
        ({"S": ""}, '<span class="tag">empty text</span>'),
        ({"NULL": True}, '<span class="tag">null</span>'),
        ({"BOOL": True}, '<span class="boolean">true</span>'),
        ({"N": "1" + "0" * 40}, f'<span class="number">{"1" + "0" * 40}</span>'),
        ({"N": "-1.5"}, '<span class="number">-1.5</span>'),
        ({"B": ""}, '<span class="tag">no bytes</span>'),
        ({"B": "AAEC"}, '<span class="binary"><b>3 bytes</b> AAEC</span>'),
        ({"SS": ["a", "<b>"]}, '<ul class="chips"><li>a</li><li>&lt;b&gt;</li></ul>'),
        ({"NS": ["1", "2"]}, '<ul class="chips"><li>1</li><li>2</li></ul>'),
        (
            {"M": {"<k>": {"L": [{"N": "1"}, {"NULL": True}]}}},
            '<span class="nested">{&lt;k&gt;: [1, null]}</span>',
        ),
    ],
)
def test_each_type_has_its_look(value, html):
    assert cell(value) == html


def test_binary_shows_its_size_and_how_it_begins():
    text = base64.b64encode(bytes(2000)).decode()
    assert cell({"B": text}) == '<span class="binary"><b>2.0 KB</b> AAAAAAAAAAAA…</span>'


def test_a_long_text_is_cut_and_unfolds():
    html = cell({"S": "x" * 79 + "<y>" * 50})
    assert html.startswith("<details><summary>" + "x" * 79 + "…</summary>")
    assert "&lt;y&gt;" * 50 in html
    assert "<y>" not in html


def test_what_unfolds_is_bounded():
    assert len(cell({"S": "x" * 400_000})) < 2500
    assert len(cell({"M": {str(n): {"S": "x" * 100} for n in range(1000)}})) < 3500
    assert len(cell({"SS": [f"{n}" * 50 for n in range(1000)]})) < 3500


NESTED = {
    "L": [
        {"M": {f"name {n}": {"S": "text " * (n % 7)}, "n": {"N": str(n)}, "none": {"L": []}}}
        for n in range(300)
    ]
}


@pytest.mark.parametrize("value", [NESTED, {"M": {"first": {"S": "x" * 5000}, "all": NESTED}}])
@pytest.mark.parametrize("characters", [1, 40, 2000, 10**6])
def test_the_beginning_of_a_value_is_written_as_the_whole_is(value, characters):
    whole = dumps(plain_value(value), pretty=True).decode()
    begun = dumps(plain_value(beginning(value, characters)), pretty=True).decode()
    assert begun[:characters] == whole[:characters]
    assert (len(begun) > characters) == (len(whole) > characters)
    assert len(begun) < 40 * characters or begun == whole


@pytest.mark.parametrize(
    "value", [{"S": "x  " * 130_000}, {"SS": [f"{n:06} " for n in range(50_000)]}]
)
def test_of_large_values_a_column_looks_at_no_more_than_it_shows(value, monkeypatch):
    looked_at = []

    def may_hide(joined, *counts):
        looked_at.append(len(joined))
        return hidden_characters.may_hide(joined, *counts)

    monkeypatch.setattr(cells, "marked", lambda text, **_options: looked_at.append(len(text)) or "")
    monkeypatch.setattr(cells, "any_may_hide", lambda texts: may_hide("\0".join(texts), len(texts)))
    Cells().many([value] * 10, {*value})
    Cells().plain_many([value] * 10)
    assert 0 < sum(looked_at) < 10 * 5000


def test_a_set_shows_some_and_counts_the_rest():
    html = cell({"SS": ["a", "b", "c", "d", "e", "f"]})
    assert "<li>d</li>" in html
    assert '<li class="more">+2</li>' in html
    assert "a, b, c, d, e, f" in html


@pytest.mark.parametrize("url", ["http://a.example/x?y=1&z", "https://a.example"])
def test_web_addresses_are_links(url):
    html = cell({"S": url})
    assert html.startswith('<a class="out" href="http')
    assert 'rel="noopener noreferrer"' in html


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "HTTP://x", "https://a b", 'http://"x']
)
def test_nothing_else_is_a_link(text):
    assert "<a " not in cell({"S": text})


@pytest.mark.parametrize(
    ("text", "moment"),
    [("1790000000", "2026-09-21 14:13:20 UTC"), ("1790000000123", "2026-09-21 14:13:20 UTC")],
)
def test_a_number_that_may_be_a_time_says_which_on_hover(text, moment):
    assert cell({"N": text}) == f'<span class="number when" title="{moment}">{text}</span>'


@pytest.mark.parametrize("text", ["999999999", "9999999999", "17900000.1", "-790000000"])
def test_other_numbers_do_not(text):
    assert "title" not in cell({"N": text})


@pytest.mark.parametrize(
    ("text", "words"),
    [("1790000000", "Expired 2026-09-21"), ("1800000000", "Expires 2027-01-15")],
)
def test_the_time_to_live_says_when_on_hover(text, words):
    with time_machine.travel("2026-11-21"):
        assert f'title="{words}' in cell({"N": text}, name="ttl", ttl="ttl")


def test_a_type_is_named_where_it_is_asked_for():
    html = cell({"N": "1"}, with_type=True)
    assert html == '<abbr class="type" title="number">N</abbr> <span class="number">1</span>'


@pytest.mark.parametrize(
    ("value", "characters", "line"),
    [
        ({"S": "abcdef"}, 6, ("abcdef", True)),
        ({"S": "abcdefg"}, 6, ("abcde…", False)),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 20, ("[ab, 1]", True)),
        ({"M": {"a": {"SS": ["x", "y"]}}}, 20, ("{a: {x, y}}", True)),
        ({"L": [{"S": ""}, {"M": {"b": {"B": ""}}}]}, 20, ('["", {b: ""}]', True)),
        ({"M": {"a": {"BOOL": False}, "b": {"S": "long text"}}}, 12, ("{a: false,…", False)),
    ],
)
def test_a_summary_is_one_line_that_fits(value, characters, line):
    assert summary(value, characters) == line


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1024, "1.0 KB"), (5 * 1024**2, "5.0 MB")],
)
def test_sizes_are_worded(size, words):
    assert size_text(size) == words


def test_a_key_is_its_parts():
    description = TableDescription("t", KeyAttribute("a", "S"), KeyAttribute("b", "N"))
    assert key_text({"b": {"N": "7"}, "c": {"S": "x"}, "a": {"S": "DE"}}, description) == "DE · 7"


@pytest.mark.parametrize("others", [[], [{"N": "1798761600"}], [{"N": "1" + "0" * 41}]])
def test_a_short_number_is_written_alike_whatever_its_column_holds(others):
    values = [{"N": "-1.5"}, {"N": "7"}, *others]
    assert Cells().many(values, {"N"})[:2] == ["-1.5", "7"]


SCRAPS = st.sampled_from(
    ["", "a", "<", " ", "  ", "\n", "\0", "\1", "\u200b", "é", "א", "http://x.example/", "b" * 40]
)
TEXTS = st.lists(SCRAPS, max_size=3).map("".join)


@given(st.lists(TEXTS, max_size=6))
def test_a_column_of_texts_is_written_as_each_of_them_alone(texts):
    values = [{"S": text} for text in texts]
    assert Cells().many(values, {"S"}) == [cell(value) for value in values]


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=6, unique=True), max_size=6))
def test_a_column_of_sets_is_written_as_each_of_them_alone(sets):
    values = [{"SS": entries} for entries in sets]
    assert Cells().many(values, {"SS"}) == [cell(value) for value in values]


@given(st.lists(TEXTS, max_size=6))
def test_the_keys_of_a_page_are_written_as_each_of_them_alone(texts):
    values = [{"S": text} for text in texts]
    cells = Cells()
    assert cells.plain_many(values) == [cells.plain_many([value])[0] for value in values]
    items = [{"id": value} for value in values]
    description = TableDescription("t", KeyAttribute("id", "S"))
    assert list(key_texts(items, description)) == [key_text(i, description) for i in items]
