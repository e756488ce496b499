"""What stands in keys alone is asked of the keys, or refused in words: never answered with none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidExpression, InvalidValue
from tables.core.filters import Group, matches
from tables.core.patterns import parse_pattern
from tables.core.plans import choose_plan
from tables.core.queries import parse_query
from tables.core.sight import Sight

LINES = TableDescription("orders", KeyAttribute("pk", "S"), KeyAttribute("sk", "S"))
PATTERNS = {
    "pk": parse_pattern("ORDER#{orderId}"),
    "sk": parse_pattern("LINE#{number:02}#{shop}#{note}"),
}
ALONE = frozenset({"orderId", "number", "shop", "note"})
TYPES = dict.fromkeys(ALONE, "S")
ALONE_WORDS = "{} stands in the key alone: it can be asked by “is”, “is one of” and “begins with”."
PADDED_WORDS = (
    "number stands in the key alone, with zeros before it: it can be asked by “is” and “is one of”."
)
WHOLE_WORDS = (
    "number must be a whole number without sign: so it stands in LINE#{number:02}#{shop}#{note}."
)
LINE = Sight(patterns=PATTERNS, key_only=ALONE)


def asked(**parameters):
    return LINE.ask(parse_query(list(parameters.items()), types=TYPES).filter)


def spelt(filter):
    return [(term.path[0], term.operator.suffix, term.operands[0]["S"]) for term in filter.parts]


@pytest.mark.parametrize(
    ("parameters", "terms"),
    [
        ({"orderId": "O-1"}, [("pk", "eq", "ORDER#O-1")]),
        ({"orderId__begins_with": "O"}, [("pk", "begins_with", "ORDER#O")]),
        ({"number": "7"}, [("sk", "begins_with", "LINE#07#")]),
        ({"number": "07"}, [("sk", "begins_with", "LINE#07#")]),
        ({"number": "0"}, [("sk", "begins_with", "LINE#00#")]),
        (
            {"number": "7", "shop__begins_with": "b"},
            [("sk", "begins_with", "LINE#07#"), ("sk", "begins_with", "LINE#07#b")],
        ),
        (
            {"orderId": "O-1", "status": "paid"},
            [("pk", "eq", "ORDER#O-1"), ("status", "eq", "paid")],
        ),
    ],
)
def test_it_is_asked_of_the_key(parameters, terms):
    assert spelt(asked(**parameters)) == terms


def test_one_of_several_values_is_one_of_several_keys():
    (either,) = asked(orderId__in="O-1,O-2").parts

    assert either.joiner == "OR"
    assert spelt(either) == [("pk", "eq", "ORDER#O-1"), ("pk", "eq", "ORDER#O-2")]


def test_it_makes_a_query_of_a_scan():
    plan = choose_plan(asked(orderId="O-1"), LINES, patterns=PATTERNS)

    assert plan.operation == "Query"
    assert not plan.filter


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            {"number__gte": "2"},
            PADDED_WORDS,
        ),
        (
            {"orderId__not_exists": "true"},
            ALONE_WORDS.format("orderId"),
        ),
        (
            {"shop": "berlin"},
            "shop stands in sk behind number: say by “is” what that is, too.",
        ),
        (
            {"number": "1", "shop": "a#b"},
            "shop can't be 'a#b': in LINE#{number:02}#{shop}#{note} it would be read as another.",
        ),
        (
            {"number__begins_with": "1"},
            PADDED_WORDS,
        ),
        *(
            (
                {f"number{suffix}": text},
                WHOLE_WORDS,
            )
            for suffix, text in [
                ("", "-3"),
                ("", "1.5"),
                ("", "x"),
                ("", "007"),
                ("", "٣"),
                ("__in", "1,2e0"),
            ]
        ),
    ],
)
def test_what_a_key_can_not_answer_is_refused_in_words(parameters, words):
    with pytest.raises(InvalidExpression) as caught:
        asked(**parameters)

    assert str(caught.value.message) == words


def test_a_key_that_is_the_value_answers_every_comparison():
    sight = Sight(patterns={"at": parse_pattern("{time}")}, key_only=frozenset({"time"}))
    later = parse_query([("time__gte", "5")], types={"time": "N"}).filter

    (term,) = sight.ask(later).parts
    assert (term.path, term.operator.suffix, term.operands) == (("at",), "gte", ({"N": "5"},))


TEXTS = st.text("a#0", min_size=1, max_size=3)


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["", "__begins_with"]), TEXTS)
def test_it_finds_the_items_whose_keys_say_so(number, shop, note, suffix, wanted):
    said = {"number": number, "shop": shop, "note": note}
    try:
        item = {"sk": {"S": PATTERNS["sk"].format(said)}}
    except InvalidValue:
        return
    fixed = {"number": number, "shop" + suffix: wanted}
    try:
        found = matches(Group(asked(**fixed).parts), item)
    except InvalidExpression:
        return

    assert found == (shop.startswith(wanted) if suffix else shop == wanted)
