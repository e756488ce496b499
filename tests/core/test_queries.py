from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidExpression
from tables.core.expressions import Placeholders, format_path
from tables.core.filters import BY_SUFFIX, OPERATORS, Group, compile_filter, make_term
from tables.core.queries import PARAMETERS, CollectionQuery, format_term, parse_query
from tests.core.strategies import BASE64, NAMES, NUMBERS, TEXT
from tests.core.test_expressions import PATHS

TYPES = {"total": "N", "flag": "BOOL", "data": "B", "a.n": "N", r"dot\.ted": "N"}


def parse(*pairs, **options):
    return parse_query(pairs, types=TYPES, **options)


def one_term(name, text):
    (part,) = parse((name, text)).filter.parts
    return part


def term(path, suffix, *operands):
    return make_term(path, BY_SUFFIX[suffix], operands)


def either(path, suffix, text, *others):
    """A term whose one value is text, or one of others."""
    return replace(term(path, suffix, {"S": text}), alternatives=tuple((o,) for o in others))


def guess(path, suffix, *operands):
    return replace(term(path, suffix, *operands), is_guess=True)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("training.status", "completed", term(("training", "status"), "eq", {"S": "completed"})),
        ("name", "", term(("name",), "eq", {"S": ""})),
        ("total__gte", "100.0", term(("total",), "gte", {"N": "100"})),
        ("total__gte__n", "1e2", term(("total",), "gte", {"N": "100"})),
        ("a.n", "7", term(("a", "n"), "eq", {"N": "7"})),
        (r"dot\.ted", "7", term(("dot.ted",), "eq", {"N": "7"})),
        ("age__n", "7", term(("age",), "eq", {"N": "7"})),
        ("total__s", "7", term(("total",), "eq", {"S": "7"})),
        ("name__begins_with", "A", term(("name",), "begins_with", {"S": "A"})),
        ("total__begins_with__s", "1", term(("total",), "begins_with", {"S": "1"})),
        ("zip__begins_with", "1", term(("zip",), "begins_with", {"S": "1"})),
        ("tags__contains", "a,b", term(("tags",), "contains", {"S": "a,b"})),
        ("x__in", "a,b", term(("x",), "in", {"S": "a"}, {"S": "b"})),
        ("x__in", r"a\,b,c\\", term(("x",), "in", {"S": "a,b"}, {"S": "c\\"})),
        ("x__in", r"a\b", term(("x",), "in", {"S": r"a\b"})),
        ("x__in__n", "1,2", term(("x",), "in", {"N": "1"}, {"N": "2"})),
        ("total__between", "1,5", term(("total",), "between", {"N": "1"}, {"N": "5"})),
        ("note__exists", "true", term(("note",), "exists")),
        ("note__exists", "False", term(("note",), "not_exists")),
        ("note__not_exists", "1", term(("note",), "not_exists")),
        ("note__not_exists", "0", term(("note",), "exists")),
        ("flag", "true", term(("flag",), "eq", {"BOOL": True})),
        ("flag__ne", "0", term(("flag",), "ne", {"BOOL": False})),
        ("note__null", "true", term(("note",), "eq", {"NULL": True})),
        ("data__b", "AA==", term(("data",), "eq", {"B": "AA=="})),
        ("total__type", "N", term(("total",), "type", {"S": "N"})),
        ("order__eq", "x", term(("order",), "eq", {"S": "x"})),
        ("order__n", "1", term(("order",), "eq", {"N": "1"})),
        ("n", "1", either(("n",), "eq", "1", {"N": "1"})),
        ("a__z", "1", either(("a__z",), "eq", "1", {"N": "1"})),
        ("a__eq__gte", "x", term(("a__eq",), "gte", {"S": "x"})),
        (r"a\_\_gte", "x", term(("a__gte",), "eq", {"S": "x"})),
        (r"a\_\_gte__lt", "x", term(("a__gte",), "lt", {"S": "x"})),
        (r"a\\__gte", "x", term(("a\\",), "gte", {"S": "x"})),
        ("__proto__", "x", term(("__proto__",), "eq", {"S": "x"})),
        ("a[0].b__ne", "x", term(("a", 0, "b"), "ne", {"S": "x"})),
        ("a = :x OR b", "x", term(("a = :x OR b",), "eq", {"S": "x"})),
    ],
)
def test_filters_read_like_this(name, text, expected):
    assert one_term(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x", "818", either(("x",), "eq", "818", {"N": "818"})),
        ("x", "1e2", either(("x",), "eq", "1e2", {"N": "100"})),
        ("x", "-0.50", either(("x",), "eq", "-0.50", {"N": "-0.5"})),
        ("x__ne", "818", either(("x",), "ne", "818", {"N": "818"})),
        ("x__contains", "7", either(("x",), "contains", "7", {"N": "7"})),
        ("x__not_contains", "true", either(("x",), "not_contains", "true", {"BOOL": True})),
        ("x", "false", either(("x",), "eq", "false", {"BOOL": False})),
        ("x", "null", either(("x",), "eq", "null", {"NULL": True})),
        # Text that only looks like one of these.
        ("x", "007", term(("x",), "eq", {"S": "007"})),
        ("x", "+1", term(("x",), "eq", {"S": "+1"})),
        ("x", " 1", term(("x",), "eq", {"S": " 1"})),
        ("x", ".5", term(("x",), "eq", {"S": ".5"})),
        ("x", "1e400", term(("x",), "eq", {"S": "1e400"})),
        ("x", "9" * 39, term(("x",), "eq", {"S": "9" * 39})),
        ("x", "NaN", term(("x",), "eq", {"S": "NaN"})),
        ("x", "True", term(("x",), "eq", {"S": "True"})),
        ("x", "", term(("x",), "eq", {"S": ""})),
        # One type where somebody said which.
        ("x__s", "818", term(("x",), "eq", {"S": "818"})),
        ("x__ne__n", "818", term(("x",), "ne", {"N": "818"})),
        ("total__ne", "818", term(("total",), "ne", {"N": "818"})),
        # Order is that of numbers alone.
        ("x__gte", "100", guess(("x",), "gte", {"N": "100"})),
        ("x__gte__n", "100", term(("x",), "gte", {"N": "100"})),
        ("x__gte__s", "100", term(("x",), "gte", {"S": "100"})),
        ("x__between", "1,10", guess(("x",), "between", {"N": "1"}, {"N": "10"})),
        ("x__between", "1,a", term(("x",), "between", {"S": "1"}, {"S": "a"})),
        ("x__lt", "2026-01-01", term(("x",), "lt", {"S": "2026-01-01"})),
        ("x__begins_with", "2026", term(("x",), "begins_with", {"S": "2026"})),
        # Elements have the type of what holds them.
        ("tags__contains", "7", term(("tags",), "contains", {"S": "7"})),
        ("sizes__contains", "7", term(("sizes",), "contains", {"N": "7"})),
        ("parts__contains", "7", either(("parts",), "contains", "7", {"N": "7"})),
    ],
)
def test_a_value_has_its_declared_type_or_any_that_it_may_be(name, text, expected):
    types = {**TYPES, "tags": "SS", "sizes": "NS", "parts": "L"}
    (found,) = parse_query([(name, text)], types=types).filter.parts
    assert found == expected
    assert parse_query([format_term(found, types)], types=types).filter.parts == (found,)


def test_one_of_several_values_may_each_be_of_several_types():
    found = one_term("x__in", r"1,a,true,1.0,2")
    assert [operand["S"] for operand in found.operands] == ["1", "a", "true", "1.0", "2"]
    assert found.alternatives == (({"N": "1"}, {"N": "2"}), ({"BOOL": True},))
    pool = Placeholders()
    assert compile_filter(found, pool) == (
        "#0 IN (:0, :1, :2, :3, :4) OR #0 IN (:5, :6) OR #0 IN (:7)"
    )
    hundred = one_term("x__in", ",".join(map(str, range(100))))
    assert (len(hundred.operands), len(hundred.alternatives[0])) == (100, 100)
    assert compile_filter(hundred, Placeholders())
    with pytest.raises(InvalidExpression, match="1 to 100 values"):
        one_term("x__in", ",".join(map(str, range(101))))


def test_either_type_is_or_and_neither_is_and():
    terms = [one_term(name, "1") for name in ("x", "x__ne", "x__not_contains", "y__gt")]
    assert compile_filter(Group(tuple(terms)), Placeholders()) == (
        "(#0 = :0 OR #0 = :1) AND #0 <> :2 AND #0 <> :3 "
        "AND NOT contains(#0, :4) AND NOT contains(#0, :5) "
        "AND attribute_type(#1, :6) AND #1 > :7"
    )


def test_where_several_types_are_too_many_one_is_to_be_pinned():
    wide = [("x", str(number)) for number in range(100)]
    with pytest.raises(InvalidExpression, match="pin the type that is meant, as in total__n=818"):
        compile_filter(parse(*wide).filter, Placeholders())
    pinned = [("x__n", text) for _, text in wide]
    assert compile_filter(parse(*pinned).filter, Placeholders())


@given(st.sampled_from(["eq", "ne", "in", "contains", "not_contains", "gt", "between"]), NUMBERS)
def test_a_pinned_type_means_what_an_unpinned_one_meant_when_types_were_declared(suffix, number):
    text = f"{number},{number}" if suffix in ("in", "between") else number
    pinned = one_term(f"x__{suffix}__n", text)
    declared = one_term(f"total__{suffix}", text)
    assert (pinned.operands, pinned.alternatives) == (declared.operands, ())


@st.composite
def terms(draw):
    path = draw(st.one_of(PATHS, st.sampled_from([("total",), ("flag",), ("order",), ("q",)])))
    operator = draw(st.sampled_from(OPERATORS))
    if operator.suffix == "type":
        return make_term(path, operator, [{"S": draw(st.sampled_from(["S", "NULL"]))}])
    tags = {"S": TEXT, "N": NUMBERS, "B": BASE64, "BOOL": st.booleans(), "NULL": st.just(True)}
    tag = draw(st.sampled_from(sorted(operator.types & tags.keys())))
    if operator.operands is None:
        values = draw(st.lists(tags[tag], min_size=1, max_size=3))
    else:
        values = [draw(tags[tag])] * operator.operands
    return make_term(path, operator, [{tag: value} for value in values])


@given(terms())
def test_a_term_reads_back_from_its_pair(term):
    ignore = frozenset({"q", "p"})
    name, text = format_term(term, TYPES, ignore=ignore)
    assert parse((name, text), ignore=ignore).filter == Group((term,))


@given(st.text("ab_\\", min_size=1, max_size=6), st.sampled_from(["eq", "gte", "in"]))
def test_underscores_and_backslashes_in_names_are_no_separators(name, suffix):
    expected = term((name,), suffix, {"S": "x"})
    assert one_term(*format_term(expected, TYPES)) == expected


@given(NAMES)
def test_any_name_can_be_filtered(name):
    assert one_term(format_path((name,)).replace("_", r"\_") + "__eq", "x").path == (name,)


def test_parameters_are_no_filters():
    query = parse(
        ("fields", r"a,b.c,d\,e"),
        ("limit", "25"),
        ("cursor", "abc"),
        ("index", "by-zone"),
        ("order", "desc"),
        ("format", "json"),
        ("plan", "scan"),
        ("page", "7"),
        ("x", "y"),
        ignore=frozenset({"page"}),
    )
    assert query == CollectionQuery(
        filter=Group((term(("x",), "eq", {"S": "y"}),)),
        fields=(("a",), ("b", "c"), ("d,e",)),
        limit=25,
        cursor="abc",
        index="by-zone",
        order="desc",
        scan_only=True,
    )


def test_an_empty_parameter_is_an_absent_one():
    assert parse(*((name, "") for name in sorted(PARAMETERS - {"fields"}))) == CollectionQuery()


@pytest.mark.parametrize("text", ["", ",", ",,"])
def test_a_list_of_no_fields_is_refused(text):
    with pytest.raises(InvalidExpression, match=r"^fields names no attribute"):
        parse(("fields", text))


def test_a_search_in_a_lower_cased_copy_does_not_mind_capitals():
    fields = ("name", "nameLower")
    query = parse((".search", "LonDon"), search_fields=fields, search_lowercase=("nameLower",))
    looked_for = [term.operands[0]["S"] for term in query.filter.parts[0].parts]
    assert looked_for == ["LonDon", "london"]


def test_a_search_looks_in_every_search_field():
    fields = ("name", "total", "flag")
    query = parse((".search", "7"), search_fields=fields)
    assert query.filter == Group(
        (
            Group(
                (
                    term(("name",), "contains", {"S": "7"}),
                    term(("name",), "eq", {"N": "7"}),
                    term(("total",), "eq", {"N": "7"}),
                ),
                "OR",
            ),
        )
    )
    assert query.search == "7"
    with pytest.raises(InvalidExpression, match="no search field"):
        parse((".search", "seven"), search_fields=("total",))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("limit", "0"), "1 to 1000"),
        (("limit", "1001"), "1 to 1000"),
        (("limit", "-1"), "1 to 1000"),
        (("limit", "ten"), "1 to 1000"),
        (("limit", "²"), "1 to 1000"),
        (("limit", "9" * 5000), "1 to 1000"),
        (("order", "up"), "order takes asc or desc"),
        (("plan", "index"), "plan takes scan or auto"),
        (("fields", "a,a.b"), "overlap"),
        (("fields", "a..b"), "'a..b'"),
        (("a..b", "x"), "'a..b'"),
        (("a[-1]", "x"), "an index looks like"),
        (("__gte", "x"), "a name is empty"),
        (("total__gte", "many"), "total__gte: A number"),
        (("total", "1e400"), "out of range"),
        (
            ("total__begins_with", "1"),
            "total is a number, and “begins with” takes string or binary",
        ),
        (("flag__gt", "1"), "flag is a boolean, and “is greater than” takes string or number or"),
        (("flag", "maybe"), "flag takes true or false"),
        (("note__exists", ""), "note__exists takes true or false"),
        (("note__null", "false"), "note__null takes true"),
        (("data", "?"), "data takes base64"),
        (("total__between", "1"), "takes 2 values"),
        (("total__between", "5,1"), "lower bound first"),
        (("x__in", ",".join(["a"] * 101)), "1 to 100 values"),
        (("x__lt__bool", "true"), "not a boolean"),
        (("x__type", "TEXT"), "the types are"),
        (("x__in__ss", '["a"]'), "one at a time"),
        (("x__m", "[1]"), "a JSON object"),
        (("x__l", "[1"), "not valid JSON"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_refused_in_words(pair, message):
    with pytest.raises(InvalidExpression) as caught:
        parse(pair)
    assert message in caught.value.message
    assert len(caught.value.message) < 400


def test_a_parameter_stands_once_but_filters_add_up():
    with pytest.raises(InvalidExpression, match="limit stands twice"):
        parse(("limit", "1"), ("limit", "2"))
    assert len(parse(("x", "1"), ("x", "2")).filter.parts) == 2
