"""The bench's stub engine: what it holds is held whole, whatever the page."""

import json

import pytest

from bench import data, stub
from bench.cases import _sdk
from bench.shapes import HEAVY, SHAPES


@pytest.fixture(scope="module")
def sdk():
    with stub.running({"keys": []}) as engine:
        yield _sdk(engine.url)


def test_pages_hold_every_item_once(sdk):
    pages = sdk.get_paginator("scan").paginate(TableName=data.TABLE)
    numbers = [item["id"]["S"] for page in pages for item in page["Items"]]
    assert numbers == [f"thing-{number:06}" for number in range(10_000)]


def test_a_filter_leaves_every_second_item_and_reads_them_all(sdk):
    page = sdk.scan(TableName=data.TABLE, FilterExpression="attribute_exists(a)")
    assert (page["Count"], page["ScannedCount"]) == (500, 1000)


def test_an_item_has_about_a_kilobyte(sdk):
    item = sdk.get_item(TableName=data.TABLE, Key={"id": {"S": "thing-000007"}})["Item"]
    assert item.keys() == data.item(7).keys()
    assert 600 < len(str(data.item(7))) < 1500


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.alias for shape in SHAPES])
def test_wide_and_heavy_items_come_as_many_to_a_call_as_dynamodb_gives(sdk, shape):
    page = sdk.scan(TableName=shape.table)
    assert len(page["Items"]) == shape.page_items
    assert 0.5 < len(json.dumps(shape.item(7))) * shape.page_items / 1_000_000 < 2
    item = sdk.get_item(TableName=shape.table, Key={"id": {"S": "thing-000007"}})["Item"]
    assert item.keys() == shape.item(7).keys()


def test_a_projection_leaves_the_rest_out(sdk):
    page = sdk.scan(
        TableName=HEAVY.table,
        ProjectionExpression="id, #n",
        ExpressionAttributeNames={"#n": "name"},
        Limit=1,
    )
    assert page["Items"] == [{"id": {"S": "thing-000000"}, "name": {"S": "Thing number 0"}}]
