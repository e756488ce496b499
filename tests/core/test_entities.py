"""Items of one kind: how new ones are made, and what keeps a stored one what it is."""

import re
from datetime import UTC, datetime

import pytest

from tables.core.bare_words import bare
from tables.core.entities import MAKERS, Entity, key_parts, made_new, require_kind
from tables.core.errors import InvalidValue
from tables.core.filters import BY_SUFFIX, Group, make_term
from tables.core.patterns import parse_pattern

NOW = datetime(2026, 5, 7, 23, 30, tzinfo=UTC)
ORDER = Entity(
    Group((make_term(("entity",), BY_SUFFIX["eq"], [{"S": "order"}]),)),
    {
        "pk": parse_pattern("CUSTOMER#{customerId}"),
        "sk": parse_pattern("ORDER#{placedAt}#{orderId}"),
    },
    {"placedAt": "today"},
    frozenset({"customerId"}),
)
SENT = {"customerId": {"S": "C-1"}, "orderId": {"N": "7"}, "total": {"N": "9"}}
STORED = {
    "pk": {"S": "CUSTOMER#C-1"},
    "sk": {"S": "ORDER#2026-05-07#7"},
    "entity": {"S": "order"},
    "placedAt": {"S": "2026-05-07"},
    "orderId": {"N": "7"},
    "total": {"N": "9"},
}


def refusals(call, *arguments):
    with pytest.raises(InvalidValue) as caught:
        call(*arguments)
    return [(problem.pointer, problem.detail) for problem in caught.value.problems]


def test_a_new_item_gets_its_constants_what_is_made_for_it_and_its_keys():
    assert made_new(SENT, ORDER, NOW) == STORED


def test_what_is_sent_stays_and_keys_are_judged_where_they_are_sent():
    sent = {**SENT, "placedAt": {"S": "2020"}, "sk": {"S": "mine"}}
    made = made_new(sent, ORDER, NOW)

    assert (made["placedAt"], made["sk"]) == ({"S": "2020"}, {"S": "mine"})
    assert refusals(require_kind, made, None, ORDER, "Order") == [
        ("/sk", "sk must look like ORDER#{placedAt}#{orderId}.")
    ]


def test_every_part_that_is_missing_is_named():
    assert refusals(made_new, {"orderId": {"BOOL": True}}, ORDER, NOW) == [
        ("/customerId", "customerId is missing: the key is made of it."),
        ("/orderId", "orderId is part of the key: it must be text or a number."),
    ]


def test_a_part_that_would_be_read_as_another_is_refused_at_its_place():
    (found,) = refusals(made_new, {**SENT, "placedAt": {"S": "a#b"}}, ORDER, NOW)

    assert found[0] == "/placedAt"


LINE = Entity(
    Group((make_term(("entity",), BY_SUFFIX["eq"], [{"S": "line"}]),)),
    {"pk": parse_pattern("LINE#{number:03}")},
)
NO_WHOLE = "number must be a whole number without sign: so it stands in LINE#{number:03}."


@pytest.mark.parametrize("number", [{"N": "7"}, {"S": "7"}, {"N": "7.0"}, {"N": "1e3"}])
def test_zeros_stand_before_whole_numbers(number):
    made = made_new({"number": number}, LINE, NOW)

    assert made["pk"]["S"] in ("LINE#007", "LINE#1000")
    require_kind(made, None, LINE, "Line")


@pytest.mark.parametrize(
    "number", [{"N": "1.5"}, {"N": "-3"}, {"S": "x"}, {"S": "007"}, {"S": "+7"}, {"S": "٣"}]
)
def test_zeros_stand_before_nothing_else(number):
    assert refusals(made_new, {"number": number}, LINE, NOW) == [("/number", NO_WHOLE)]


def test_a_stored_key_with_another_value_is_read_and_changed_and_not_made():
    stored = {"entity": {"S": "line"}, "pk": {"S": "LINE#1.5"}, "number": {"N": "1.5"}}

    assert key_parts(stored, LINE) == {"number": "1.5"}
    require_kind({**stored, "note": {"S": "x"}}, stored, LINE, "Line")
    assert refusals(require_kind, {**stored, "number": {"N": "2"}}, stored, LINE, "Line")
    assert refusals(require_kind, stored, None, LINE, "Line") == [
        ("/pk", "pk must look like LINE#{number:03}.")
    ]


@pytest.mark.parametrize("blank", [None, {"NULL": True}, {"S": ""}])
def test_a_part_that_is_missing_null_or_empty_is_missed_in_the_same_words(blank):
    sent = {} if blank is None else {"number": blank}

    assert refusals(made_new, sent, LINE, NOW) == [
        ("/number", "number is missing: the key is made of it.")
    ]


def test_every_complaint_of_a_new_item_is_told_at_once():
    item = {"pk": {"S": "LINE#007"}, "number": {"N": "8"}}

    assert [pointer for pointer, _words in refusals(require_kind, item, None, LINE, "Line")] == [
        "/entity",
        "/number",
    ]


READING = Entity(
    key={"truck": parse_pattern("T#{plate}"), "at": parse_pattern("{time}")},
    make={"time": "epoch"},
    key_only=frozenset({"plate", "time"}),
)
KEY_TYPES = {"truck": "S", "at": "N"}


@pytest.mark.parametrize("time", [None, {"N": "1778196600"}, {"S": "1778196600"}])
def test_a_number_key_is_made_a_number(time):
    sent = {"plate": {"S": "AB"}} | ({"time": time} if time else {})

    assert made_new(sent, READING, NOW, KEY_TYPES) == {
        "truck": {"S": "T#AB"},
        "at": {"N": "1778196600"},
    }


def test_what_is_no_number_is_named_at_its_place():
    ((pointer, words),) = refusals(
        made_new, {"plate": {"S": "AB"}, "time": {"S": "noon"}}, READING, NOW, KEY_TYPES
    )

    assert pointer == "/time"
    assert "number" in words


def test_what_the_key_says_of_a_new_item_the_item_says_too():
    item = {name: value for name, value in STORED.items() if name != "orderId"}

    assert refusals(require_kind, item, None, ORDER, "Order") == [
        ("/orderId", "orderId is missing: the key says 7.")
    ]
    require_kind(item, item, ORDER, "Order")


def test_a_value_that_only_the_key_holds_can_not_contradict_it():
    sent = {**SENT, "pk": {"S": "CUSTOMER#C-2"}}

    assert refusals(made_new, sent, ORDER, NOW) == [
        ("/customerId", "customerId contradicts the key, which says C-2.")
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"entity": {"S": "cart"}}, "/entity", "This is no item of Order: entity must be order."),
        ({"entity": None}, "/entity", "This is no item of Order: entity must be order."),
        ({"orderId": {"N": "8"}}, "/orderId", "orderId contradicts the key, which says 7."),
    ],
)
def test_a_new_item_of_another_kind_or_key_is_refused(change, pointer, words):
    item = {name: v for name, v in {**STORED, **change}.items() if v is not None}

    assert refusals(require_kind, item, None, ORDER, "Order") == [(pointer, words)]


def test_a_beginning_is_told_as_one():
    kind = Entity(Group((make_term(("sk",), BY_SUFFIX["begins_with"], [{"S": "LINE#"}]),)))

    assert refusals(require_kind, STORED, None, kind, "Line") == [
        ("/sk", "This is no item of Line: sk must begin with LINE#.")
    ]


def test_what_the_alias_map_says_stays_in_a_report():
    ((_pointer, words),) = refusals(require_kind, {}, {}, ORDER, "Order")

    assert bare(words) == "This is no item of Order: entity must be order."


@pytest.mark.parametrize("new", [{"N": "8"}, None])
def test_what_a_key_is_made_of_stays(new):
    item = {**STORED, "orderId": new}
    if new is None:
        del item["orderId"]

    assert refusals(require_kind, item, STORED, ORDER, "Order") == [
        (
            "/orderId",
            "orderId is part of the key, so it stays: another value makes another item.",
        )
    ]


def test_what_broke_the_pattern_already_stays_editable_and_can_be_mended():
    broken = {**STORED, "orderId": {"S": "wrong"}}

    require_kind({**broken, "total": {"N": "1"}}, broken, ORDER, "Order")
    require_kind(STORED, broken, ORDER, "Order")
    foreign = {**STORED, "sk": {"S": "by hand"}}
    require_kind({**foreign, "orderId": {"N": "8"}}, foreign, ORDER, "Order")


def test_keys_tell_what_they_are_made_of():
    assert key_parts(STORED, ORDER) == {
        "customerId": "C-1",
        "placedAt": "2026-05-07",
        "orderId": "7",
    }


def test_makers_make_what_they_are_called():
    made = {name: maker(NOW) for name, maker in MAKERS.items()}

    assert made["now"] == {"S": "2026-05-07T23:30:00.000Z"}
    assert made["today"] == {"S": "2026-05-07"}
    assert made["epoch"] == {"N": "1778196600"}
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["uuid"]["S"])
    assert re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", made["ulid"]["S"])
    later = MAKERS["ulid"](datetime(2026, 5, 8, tzinfo=UTC))
    assert made["ulid"]["S"] < later["S"]
    assert made["ulid"] != MAKERS["ulid"](NOW)
