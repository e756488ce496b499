import io

import pytest
from django.core.management import CommandError, call_command

from tables.core.errors import InvalidRequest
from tables.dynamodb import client
from tables.dynamodb.client import call
from tests.tables import create_table


def run():
    said, complained = io.StringIO(), io.StringIO()
    call_command("create_state_table", stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()


def test_the_command_makes_a_table_billed_on_demand_whose_records_expire(engine, settings):
    settings.STATE_TABLE = "remembered"

    assert run() == ("remembered created.\n", "")

    table = call("DescribeTable", TableName="remembered")["Table"]
    expiry = call("DescribeTimeToLive", TableName="remembered")["TimeToLiveDescription"]
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires")


def test_the_command_leaves_a_table_that_is_there(engine, settings):
    run()
    call("PutItem", TableName=settings.STATE_TABLE, Item={"id": {"S": "a"}})

    assert run() == (f"{settings.STATE_TABLE} is there.\n", "")
    assert len(call("Scan", TableName=settings.STATE_TABLE)["Items"]) == 1


def test_the_command_refuses_a_table_with_another_key(engine, settings):
    create_table(settings.STATE_TABLE, {"name": "S"})

    with pytest.raises(CommandError, match="exists with another key"):
        run()


def test_the_command_says_so_where_records_will_not_be_removed(
    dynamodb_moto, settings, monkeypatch
):
    def refuse(_name):
        raise InvalidRequest("Time to live is not supported.")

    monkeypatch.setattr("tables.management.own_tables.enable_expiry", refuse)
    said, complained = run()

    assert said == f"{settings.STATE_TABLE} created.\n"
    assert complained == (
        f"Expired records will not be removed from {settings.STATE_TABLE}: "
        "Time to live is not supported.\n"
    )


def test_two_processes_may_create_the_table_at_once(dynamodb_moto, settings, monkeypatch):
    original = client._send

    def slow(operation, members, **how):
        if operation == "CreateTable":
            original(operation, members, **how)
        return original(operation, members, **how)

    monkeypatch.setattr(client, "_send", slow)

    assert run() == (f"{settings.STATE_TABLE} is there.\n", "")


def test_an_unreachable_engine_is_told_in_words(settings):
    settings.AWS_ENDPOINT_URL_DYNAMODB = "http://127.0.0.1:9"
    client.client.cache_clear()

    with pytest.raises(CommandError, match="can't be reached"):
        run()
