"""Unmodified boto 2.49, layer1 and layer2, against this server."""

import pytest
from boto.dynamodb.batch import BatchList
from boto.dynamodb.condition import BEGINS_WITH, CONTAINS
from boto.dynamodb.exceptions import (
    DynamoDBConditionalCheckFailedError,
    DynamoDBKeyNotFoundError,
    DynamoDBResponseError,
    DynamoDBValidationError,
)
from boto.dynamodb.layer2 import Layer2

# It leaves its sockets to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ITEM = {"user": {"S": "Riley"}, "time": {"N": "300"}, "feeling": {"S": "surprised"}}
KEY = {"HashKeyElement": {"S": "Riley"}, "RangeKeyElement": {"N": "300"}}


@pytest.fixture
def layer1(tables, old_sdk):
    return old_sdk()


@pytest.fixture
def threads(tables, old_sdk):
    layer2 = old_sdk(Layer2)
    table = layer2.get_table("Threads")
    for number in range(5):
        attributes = {"replies": number, "tags": {"all", "odd" if number % 2 else "even"}}
        table.new_item("DynamoDB", f"Subject {number}", attributes).put()
    return table


def test_layer1_puts_with_expected_and_gets_the_old_item(layer1):
    layer1.put_item("comp5", ITEM)
    answer = layer1.put_item(
        "comp5",
        {**ITEM, "feeling": {"S": "not surprised"}},
        expected={"feeling": {"Value": {"S": "surprised"}, "Exists": True}},
        return_values="ALL_OLD",
    )
    assert answer == {"Attributes": ITEM, "ConsumedCapacityUnits": 1}


def test_layer1_raises_its_own_exception_for_a_failed_condition(layer1):
    layer1.put_item("comp5", ITEM)
    with pytest.raises(DynamoDBConditionalCheckFailedError):
        layer1.put_item("comp5", ITEM, expected={"feeling": {"Value": {"S": "bored"}}})
    with pytest.raises(DynamoDBConditionalCheckFailedError):
        layer1.delete_item("comp5", KEY, expected={"feeling": {"Value": {"S": "bored"}}})
    assert layer1.get_item("comp5", KEY, consistent_read=True)["Item"] == ITEM


def test_layer1_raises_its_own_exception_for_a_value_of_a_newer_type(layer1):
    with pytest.raises(DynamoDBValidationError, match="NULL"):
        layer1.put_item("comp5", {**ITEM, "x": {"NULL": True}})


def test_layer1_reads_an_absent_item_as_key_not_found(layer1):
    with pytest.raises(DynamoDBKeyNotFoundError):
        layer1.get_item("comp5", KEY)


def test_layer1_adds_to_a_set(layer1):
    layer1.put_item("comp5", {**ITEM, "tags": {"SS": ["a"]}})
    answer = layer1.update_item(
        "comp5",
        KEY,
        {"tags": {"Action": "ADD", "Value": {"SS": ["b"]}}},
        return_values="ALL_NEW",
    )
    assert sorted(answer["Attributes"]["tags"]["SS"]) == ["a", "b"]


def test_layer1_is_told_what_it_may_not_do(layer1):
    with pytest.raises(DynamoDBResponseError, match="ResourceNotFoundException"):
        layer1.get_item("Hidden", {"HashKeyElement": {"S": "1"}})
    with pytest.raises(DynamoDBResponseError, match="AccessDeniedException"):
        layer1.delete_table("comp5")


def test_layer1_lists_tables(layer1):
    assert layer1.list_tables()["TableNames"] == ["Checked", "Threads", "comp5"]


def test_layer2_gets_updates_and_deletes_an_item(threads):
    item = threads.get_item("DynamoDB", "Subject 1", consistent_read=True)
    assert item["replies"] == 1
    assert item["tags"] == {"all", "odd"}
    item.add_attribute("replies", 5)
    item.add_attribute("tags", {"new"})
    item.save()
    again = threads.get_item("DynamoDB", "Subject 1")
    assert again["replies"] == 6
    assert again["tags"] == {"all", "odd", "new"}
    again.delete(expected_value={"replies": 6})
    with pytest.raises(DynamoDBKeyNotFoundError):
        threads.get_item("DynamoDB", "Subject 1")


def test_layer2_queries_with_begins_with_in_pages(threads):
    found = threads.query("DynamoDB", range_key_condition=BEGINS_WITH("Subject"), request_limit=2)
    assert [item["subject"] for item in found] == [f"Subject {n}" for n in range(5)]


def test_layer2_scans_with_contains(threads):
    found = threads.scan(scan_filter={"tags": CONTAINS("odd")})
    assert sorted(item["subject"] for item in found) == ["Subject 1", "Subject 3"]


def test_layer2_reads_and_writes_in_batches(threads):
    layer2 = threads.layer2
    writes = layer2.new_batch_write_list()
    writes.add_batch(
        threads,
        puts=[threads.new_item("Batch", f"{n}", {"replies": n}) for n in range(3)],
        deletes=[("DynamoDB", "Subject 0")],
    )
    assert layer2.batch_write_item(writes)["UnprocessedItems"] == {}
    reads = BatchList(layer2)
    reads.add_batch(threads, [("Batch", "0"), ("Batch", "2"), ("DynamoDB", "Subject 0")])
    items = layer2.batch_get_item(reads)["Responses"]["Threads"]["Items"]
    assert sorted(item["replies"] for item in items) == [0, 2]
