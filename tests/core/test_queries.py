import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidExpression
from tables.core.expressions import format_path
from tables.core.filters import BY_SUFFIX, OPERATORS, Group, make_term
from tables.core.queries import PARAMETERS, CollectionQuery, format_term, parse_query
from tests.core.strategies import BASE64, NAMES, NUMBERS, TEXT
from tests.core.test_paths import PATHS

TYPES = {"total": "N", "flag": "BOOL", "data": "B", "a.n": "N", r"dot\.ted": "N"}


def parse(*pairs, **options):
    return parse_query(pairs, types=TYPES, **options)


def one_term(name, text):
    (part,) = parse((name, text)).filter.parts
    return part


def term(path, suffix, *operands):
    return make_term(path, BY_SUFFIX[suffix], operands)


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
        ("total__begins_with", "1", term(("total",), "begins_with", {"S": "1"})),
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
        ("n", "1", term(("n",), "eq", {"S": "1"})),
        ("a__z", "1", term(("a__z",), "eq", {"S": "1"})),
        ("a__eq__gte", "1", term(("a__eq",), "gte", {"S": "1"})),
        (r"a\_\_gte", "1", term(("a__gte",), "eq", {"S": "1"})),
        (r"a\_\_gte__lt", "1", term(("a__gte",), "lt", {"S": "1"})),
        (r"a\\__gte", "1", term(("a\\",), "gte", {"S": "1"})),
        ("__proto__", "x", term(("__proto__",), "eq", {"S": "x"})),
        ("a[0].b__ne", "x", term(("a", 0, "b"), "ne", {"S": "x"})),
        ("a = :x OR b", "x", term(("a = :x OR b",), "eq", {"S": "x"})),
    ],
)
def test_filters_read_like_this(name, text, expected):
    assert one_term(name, text) == expected


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
        ("x", "1"),
        ignore=frozenset({"page"}),
    )
    assert query == CollectionQuery(
        filter=Group((term(("x",), "eq", {"S": "1"}),)),
        fields=(("a",), ("b", "c"), ("d,e",)),
        limit=25,
        cursor="abc",
        index="by-zone",
        order="desc",
        scan_only=True,
    )


def test_an_empty_parameter_is_an_absent_one():
    assert parse(*((name, "") for name in sorted(PARAMETERS))) == CollectionQuery()


def test_a_search_looks_in_every_search_field():
    fields = ("name", "total", "flag")
    query = parse((".search", "7"), search_fields=fields)
    assert query.filter == Group(
        (
            Group(
                (
                    term(("name",), "contains", {"S": "7"}),
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
