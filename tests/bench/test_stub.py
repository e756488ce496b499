"""The bench's stub engine: what it holds is held whole, whatever the page."""

import pytest

from bench import data, stub
from bench.cases import _sdk


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
