"""Tables of the service's tests, on every engine."""

import pytest

from tables.dynamodb.client import call, client
from tables.dynamodb.descriptions import describe_table
from tables.dynamodb.writes import batch_write_once
from tests.dynamodb.stub import Script, serve


@pytest.fixture
def script(settings):
    """A scripted engine in place of DynamoDB; retries follow each other at once."""
    script = Script()
    stop = serve(script)
    settings.AWS_ENDPOINT_URL_DYNAMODB = script.url
    client.cache_clear()
    yield script
    stop()


@pytest.fixture
def no_pauses(monkeypatch):
    """Retries follow each other at once."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def fill(table, items):
    """Put items, 25 a call, until every one is there."""
    waiting = [("PutRequest", item) for item in items]
    while waiting:
        left, _units = batch_write_once(table, waiting[:25])
        waiting = waiting[25:] + left


def create(name, keys, types, indexes=()):
    """A table from `{"p": "HASH", …}`, `{"p": "S", …}` and (name, keys, projection) of indexes."""
    members = {}
    if indexes:
        members["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": key_schema(index_keys), "Projection": projection}
            for index, index_keys, projection in indexes
        ]
    call(
        "CreateTable",
        TableName=name,
        KeySchema=key_schema(keys),
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": tag} for attribute, tag in types.items()
        ],
        BillingMode="PAY_PER_REQUEST",
        **members,
    )
    return describe_table(name)


def key_schema(keys):
    return [{"AttributeName": name, "KeyType": role} for name, role in keys.items()]


@pytest.fixture
def things(engine):
    """An empty table with a string key."""
    return create("things", {"id": "HASH"}, {"id": "S"})


@pytest.fixture
def cities(engine):
    """An empty table with two key attributes and two indexes."""
    return create(
        "cities",
        {"country": "HASH", "name": "RANGE"},
        {"country": "S", "name": "S", "zone": "S", "people": "N"},
        [
            ("by-zone", {"zone": "HASH"}, {"ProjectionType": "ALL"}),
            (
                "by-zone-people",
                {"zone": "HASH", "people": "RANGE"},
                {"ProjectionType": "KEYS_ONLY"},
            ),
        ],
    )
