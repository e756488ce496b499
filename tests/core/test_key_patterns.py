"""Entities read by what their keys are made of: less is read, and nothing is missed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.key_patterns import derived_terms
from tables.core.patterns import parse_pattern
from tables.core.plans import choose_plan
from tables.core.queries import parse_query
from tables.core.sight import Sight
from tests.core.model import matches

ORDERS = TableDescription("orders", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))
PATTERNS = {
    "pk": parse_pattern("CUSTOMER#{customerId}"),
    "sk": parse_pattern("ORDER#{placedAt}#{orderId}"),
}
KIND = make_term(("entity",), BY_SUFFIX["eq"], [{"S": "order"}])
ORDER = Sight(Group((KIND,)), PATTERNS)


def asked(*pairs):
    return ORDER.ask(parse_query(pairs, types={}).filter)


def plan_for(*pairs, **how):
    return choose_plan(asked(*pairs), ORDERS, patterns=PATTERNS, **how)


def spelt(terms):
    return [(term.path[0], term.operator.suffix, term.operands[0]["S"]) for term in terms]


def test_what_a_key_is_made_of_makes_a_query_of_a_scan():
    plan = plan_for(("customerId", "C-003"))

    assert plan.operation == "Query"
    assert plan.by_pattern
    assert spelt(plan.key_terms) == [
        ("pk", "eq", "CUSTOMER#C-003"),
        ("sk", "begins_with", "ORDER#"),
    ]
    assert [term.path[0] for term in plan.filter.parts] == ["entity", "customerId"]


@pytest.mark.parametrize(
    ("pairs", "sort"),
    [
        ([("placedAt", "2026-05-05")], ("sk", "begins_with", "ORDER#2026-05-05#")),
        ([("placedAt__begins_with", "2026-05")], ("sk", "begins_with", "ORDER#2026-05")),
        ([("orderId", "O-1")], ("sk", "begins_with", "ORDER#")),
        ([("placedAt", "2026-05-05"), ("orderId", "7")], ("sk", "eq", "ORDER#2026-05-05#7")),
        ([("sk", "ORDER#x#y")], ("sk", "eq", "ORDER#x#y")),
    ],
)
def test_the_sort_key_is_known_as_far_as_its_values_are(pairs, sort):
    plan = plan_for(("customerId", "C-003"), *pairs)

    assert spelt(plan.key_terms) == [("pk", "eq", "CUSTOMER#C-003"), sort]


def test_a_number_key_is_known_by_its_number():
    times = TableDescription("times", KeyAttribute("truck", "S"), KeyAttribute("at", "N"))
    patterns = {"truck": parse_pattern("T#{plate}"), "at": parse_pattern("{time}")}

    def derived(time):
        asked = parse_query([("plate", "AB"), ("time", time)], types={}).filter
        return [(term.path[0], term.operands) for term in derived_terms(asked, times, patterns)]

    assert derived("5") == [("truck", ({"S": "T#AB"},)), ("at", ({"N": "5"},))]
    assert derived("noon") == [("truck", ({"S": "T#AB"},))]


def test_a_partition_that_is_asked_for_is_read_by_the_kind_alone():
    plan = plan_for(("pk", "CUSTOMER#C-003"))

    assert spelt(plan.key_terms) == [
        ("pk", "eq", "CUSTOMER#C-003"),
        ("sk", "begins_with", "ORDER#"),
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        [("status", "paid")],
        [("customerId__ne", "C-003")],
        [("customerId__in", "C-003,C-004")],
        [("customerId", "true")],  # a text, or the boolean: no one key
        [("customerId", "1.0")],  # a text, or the number 1
        [("customerId.x", "C-003")],
    ],
)
def test_what_fixes_no_key_is_scanned_as_ever(pairs):
    plan = plan_for(*pairs)

    assert plan.operation == "Scan"
    assert not plan.by_pattern


def test_an_alternative_fixes_nothing():
    either = Group((KIND, make_term(("customerId",), BY_SUFFIX["eq"], [{"S": "C"}])), "OR")

    assert derived_terms(ORDER.ask(either), ORDERS, PATTERNS) != derived_terms(
        asked(("customerId", "C")), ORDERS, PATTERNS
    )
    assert choose_plan(ORDER.ask(either), ORDERS, patterns=PATTERNS).operation == "Scan"


def test_a_scan_that_is_wanted_stays_one():
    plan = plan_for(("customerId", "C-003"), scan_only=True)

    assert plan.operation == "Scan"
    assert [term.path[0] for term in plan.filter.parts] == ["entity", "customerId"]


def test_a_kind_whose_partition_is_constant_is_never_scanned():
    patterns = {"pk": parse_pattern("PRODUCTS"), "sk": parse_pattern("{number}")}

    plan = choose_plan(asked(), ORDERS, patterns=patterns)

    assert spelt(plan.key_terms) == [("pk", "eq", "PRODUCTS")]


# ---------------------------------------------------------------- nothing is missed

TEXTS = st.sampled_from(["a", "b", "1", "01", "1.0", "a#b", "true"])
VALUES = st.one_of(TEXTS.map(lambda text: {"S": text}), st.sampled_from([{"N": "1"}, {"N": "2"}]))


@st.composite
def kept_items(draw):
    """Items that keep the pattern, orders and others."""
    item = {name: draw(VALUES) for name in ("customerId", "placedAt", "orderId")}
    texts = {name: value.get("S") or value["N"] for name, value in item.items()}
    item["entity"] = {"S": draw(st.sampled_from(["order", "cart"]))}
    if "#" in texts["placedAt"]:
        texts["placedAt"] = "x"
        item["placedAt"] = {"S": "x"}
    keys = {name: {"S": pattern.format(texts)} for name, pattern in PATTERNS.items()}
    if item["entity"] != {"S": "order"}:
        keys["sk"] = {"S": draw(st.sampled_from(["CART", "ORDER#1#1"]))}
    for name in draw(st.sets(st.sampled_from(["customerId", "placedAt", "orderId"]), max_size=1)):
        del item[name]  # told by the key alone
    return {**keys, **item}


NAMES = ("customerId", "placedAt", "orderId", "pk", "sk")
ASKED = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "__s", "__begins_with", "__ne"]), TEXTS),
    max_size=3,
)


@given(st.lists(kept_items(), max_size=8), ASKED)
def test_with_and_without_patterns_the_same_items_are_found(items, wanted):
    narrow = asked(*((name + suffix, text) for name, suffix, text in wanted))
    plain = choose_plan(narrow, ORDERS)
    made = choose_plan(narrow, ORDERS, patterns=PATTERNS)

    assert found(made, items) == found(plain, items)
    assert len(made.key_terms) >= len(plain.key_terms)


def found(plan, items):
    every = (*plan.key_terms, *plan.filter.parts, *plan.local.parts)
    if plan.operation == "GetItem":
        return [item for item in items if plan.key.items() <= item.items()]
    return [item for item in items if matches(Group(every), item)]


def test_what_is_kept_for_a_sight_is_found_by_an_equal_one():
    again = Sight(Group((KIND,)), dict(PATTERNS))

    assert {ORDER: "kept"}[again] == "kept"
    assert Sight() not in {ORDER: "kept"}
