"""The fixtures every service test leans on: two engines, each empty at first."""

import pytest

from tables.dynamodb.client import call
from tables.dynamodb.descriptions import list_tables


@pytest.mark.parametrize("_time", ["first", "second"])
def test_a_test_meets_an_engine_without_tables_and_may_make_some(engine, _time):
    assert list_tables() == []
    call(
        "CreateTable",
        TableName="left-behind",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert list_tables() == ["left-behind"]
