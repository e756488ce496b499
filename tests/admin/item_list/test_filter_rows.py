"""The filter form: every operator and type, to and from the address of the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.admin.item_list.filter_rows import FilterRow, listed, row_of_term, typed_list
from tables.core.comparisons import comparable
from tables.core.errors import InvalidRequest
from tables.core.filters import BY_SUFFIX, OPERATORS, make_term
from tables.core.queries import parse_query
from tests.admin.html import Page

texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
paths = st.builds(
    lambda first, rest: (first, *rest),
    names,
    st.lists(st.one_of(names, st.integers(0, 99)), max_size=3),
)
strings = texts.map(lambda text: {"S": text})
numbers = st.integers(-(10**37), 10**37).map(lambda number: {"N": str(number)})
binaries = st.sampled_from(["", "AA==", "AAEC"]).map(lambda text: {"B": text})
others = st.sampled_from(
    [
        {"BOOL": True},
        {"BOOL": False},
        {"NULL": True},
        {"SS": ["a,b", "c"]},
        {"NS": ["1", "2.5"]},
        {"BS": ["AA=="]},
        {"L": [{"N": "1"}, {"M": {"x": {"NULL": True}}}]},
        {"M": {"a": {"S": "__"}}},
    ]
)


@st.composite
def terms(draw):
    operator = draw(st.sampled_from(OPERATORS))
    path = draw(paths)
    if operator.operands == 0:
        return make_term(path, operator)
    if operator.suffix == "type":
        return make_term(path, operator, [{"S": draw(st.sampled_from(["S", "NS", "M"]))}])
    if operator.suffix == "begins_with":
        return make_term(path, operator, [draw(st.one_of(strings, binaries))])
    ordered = draw(st.sampled_from([strings, numbers]))
    if operator.suffix == "between":
        filled = ordered.filter(lambda value: value.get("S") != "")
        low, high = sorted([draw(filled), draw(filled)], key=comparable)
        return make_term(path, operator, [low, high])
    if operator.suffix == "in":
        filled = ordered.filter(lambda value: value.get("S") != "")
        return make_term(path, operator, draw(st.lists(filled, min_size=1, max_size=4)))
    if len(operator.types) == 3:
        return make_term(path, operator, [draw(ordered)])
    return make_term(path, operator, [draw(st.one_of(strings, numbers, binaries, others))])


def test_a_row_names_a_type_only_where_one_has_to_be_said():
    for name, text, types, chosen in (
        ("x", "paid", {}, ""),
        ("x", "818", {}, ""),
        ("x__gte", "5", {}, ""),
        ("n", "5", {"n": "N"}, ""),
        ("x__s", "818", {}, "S"),
        ("x__gte__n", "5", {}, "N"),
        ("x", " paid", {}, "S"),
        ("x", "", {}, "empty"),
    ):
        (term,) = parse_query([(name, text)], types=types).filter.parts
        row = row_of_term(term, types)
        assert (row.type, row.pair(types)) == (chosen, (name, text))


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("paid, open", ["paid", "open"]),
        (" paid ,open ", ["paid", "open"]),
        ('"paid ", open', ["paid ", "open"]),
        ('"a, b",c', ["a, b", "c"]),
        (r"a\,b, c", ["a,b", "c"]),
        (r'"say \"hi\"", x', ['say "hi"', "x"]),
        ("paid,, open,", ["paid", "open"]),
        ('"", open', ["", "open"]),
        ('5" pipe, "x"y', ['5" pipe', '"x"y']),
        ("\\", ["\\"]),
    ],
)
def test_is_one_of_takes_values_between_commas(typed, values):
    assert typed_list(typed) == values
    assert typed_list(listed(values)) == values


@given(st.lists(st.text(' ,"\\ab\t', max_size=4), min_size=1, max_size=4))
def test_any_values_can_be_listed(values):
    assert typed_list(listed(values)) == values


@given(terms(), st.sampled_from([{}, {"n": "N"}]))
def test_a_condition_in_the_bar_means_what_the_address_says(term, types):
    """Address -> row -> address -> term: nothing is lost, whatever names and values look like."""
    if term.operands and term.operands[0] == {"B": ""}:
        return  # an empty base64 text can't be told from an empty text in a form
    pair = row_of_term(term, types).pair(types)
    assert parse_query([pair], types=types).filter.parts == (term,)


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        (FilterRow("a", "eq", "", "x"), ("a", "x")),
        (FilterRow("a", "eq", "empty"), ("a", "")),
        (FilterRow("n", "gte", "", "5"), ("n__gte", "5")),
        (FilterRow("a", "gte", "N", "05.0"), ("a__gte__n", "5")),
        (FilterRow("a", "between", "N", "1", "2"), ("a__between__n", "1,2")),
        (FilterRow("a", "in", "", r"x,y\,z"), ("a__in", r"x,y\,z")),
        (FilterRow("a", "in", "", "paid, open"), ("a__in", "paid,open")),
        (FilterRow("a", "in", "N", "1, 2.0"), ("a__in__n", "1,2")),
        (FilterRow("a", "eq", "", " 818 "), ("a", "818")),
        (FilterRow("a", "eq", "S", " 818 "), ("a", " 818 ")),
        (FilterRow("n", "between", "", " 1", "2 "), ("n__between", "1,2")),
        (FilterRow("a", "exists", "N", "ignored"), ("a__exists", "true")),
        (FilterRow("a", "not_exists"), ("a__exists", "false")),
        (FilterRow("a", "type", "N", kind="SS"), ("a__type", "SS")),
        (FilterRow("a", "eq", "BOOL", "ignored", flag="false"), ("a__bool", "false")),
        (FilterRow("a", "eq", "NULL"), ("a__null", "true")),
        (FilterRow("order", "eq", "", "1"), ("order__eq", "1")),
        (FilterRow("a__b", "eq", "", "1"), (r"a\_\_b", "1")),
        (FilterRow("a.b[0]", "contains", "", "1"), ("a.b[0]__contains", "1")),
    ],
)
def test_what_is_filled_in_becomes_a_parameter(row, pair):
    assert row.pair({"n": "N"}) == pair


@pytest.mark.parametrize(
    "row",
    [
        FilterRow("a", "gte"),
        FilterRow("a", "between", "N", "1"),
        FilterRow("a", "between", "N", "2", "1"),
        FilterRow("a", "eq", "N", "x"),
        FilterRow("a", "lt", "BOOL"),
        FilterRow("a", "eq", "SS", "x"),
        FilterRow("a..b", "eq", "", "x"),
        FilterRow("a", "nonsense", "", "x"),
        FilterRow("a", "eq", "nonsense", "x"),
        FilterRow("a", "type", kind="nonsense"),
    ],
)
def test_what_can_not_be_meant_is_refused_in_words(row):
    with pytest.raises(InvalidRequest):
        row.pair({})


def test_every_operator_and_every_type_can_be_chosen(staff, people):
    page = Page(staff.get("/admin/tables/People/"))
    values = {option["attrs"].get("value") for option in page.all("option")}
    assert values >= set(BY_SUFFIX)
    assert values >= {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}


pytestmark = pytest.mark.django_db


def _form(*rows, **more):
    inputs = ("path", "operator", "type", "value", "upper", "flag", "kind")
    return {name: [getattr(row, name) for row in rows] for name in inputs} | more


def test_the_form_leads_to_the_list(staff, people):
    form = _form(
        FilterRow("id"), FilterRow("age", "gte", "N", "40"), FilterRow(), limit="25", reads="scan"
    )
    answer = staff.get("/admin/tables/People/filter/", form)
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/tables/People/?age__gte__n=40&limit=25&plan=scan"


def test_an_index_and_a_search_are_parts_of_the_form(staff, cities):
    form = _form(FilterRow("zone", "eq", "", "east"), **{"reads": "index:zone", ".search": "x"})
    answer = staff.get("/admin/tables/Cities/filter/", form)
    assert answer["Location"] == "/admin/tables/Cities/?zone=east&.search=x&index=zone"


def test_a_mistake_is_shown_at_its_row_with_the_text_kept(staff, people):
    form = _form(FilterRow("name", "eq", "", "Ann"), FilterRow("age", "gte", "N", "forty"))
    answer = staff.get("/admin/tables/People/filter/", form)
    assert answer.status_code == 400
    page = Page(answer)
    assert page.text("p", id="error-2") == "A number must be written in decimal digits."
    (bad,) = [e for e in page.all("input", name="path") if e["attrs"].get("aria-invalid")]
    assert bad["attrs"]["aria-describedby"] == "error-2"
    values = [e["attrs"].get("value") for e in page.all("input", name="value")]
    assert values == ["", "Ann", "forty", ""]
    assert not page.rows


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (FilterRow("country", "eq", "", "XX"), "Query on the table: reads only country is “XX”"),
        (FilterRow("zone", "eq", "", "a"), "Scan: reads the whole table, about 35 items"),
        (FilterRow("x", "eq", "N", "a"), ""),
    ],
)
def test_the_plan_is_told_while_the_form_is_filled_in(staff, cities, row, words):
    answer = staff.get("/admin/tables/Cities/plan/", _form(row))
    text = Page(answer)
    assert answer.status_code == 200
    assert (text.all("span", class_="plan") or [{"text": ""}])[0]["text"] == words


def test_the_partition_key_comes_first_and_ready_rows_follow(staff, people):
    page = Page(staff.get("/admin/tables/People/"))
    paths = [e["attrs"]["value"] for e in page.all("input", name="path")]
    assert paths == ["", "id", "age"]
    page = Page(staff.get("/admin/tables/People/", {"name": "Ann", "id__gte": "1"}))
    paths = [e["attrs"]["value"] for e in page.all("input", name="path")]
    assert paths == ["", "name", "id", "age"]


def test_known_attributes_are_offered_with_their_types(staff, people):
    page = Page(staff.get("/admin/tables/People/"))
    offered = {
        o["attrs"]["value"]: o["attrs"].get("data-type")
        for o in page.all("option")
        if "known-paths" in o["within"]
    }
    assert offered["id"] == "S"
    # What a page happens to show declares nothing.
    assert offered["age"] is None


def test_the_types_say_what_a_value_is_compared_as_unasked(staff, cities):
    answer = staff.get("/admin/tables/Cities/", {"population__gte": "1", "mayor": "Ann"})
    for words in (
        "whatever the attribute is",
        "number, as the table says",
        "any type that it looks like",
        "text, as the table says",
    ):
        assert f'<option value="" selected>{words}</option>' in answer.content.decode()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (FilterRow("age", "eq", "B", "x"), "This takes base64 text."),
        (FilterRow("age", "eq", "M", "[1]"), "It takes a JSON object."),
        (FilterRow("age", "between", "N", "3", "1"), "age: BETWEEN takes the lower bound first."),
        (FilterRow("age", "eq", "N", "x"), "A number must be written in decimal digits."),
        (FilterRow("a..b", "eq", "N", "1"), "The path 'a..b' can't be read: a name is empty."),
    ],
)
def test_a_row_says_what_is_wrong_without_the_name_of_a_parameter(row, words):
    with pytest.raises(InvalidRequest) as caught:
        row.pair({})
    assert caught.value.message == words
