from datetime import UTC, datetime, timedelta, timezone

import pytest

from tables.core.admission import admit_change, admit_new, needed_fields
from tables.core.audit import stamped_change, stamped_new, timestamp
from tables.core.descriptions import KeyAttribute, TableDescription
from tables.core.errors import InvalidValue, TooLarge
from tables.core.registry import Table
from tests.core.tables import COMPOSITE, STRING_KEY

NOW = datetime(2026, 1, 31, 9, 30, 0, 123_999, tzinfo=UTC)
TIME = {"S": "2026-01-31T09:30:00.123Z"}
DOE = {"S": "doe, jane"}
STAMPED = Table("T", "real-strings", "T")
PLAIN = Table("T", "real-strings", "T", audit_attributes=False)


def test_times_are_utc_with_milliseconds_as_javascript_writes_them():
    assert timestamp(NOW) == "2026-01-31T09:30:00.123Z"
    assert timestamp(NOW.astimezone(timezone(timedelta(hours=5)))) == "2026-01-31T09:30:00.123Z"
    assert timestamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_stamps_follow_the_payload_and_one_that_was_sent_keeps_its_place():
    sent = {"z": {"S": "1"}, "createdBy": {"S": "mallory"}, "a": {"S": "2"}}
    stamped = stamped_new(sent, "doe, jane", NOW)
    assert list(stamped) == [
        "z",
        "createdBy",
        "a",
        "created",
        "lastUpdatedBy",
        "lastUpdatedDateTime",
    ]
    assert (stamped["createdBy"], stamped["created"]) == (DOE, TIME)
    assert list(stamped_new({"id": {"S": "1"}}, "doe, jane", NOW)) == [
        *("id", "created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime")
    ]


def test_a_key_attribute_with_the_name_of_a_stamp_stays_what_was_sent():
    by_time = TableDescription("t", KeyAttribute("id", "S"), KeyAttribute("created", "S"))
    sent = {"id": {"S": "1"}, "created": {"S": "yesterday"}}
    assert admit_new(sent, STAMPED, by_time, "doe, jane", NOW) == {
        **sent,
        "createdBy": DOE,
        "lastUpdatedBy": DOE,
        "lastUpdatedDateTime": TIME,
    }


def test_a_change_keeps_who_created_whatever_is_sent():
    stored = {"id": {"S": "1"}, "created": {"S": "then"}, "createdBy": {"S": "first"}}
    sent = {"id": {"S": "1"}, "created": {"S": "forged"}, "lastUpdatedBy": {"S": "forged"}}
    assert stamped_change(sent, stored, "doe, jane", NOW) == {
        **stored,
        "lastUpdatedBy": DOE,
        "lastUpdatedDateTime": TIME,
    }
    assert "created" not in stamped_change(sent, {"id": {"S": "1"}}, "doe, jane", NOW)


def test_a_new_item_is_stamped_where_the_table_keeps_stamps():
    item = {"id": {"S": "1"}}
    assert admit_new(item, PLAIN, STRING_KEY, "doe, jane", NOW) == item
    assert admit_new(item, STAMPED, STRING_KEY, "doe, jane", NOW) == {
        **item,
        "created": TIME,
        "createdBy": DOE,
        "lastUpdatedBy": DOE,
        "lastUpdatedDateTime": TIME,
    }


@pytest.mark.parametrize(
    ("item", "error", "message"),
    [
        ({}, InvalidValue, "'country' is missing"),
        ({"country": {"S": "a"}, "name": {"N": "1"}}, InvalidValue, "'name' must be a string"),
        (
            {"country": {"S": "a"}, "name": {"S": "b"}, "people": {"S": "many"}},
            InvalidValue,
            "'people' must be a number",
        ),
        (
            {"country": {"S": "a"}, "name": {"S": "b"}, "x": {"S": "x" * 409_600}},
            TooLarge,
            "DynamoDB holds at most 409600",
        ),
        ({"country": {"S": "a"}, "name": {"S": "b"}, "n": {"S": ""}}, InvalidValue, "/n: "),
    ],
)
def test_what_dynamodb_or_the_schema_would_refuse_is_refused_before_the_write(item, error, message):
    table = Table("T", "real-cities", "T", schema={"properties": {"n": {"type": "integer"}}})
    with pytest.raises(error, match=message):
        admit_new(item, table, COMPOSITE, "doe, jane", NOW)


def test_an_item_never_changes_its_key():
    stored = {"id": {"S": "1"}}
    with pytest.raises(InvalidValue, match="key of an item can't be changed"):
        admit_change({"id": {"S": "2"}}, stored, PLAIN, STRING_KEY, "doe, jane", NOW)
    changed = {"id": {"S": "1"}, "a": {"S": "x"}}
    assert admit_change(changed, stored, PLAIN, STRING_KEY, "doe, jane", NOW) == changed


def test_a_strict_schema_does_not_trip_over_our_own_stamps():
    strict = {"additionalProperties": False, "properties": {"id": {}}}
    table = Table("T", "real-strings", "T", schema=strict)
    assert admit_new({"id": {"S": "1"}}, table, STRING_KEY, "doe, jane", NOW)
    with pytest.raises(InvalidValue, match="'other' was unexpected"):
        admit_new({"id": {"S": "1"}, "other": {"S": ""}}, table, STRING_KEY, "doe, jane", NOW)


def test_a_schema_judges_the_stamps_that_it_names():
    never = {"properties": {"createdBy": {"const": "somebody else"}}}
    table = Table("T", "real-strings", "T", schema=never)
    with pytest.raises(InvalidValue, match="/createdBy"):
        admit_new({"id": {"S": "1"}}, table, STRING_KEY, "doe, jane", NOW)


def test_a_projection_always_brings_the_keys():
    assert needed_fields((), COMPOSITE, None) == ()
    assert needed_fields((("note", "x"),), COMPOSITE, None) == (
        ("note", "x"),
        ("country",),
        ("name",),
    )
    assert needed_fields((("name",), ("people",)), COMPOSITE, "by-zone-people") == (
        *(("name",), ("people",), ("country",), ("zone",)),
    )
    # A path inside a key attribute would overlap with the key itself.
    assert needed_fields((("name", "x"),), COMPOSITE, None) == (("country",), ("name",))
