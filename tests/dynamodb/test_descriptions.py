"""Table descriptions: learnt once, kept for a while."""

import pytest

from tables.core.errors import Refused
from tables.dynamodb import descriptions
from tables.dynamodb.descriptions import describe_table, forget_descriptions, list_tables
from tests.dynamodb.stub import refusal
from tests.tables import create_table

ANSWER = {
    "Table": {
        "TableName": "t",
        "ItemCount": 5,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
}
TTL = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}}


def test_keys_and_indexes_are_learnt_from_the_engine(cities):
    assert cities.name == "cities"
    assert cities.key_names == ("country", "name")
    assert cities.declared_types() == {"country": "S", "name": "S", "zone": "S", "people": "N"}
    by_zone, by_people = sorted(cities.indexes, key=lambda index: index.name)
    assert (by_zone.name, by_zone.projected, by_zone.sort_key) == ("by-zone", None, None)
    assert by_people.projected == {"country", "name", "zone", "people"}
    assert cities.read_at is not None
    assert cities.status == "ACTIVE"


def test_a_description_is_asked_for_once(script):
    script.will_answer(ANSWER, TTL)
    first = describe_table("t")
    assert (first.item_count, first.ttl_attribute) == (5, "expires")
    assert describe_table("t") is first
    assert [operation for operation, _ in script.requests] == [
        *("DescribeTable", "DescribeTimeToLive")
    ]


def test_a_description_is_asked_for_again_when_it_is_old_or_forgotten(script, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(descriptions.time, "monotonic", lambda: now[0])
    script.will_answer(ANSWER, TTL, ANSWER, TTL, ANSWER, TTL)
    describe_table("t")
    now[0] += descriptions.KEPT_SECONDS - 1
    describe_table("t")
    assert len(script.requests) == 2
    now[0] += 1
    describe_table("t")
    assert len(script.requests) == 4
    forget_descriptions()
    describe_table("t")
    assert len(script.requests) == 6


def test_a_role_that_may_not_ask_for_the_ttl_still_learns_the_rest(script):
    script.will_answer(ANSWER, refusal("AccessDeniedException"))
    assert describe_table("t").ttl_attribute is None


def test_a_failure_is_not_kept(script):
    script.will_answer(refusal("ResourceNotFoundException"), ANSWER, TTL)
    with pytest.raises(Refused):
        describe_table("t")
    assert describe_table("t").key_names == ("id",)


def test_every_table_is_listed_over_all_pages(script):
    script.will_answer(
        {"TableNames": ["one", "two"], "LastEvaluatedTableName": "two"}, {"TableNames": ["six"]}
    )
    assert list_tables() == ["one", "two", "six"]
    assert script.requests[1][1] == {"ExclusiveStartTableName": "two"}


def test_tables_are_listed_on_an_engine(engine):
    create_table("one")
    create_table("two")
    assert sorted(list_tables()) == ["one", "two"]
