import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import Conflict, InvalidExpression, InvalidRequest
from tables.core.expressions import Placeholders
from tables.core.operations import Delete, Put, Update, key_in
from tables.core.preconditions import (
    compile_changes,
    compile_create,
    compile_delete,
    compile_overwrite,
    compile_replace,
    etag,
    matches_state,
    matches_strongly,
    matches_tag,
    parse_etags,
    pin,
    state_of,
)
from tables.core.updates import Change
from tests.core.model import equal
from tests.core.strategies import ITEMS
from tests.core.tables import COMPOSITE, STRING_KEY

STORED = {"id": {"S": "1"}, "a": {"N": "5"}, "m": {"M": {"x": {"S": "y"}}}}
STAMPS = {
    "lastUpdatedBy": {"S": "doe, jane"},
    "lastUpdatedDateTime": {"S": "2026-01-01T00:00:00.000Z"},
}
WIDE = {"id": {"S": "1"}, **{f"a{i}": {"N": str(i)} for i in range(200)}}


def spelled_out(operation):
    """The expressions of an operation with names and values in place of their placeholders."""
    request = operation.request()
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})

    def spell(text):
        text = re.sub(r"#\d+", lambda match: names[match.group()], text)
        return re.sub(r":\d+", lambda match: str(next(iter(values[match.group()].values()))), text)

    return spell(request.get("UpdateExpression", "")), spell(request.get("ConditionExpression", ""))


# ---------------------------------------------------------------- entity tags


@given(ITEMS, ITEMS)
def test_two_items_have_one_tag_exactly_when_they_are_one_state(one, other):
    same = one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    assert (state_of(one) == state_of(other)) == same


def test_spelling_makes_no_other_state():
    one = {"n": {"N": "1.0"}, "s": {"SS": ["a", "b"]}, "m": {"M": {"a": {"S": ""}, "b": {"S": ""}}}}
    other = {"m": {"M": {"b": {"S": ""}, "a": {"S": ""}}}, "s": {"SS": ["b", "a"]}, "n": {"N": "1"}}
    assert etag(one) == etag(other)


def test_representations_have_tags_of_their_own_that_name_the_same_state():
    tags = {
        etag(STORED),
        etag(STORED, "typed"),
        etag(STORED, fields=[("a",)]),
        etag(STORED, fields=[("a",), ("m", "x")]),
        etag(STORED, "typed", fields=[("a",)]),
    }
    assert len(tags) == 5
    assert all(re.fullmatch(r'"[0-9a-f]{32}\.[pt][0-9a-f]*"', tag) for tag in tags)
    assert all(matches_state(tag, STORED) for tag in tags)
    assert [matches_tag(tag, etag(STORED)) for tag in sorted(tags)].count(True) == 1


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("*", "*"),
        (" * ", "*"),
        ('"abc"', ("abc",)),
        ('"a", "b" ,"c"', ("a", "b", "c")),
        ('W/"abc"', ("W/abc",)),
        ("abc.p", ("abc.p",)),
        ('""', ("",)),
        ('"a,b"', ("a,b",)),
        (',"a", ,b,', ("a", "b")),
    ],
)
def test_entity_tags_are_read_quoted_or_not(header, tags):
    assert parse_etags(header) == tags


@pytest.mark.parametrize(
    "header",
    ["", " ", '"abc', 'abc"', "a b", '"a" "b"', "W/", '"a";', "*, a", '"a\x01"', ",", "a/b"],
)
def test_a_malformed_precondition_is_refused_never_ignored(header):
    with pytest.raises(InvalidRequest, match="entity tag"):
        parse_etags(header)


def test_if_match_compares_strongly_and_if_none_match_weakly():
    tag = etag(STORED)
    assert matches_state(f'"x", {tag}', STORED)
    assert matches_state(tag.strip('"'), STORED)
    assert matches_state("*", STORED)
    assert not matches_state(f"W/{tag}", STORED)
    assert not matches_state(tag, {**STORED, "a": {"N": "6"}})
    assert not matches_state("*", None)
    assert not matches_state(tag, None)
    assert matches_tag(f"W/{tag}", tag)
    assert matches_tag("*", tag)
    assert not matches_tag(etag(STORED, "typed"), tag)
    assert matches_strongly(f'"x", {tag}', tag)
    assert matches_strongly("*", tag)
    assert not matches_strongly(f"W/{tag}", tag)


@given(st.text(max_size=20))
def test_any_header_is_understood_or_refused(header):
    try:
        tags = parse_etags(header)
    except InvalidRequest:
        return
    assert tags == "*" or tags


# ---------------------------------------------------------------- conditions in the write


def test_a_create_refuses_an_existing_key():
    operation = compile_create(STORED, STRING_KEY)
    assert isinstance(operation, Put)
    assert operation.item == STORED
    assert spelled_out(operation) == ("", "attribute_not_exists(id)")


def test_a_replace_sets_and_removes_and_pins_all_that_was_read_and_what_is_new():
    new = {"id": {"S": "1"}, "a": {"N": "6"}, "b": {"S": "new"}}
    operation = compile_replace(STORED, new, STRING_KEY)
    assert isinstance(operation, Update)
    assert operation.key == {"id": {"S": "1"}}
    assert spelled_out(operation) == (
        "SET a = 6, b = new REMOVE m",
        "attribute_exists(id) AND a = 5 AND m = {'x': {'S': 'y'}} AND attribute_not_exists(b)",
    )


def test_a_replace_by_the_same_item_still_checks_it():
    operation = compile_replace(STORED, STORED, STRING_KEY)
    assert spelled_out(operation) == (
        "SET a = 5",
        "attribute_exists(id) AND a = 5 AND m = {'x': {'S': 'y'}}",
    )
    bare = compile_replace({"id": {"S": "1"}}, {"id": {"S": "1"}}, STRING_KEY)
    assert spelled_out(bare) == ("", "attribute_exists(id)")


def test_a_replace_never_goes_to_another_key():
    with pytest.raises(InvalidExpression, match="key attribute 'id'"):
        compile_replace(STORED, {**STORED, "id": {"S": "2"}}, STRING_KEY)


def test_a_change_pins_all_or_the_paths_it_is_told():
    changes = [Change("set", ("m", "new"), {"S": "z"}), Change("set", ("b",), {"N": "1"})]
    whole = compile_changes(changes, STORED, STRING_KEY)
    assert spelled_out(whole) == (
        "SET m.new = z, b = 1",
        "attribute_exists(id) AND a = 5 AND m = {'x': {'S': 'y'}} AND attribute_not_exists(b)",
    )
    some = compile_changes(changes, STORED, STRING_KEY, pinned=[("m", "x"), ("m", "new")])
    assert spelled_out(some)[1] == (
        "attribute_exists(id) AND m.x = y AND attribute_not_exists(m.new)"
    )


def test_a_change_carries_the_guards_of_its_actions():
    counter = compile_changes([Change("add", ("a",), {"N": "1"})], STORED, STRING_KEY, pinned=[])
    assert spelled_out(counter) == (
        "ADD a 1",
        "attribute_exists(id) AND (attribute_not_exists(a) OR attribute_type(a, N))",
    )


def test_a_change_of_the_key_or_of_overlapping_paths_is_refused():
    with pytest.raises(InvalidExpression, match="key attribute"):
        compile_changes([Change("set", ("id",), {"S": "2"})], STORED, STRING_KEY)
    overlapping = [Change("set", ("m",), {"S": "x"}), Change("remove", ("m", "x"))]
    with pytest.raises(InvalidExpression, match="overlap"):
        compile_changes(overlapping, STORED, STRING_KEY)


def test_a_delete_is_pinned_to_what_was_read():
    stored = {"country": {"S": "DE"}, "name": {"S": "Ulm"}, "a": {"NULL": True}}
    operation = compile_delete(stored, COMPOSITE)
    assert isinstance(operation, Delete)
    assert (
        operation.key
        == key_in(operation, ("country", "name"))
        == {
            "country": {"S": "DE"},
            "name": {"S": "Ulm"},
        }
    )
    assert spelled_out(operation)[1] == "attribute_exists(country) AND a = True"


def test_an_item_too_wide_to_pin_is_pinned_on_its_stamps_and_on_what_is_new():
    stored = {**WIDE, **STAMPS}
    operation = compile_changes([Change("set", ("new",), {"S": "x"})], stored, STRING_KEY)
    assert spelled_out(operation)[1] == (
        "attribute_exists(id) AND lastUpdatedBy = doe, jane"
        " AND lastUpdatedDateTime = 2026-01-01T00:00:00.000Z AND attribute_not_exists(new)"
    )


def test_a_change_of_an_item_too_wide_to_pin_is_pinned_on_what_it_changes_too():
    stored = {**WIDE, **STAMPS}
    changes = [Change("add", ("a7",), {"N": "1"})]
    changes += [Change("set", (name,), value) for name, value in STAMPS.items()]
    operation = compile_changes(changes, stored, STRING_KEY)
    assert operation.may_repeat
    assert spelled_out(operation)[1].startswith(
        "attribute_exists(id) AND lastUpdatedBy = doe, jane"
        " AND lastUpdatedDateTime = 2026-01-01T00:00:00.000Z AND a7 = 7 AND "
    )


def test_a_change_with_too_many_new_attributes_is_pinned_on_the_stamps_alone():
    new = {**STORED, **STAMPS, **{f"b{i}": {"S": ""} for i in range(160)}}
    operation = compile_replace({**STORED, **STAMPS}, new, STRING_KEY)
    assert isinstance(operation, Update)
    assert spelled_out(operation)[1] == (
        "attribute_exists(id) AND lastUpdatedBy = doe, jane"
        " AND lastUpdatedDateTime = 2026-01-01T00:00:00.000Z"
    )


def test_a_change_with_too_many_new_attributes_and_no_stamps_is_pinned_on_what_was_read():
    new = {**STORED, **{f"b{i}": {"S": ""} for i in range(160)}}
    operation = compile_replace(STORED, new, STRING_KEY)
    assert isinstance(operation, Update)
    assert spelled_out(operation)[1] == ("attribute_exists(id) AND a = 5 AND m = {'x': {'S': 'y'}}")


@pytest.mark.parametrize("added", [1, 160, 310])
def test_an_item_too_wide_to_pin_is_overwritten_pinned_as_far_as_a_condition_reaches(added):
    new = {**WIDE, "a150": {"S": "x"}, **{f"b{i}": {"S": ""} for i in range(added)}}
    operation = compile_overwrite(WIDE, new, STRING_KEY)
    assert isinstance(operation, Update)
    assert operation.may_repeat
    changes, condition = spelled_out(operation)
    assert "a150 = x" in changes
    assert "a150 = 150" in condition
    assert condition.count(" AND ") >= 100
    operation.request()


def test_an_overwrite_that_can_be_pinned_whole_is_a_replace():
    new = {**STORED, "a": {"N": "6"}}
    assert compile_overwrite(STORED, new, STRING_KEY) == compile_replace(STORED, new, STRING_KEY)


def test_an_overwrite_too_long_for_an_update_is_a_put_pinned_on_what_changes_first():
    new = {"id": {"S": "1"}, **{f"b{i}": {"S": ""} for i in range(400)}}
    operation = compile_overwrite(WIDE, new, STRING_KEY)
    assert isinstance(operation, Put)
    assert operation.item == new
    assert operation.may_repeat
    assert " AND " in spelled_out(operation)[1]


def test_a_replace_too_long_for_an_update_is_a_pinned_put():
    new = {"id": {"S": "1"}, **STAMPS, **{f"b{i}": {"S": ""} for i in range(400)}}
    operation = compile_replace({**WIDE, **STAMPS}, new, STRING_KEY)
    assert isinstance(operation, Put)
    assert operation.item == new
    assert "lastUpdatedBy = doe, jane" in spelled_out(operation)[1]


@pytest.mark.parametrize("stamps", [{}, {"lastUpdatedBy": {"S": "doe"}}])
def test_an_item_too_wide_to_pin_and_without_stamps_is_refused_in_words(stamps):
    stored = {**WIDE, **stamps}
    for compile_it in (
        lambda: compile_delete(stored, STRING_KEY),
        lambda: compile_replace(stored, {**stored, "a1": {"S": "x"}}, STRING_KEY),
    ):
        with pytest.raises(Conflict, match="too many attributes to compare"):
            compile_it()


def test_an_attempt_to_pin_leaves_nothing_behind_in_the_pool():
    pool = Placeholders()
    pin({**WIDE, **STAMPS}, STRING_KEY, pool)
    assert pool.names.keys() == {"id", "lastUpdatedBy", "lastUpdatedDateTime"}
    assert len(pool.values) == 2
