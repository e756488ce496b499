import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidExpression
from tables.core.expressions import (
    Placeholders,
    compile_projection,
    format_path,
    parse_path,
    require_no_overlap,
    require_short,
    require_within_limits,
    value_at,
)
from tests.core.strategies import NAMES

PATHS = st.lists(st.one_of(NAMES, st.integers(0, 400 * 1024)), max_size=6).flatmap(
    lambda rest: NAMES.map(lambda first: (first, *rest))
)


@given(PATHS)
def test_a_path_reads_back_from_its_text(path):
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("a[0].b[1][2]", ("a", 0, "b", 1, 2)),
        (r"a\.b", ("a.b",)),
        (r"a\[0\]", ("a[0]",)),
        (r"a\\.b", ("a\\", "b")),
        ("__proto__", ("__proto__",)),
        ("constructor.prototype", ("constructor", "prototype")),
        ("a]b", ("a]b",)),
        ("#x", ("#x",)),
        (":v", (":v",)),
        ("a = :x OR b", ("a = :x OR b",)),
        ("%s", ("%s",)),
        ("sélf élan", ("sélf élan",)),
        (".".join("x" * 32), tuple("x" * 32)),
        ("a[007]", ("a", 7)),
    ],
)
def test_paths_read_like_this(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a..b",
        ".a",
        "a.",
        "a[",
        "a[]",
        "a[-1]",
        "a[1",
        "a[x]",
        "a[0]b",
        "a[0] OR c",
        "a[1.5]",
        "a[99999999999]",
        "a[409601]",
        "[0]",
        "a.[0]",
        "a\\",
        ".".join("x" * 33),
        ".".join("x" * 1000),
        "a" + "[0]" * 32,
    ],
)
def test_what_is_no_path_is_refused_by_name(text):
    with pytest.raises(InvalidExpression) as caught:
        parse_path(text)
    shown = text if len(text) <= 100 else text[:100] + "…"
    assert repr(shown) in caught.value.message


@pytest.mark.parametrize(
    "texts",
    [
        ("a", "a"),
        ("a", "a.b"),
        ("a.b.c", "a"),
        ("a.b", "z", "a.b[0]"),
        ("a[0]", "a.b"),
        ("a[1]", "a[1].b"),
    ],
)
def test_paths_that_overlap_or_contradict_are_refused(texts):
    with pytest.raises(InvalidExpression, match="overlap"):
        require_no_overlap([parse_path(text) for text in texts])


@given(st.lists(PATHS, max_size=5))
def test_overlap_is_found_whatever_the_order(paths):
    def clash(one, other):
        length = min(len(one), len(other))
        if one[:length] == other[:length]:
            return True
        where = next(i for i in range(length) if one[i] != other[i])
        return isinstance(one[where], int) != isinstance(other[where], int)

    expected = any(clash(a, b) for i, a in enumerate(paths) for b in paths[i + 1 :])
    try:
        require_no_overlap(paths)
    except InvalidExpression:
        assert expected
    else:
        assert not expected


def test_neighbours_do_not_overlap():
    require_no_overlap([parse_path(text) for text in ("a.b", "a.bc", "ab", "b[0]", "b[10]")])


def test_names_and_values_only_get_in_under_placeholders():
    pool = Placeholders()
    assert pool.path(("a = :x OR b", 3, "#0", "a = :x OR b")) == "#0[3].#1.#0"
    assert pool.value({"S": "v"}) == ":0"
    assert pool.value({"S": "v"}) == ":1"
    assert pool.request() == {
        "ExpressionAttributeNames": {"#0": "a = :x OR b", "#1": "#0"},
        "ExpressionAttributeValues": {":0": {"S": "v"}, ":1": {"S": "v"}},
    }
    assert Placeholders().request() == {}


def test_an_attempt_that_is_dropped_leaves_the_pool_as_it_was():
    pool = Placeholders()
    pool.name("a")
    trial = pool.copy()
    trial.value({"S": trial.name("b")})
    assert (pool.names, pool.values) == ({"a": "#0"}, {})
    pool.become(trial)
    assert (pool.names, pool.values) == ({"a": "#0", "b": "#1"}, {":0": {"S": "#1"}})


def test_a_projection_is_placeholders_too():
    pool = Placeholders()
    assert compile_projection([("a", "b"), ("c", 0), ("size",)], pool) == "#0.#1, #2[0], #3"
    assert compile_projection([], Placeholders()) == ""
    with pytest.raises(InvalidExpression, match="overlap"):
        compile_projection([("a",), ("a", "b")], Placeholders())


@pytest.mark.parametrize(
    ("expression", "operators"),
    [
        ("#0 = :0", 1),
        ("#0 <> :0 AND #1 <= :1", 3),
        ("#0 BETWEEN :0 AND :1 AND #1 IN (:2, :3)", 3),
        ("NOT contains(#0, :0) OR attribute_exists(#1)", 4),
    ],
)
def test_operators_and_functions_are_counted(expression, operators):
    joined = " AND ".join([expression] * (300 // (operators + 1)))
    require_within_limits(joined)
    short = " AND ".join(["#0=:0"] * 150)
    assert require_within_limits(short) == short  # 299 operators
    with pytest.raises(InvalidExpression, match="301 operators; DynamoDB takes 300"):
        require_within_limits(short + " AND #0=:0")


def test_an_expression_has_at_most_4_kb():
    assert require_short("x" * 4096)
    with pytest.raises(InvalidExpression, match="4097 bytes long; DynamoDB takes 4096"):
        require_short("x" * 4097)


def test_names_under_64_kb_and_values_under_2_mb():
    pool = Placeholders()
    pool.name("n" * 65_535)
    with pytest.raises(InvalidExpression, match="at most 65535 bytes"):
        pool.name("n" * 65_536)
    pool.value({"S": "v" * (2 * 1024 * 1024)})
    with pytest.raises(InvalidExpression, match=re.escape("DynamoDB takes 2097152")):
        pool.request()


def test_values_are_found_at_their_paths():
    item = {"a": {"M": {"b": {"L": [{"N": "1"}, {"M": {"__proto__": {"S": "x"}}}]}}}}
    assert value_at(item, ("a", "b", 0)) == {"N": "1"}
    assert value_at(item, ("a", "b", 1, "__proto__")) == {"S": "x"}
    for path in (("z",), ("a", "z"), ("a", "b", 2), ("a", 0), ("a", "b", "0"), ("a", "b", 0, "x")):
        assert value_at(item, path) is None
