"""Members that are null, empty or of another type, and members that answers leave out."""

import pytest

from tables.dynamodb.client import call

ITEM = {"user": {"S": "Riley"}, "time": {"N": "300"}, "feeling": {"S": "surprised"}}
KEY = {"HashKeyElement": {"S": "Riley"}, "RangeKeyElement": {"N": "300"}}
PUT_FEELING = {"feeling": {"Value": {"S": "calm"}}}
HASH = {"HashKeyValue": {"S": "Riley"}}


def refused(answer):
    """The message of a ValidationException."""
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert body["__type"] == "com.amazonaws.dynamodb.v20111205#ValidationException"
    return body["message"]


@pytest.fixture
def riley(staff):
    staff("PutItem", TableName="comp5", Item=ITEM)
    return staff


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("PutItem", {"Item": {**ITEM, "": {"S": "x"}}}),
        ("PutItem", {"Item": ITEM, "Expected": {"": {"Exists": False}}}),
        ("UpdateItem", {"Key": KEY, "AttributeUpdates": {"": {"Value": {"S": "x"}}}}),
        ("Scan", {"ScanFilter": {"": {"ComparisonOperator": "NULL"}}}),
        ("GetItem", {"Key": KEY, "AttributesToGet": [""]}),
    ],
)
def test_an_attribute_has_a_name(riley, operation, members):
    refused(riley(operation, TableName="comp5", **members))
    assert riley("GetItem", TableName="comp5", Key=KEY).json()["Item"] == ITEM


@pytest.mark.parametrize("wanted", ["", "all_old", "ALL_NEW", False, 0, [], {}])
@pytest.mark.parametrize(
    ("operation", "members"), [("PutItem", {"Item": ITEM}), ("DeleteItem", {"Key": KEY})]
)
def test_return_values_of_a_put_and_a_delete_are_one_of_two_words(
    riley, operation, members, wanted
):
    answer = riley(operation, TableName="comp5", ReturnValues=wanted, **members)
    assert refused(answer) == "ReturnValues takes NONE, ALL_OLD here."


@pytest.mark.parametrize("wanted", ["", "all_old", False, 0, [], {}])
def test_return_values_of_an_update_are_one_of_five_words(riley, wanted):
    members = {"Key": KEY, "AttributeUpdates": PUT_FEELING}
    refused(riley("UpdateItem", TableName="comp5", ReturnValues=wanted, **members))


@pytest.mark.parametrize("changes", [[], "", 0, False])
def test_attribute_updates_and_scan_filters_are_objects(riley, changes):
    update = riley("UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates=changes)
    assert refused(update) == "AttributeUpdates must be an object."
    scan = riley("Scan", TableName="comp5", ScanFilter=changes)
    assert refused(scan) == "ScanFilter must be an object."


@pytest.mark.parametrize(
    ("operation", "members", "optional"),
    [
        ("PutItem", {"Item": ITEM}, ("Expected", "ReturnValues")),
        ("GetItem", {"Key": KEY}, ("AttributesToGet", "ConsistentRead")),
        ("DeleteItem", {"Key": KEY}, ("Expected", "ReturnValues")),
        (
            "UpdateItem",
            {"Key": KEY},
            ("AttributeUpdates", "Expected", "ReturnValues"),
        ),
        (
            "Query",
            HASH,
            (
                *("AttributesToGet", "ConsistentRead", "Count", "ExclusiveStartKey", "Limit"),
                *("RangeKeyCondition", "ScanIndexForward"),
            ),
        ),
        ("Scan", {}, ("AttributesToGet", "Count", "ExclusiveStartKey", "Limit", "ScanFilter")),
        ("ListTables", {}, ("ExclusiveStartTableName", "Limit")),
    ],
)
def test_an_optional_member_that_is_null_is_absent(riley, operation, members, optional):
    absent = riley(operation, TableName="comp5", **members, **dict.fromkeys(optional))
    assert absent.status_code == 200, absent.content


def test_a_query_of_an_impossible_partition_key_is_refused(riley):
    message = refused(riley("Query", TableName="comp5", HashKeyValue={"N": "1"}))
    assert message == "The key attribute 'user' must be a string, not a number."
    message = refused(riley("Query", TableName="comp5", HashKeyValue={"S": "x" * 2049}))
    assert message == "The key attribute 'user' is 2049 bytes; DynamoDB takes 2048."


@pytest.mark.parametrize("operator", ["EQ", "GT", "BETWEEN"])
def test_a_range_key_condition_of_another_type_is_refused(riley, operator):
    values = [{"S": "1"}, {"S": "2"}][: 2 if operator == "BETWEEN" else 1]
    condition = {"ComparisonOperator": operator, "AttributeValueList": values}
    answer = riley("Query", TableName="comp5", RangeKeyCondition=condition, **HASH)
    assert refused(answer) == "The key attribute 'time' must be a number, not a string."


def test_the_values_of_an_update_are_at_most_64_kb(riley):
    halves = {name: {"Value": {"S": "a" * 32768}} for name in ("x", "y")}
    answer = riley("UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates=halves)
    assert (
        refused(answer)
        == "The item is 65538 bytes; DynamoDB holds at most 65536 bytes in one item."
    )


def test_a_list_of_tables_starts_after_a_name(riley):
    refused(riley("ListTables", ExclusiveStartTableName=5))


def test_capacity_units_are_whole_where_they_can_be(riley):
    put = riley("PutItem", TableName="comp5", Item=ITEM)
    assert put.content == b'{"ConsumedCapacityUnits":1}'
    counted = riley("Query", TableName="comp5", Count=True, **HASH)
    assert counted.content.endswith(b'"ConsumedCapacityUnits":1}')


def test_an_answer_without_attributes_to_show_has_no_such_member(riley):
    removal = {"nothing": {"Action": "DELETE"}}
    for wanted in ("UPDATED_OLD", "UPDATED_NEW"):
        answer = riley(
            "UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates=removal, ReturnValues=wanted
        )
        assert answer.json().keys() == {"ConsumedCapacityUnits"}


def test_only_what_would_be_given_back_must_be_of_that_time(staff):
    call("PutItem", TableName="real-comp5", Item={**ITEM, "nested": {"M": {}}})
    update = {"TableName": "comp5", "Key": KEY, "AttributeUpdates": PUT_FEELING}
    answer = staff("UpdateItem", ReturnValues="UPDATED_OLD", **update)
    assert answer.json()["Attributes"] == {"feeling": {"S": "surprised"}}
    assert "'nested'" in refused(staff("UpdateItem", ReturnValues="ALL_OLD", **update))


@pytest.fixture
def without_stamps(staff, settings, tmp_path):
    """The same table, as one that keeps no audit stamps."""
    settings.TABLES_FILE = tmp_path / "unstamped.toml"
    settings.TABLES_FILE.write_text(
        'superuser_groups = ["staff"]\n[comp5]\ntable = "real-comp5"\naudit_attributes = false\n'
    )
    return staff


def test_where_no_stamps_are_kept_their_names_are_names_like_any(without_stamps):
    item = {**ITEM, "created": {"S": "by the client"}, "lastUpdatedBy": {"N": "1"}}
    without_stamps("PutItem", TableName="comp5", Item=item)
    assert without_stamps("GetItem", TableName="comp5", Key=KEY).json()["Item"] == item
    assert without_stamps("Scan", TableName="comp5").json()["Items"] == [item]
    put = without_stamps("PutItem", TableName="comp5", Item=ITEM, ReturnValues="ALL_OLD")
    assert put.json()["Attributes"] == item
    removal = {"created": {"Action": "DELETE"}}
    absent = {**KEY, "RangeKeyElement": {"N": "1"}}
    without_stamps("UpdateItem", TableName="comp5", Key=absent, AttributeUpdates=removal)
    assert "Item" not in without_stamps("GetItem", TableName="comp5", Key=absent).json()


def test_whether_there_is_an_item_to_delete_from_is_decided_by_the_write(riley, calls):
    absent = {**KEY, "RangeKeyElement": {"N": "1"}}
    for name in ("feeling", "createdBy"):
        calls.clear()
        answer = riley(
            "UpdateItem",
            TableName="comp5",
            Key=absent,
            AttributeUpdates={name: {"Action": "DELETE"}},
        )
        assert answer.content == b'{"ConsumedCapacityUnits":1}'
        assert calls[0] == "UpdateItem"
    assert "Item" not in riley("GetItem", TableName="comp5", Key=absent).json()


def test_what_is_expected_of_an_absent_item_counts_for_a_delete_alone_too(riley):
    absent = {**KEY, "RangeKeyElement": {"N": "1"}}
    removal = {"TableName": "comp5", "Key": absent, "AttributeUpdates": {"x": {"Action": "DELETE"}}}
    assert riley("UpdateItem", Expected={"x": {"Exists": False}}, **removal).status_code == 200
    failed = riley("UpdateItem", Expected={"x": {"Value": {"S": "1"}}}, **removal)
    assert failed.json()["__type"].endswith("#ConditionalCheckFailedException")


@pytest.mark.parametrize(
    ("operation", "members"),
    [("GetItem", {"Key": KEY}), ("Query", HASH), ("Scan", {})],
)
def test_an_attribute_is_asked_for_once(riley, operation, members):
    names = ["feeling", "time", "feeling"]
    answer = riley(operation, TableName="comp5", AttributesToGet=names, **members)
    assert refused(answer) == "AttributesToGet names 'feeling' twice."


def test_an_attribute_is_asked_for_once_in_a_batch_too(riley):
    request = {"Keys": [KEY], "AttributesToGet": ["a", "a"]}
    assert "twice" in refused(riley("BatchGetItem", RequestItems={"comp5": request}))


@pytest.mark.parametrize(
    ("operator", "values", "words"),
    [
        ("IN", [{"S": "a"}, {"N": "1"}], "feeling: IN takes values of one type."),
        ("IN", [{"SS": ["a"]}], "feeling: IN takes no value of the type SS."),
        ("IN", [{"NS": ["1"]}, {"NS": ["1"]}], "feeling: IN takes no value of the type NS."),
        ("CONTAINS", [{"SS": ["a"]}], "feeling: CONTAINS takes no value of the type SS."),
        (
            "NOT_CONTAINS",
            [{"BS": ["AA=="]}],
            "feeling: NOT_CONTAINS takes no value of the type BS.",
        ),
    ],
)
def test_operators_take_what_they_took_then(riley, operator, values, words):
    condition = {"ComparisonOperator": operator, "AttributeValueList": values}
    assert refused(riley("Scan", TableName="comp5", ScanFilter={"feeling": condition})) == words


def test_in_takes_values_of_one_type(riley):
    condition = {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "1"}, {"N": "300"}]}
    found = riley("Scan", TableName="comp5", ScanFilter={"time": condition})
    assert found.json()["Count"] == 1


def sized(name, size):
    """An update that sets an attribute to a text of so many bytes."""
    return {"Key": KEY, "AttributeUpdates": {name: {"Value": {"S": "a" * size}}}}


def test_an_update_does_not_take_an_item_past_64_kb(riley):
    assert riley("UpdateItem", TableName="comp5", **sized("x", 33_000)).status_code == 200
    answer = riley("UpdateItem", TableName="comp5", **sized("y", 33_000))
    assert "may hold 65536" in refused(answer)
    assert "y" not in riley("GetItem", TableName="comp5", Key=KEY).json()["Item"]
    assert riley("UpdateItem", TableName="comp5", **sized("y", 32_000)).status_code == 200


def test_a_set_does_not_grow_an_item_past_64_kb(riley):
    riley("UpdateItem", TableName="comp5", **sized("x", 60_000))
    tags = {"Action": "ADD", "Value": {"SS": [f"{'t' * 1000}{n}" for n in range(6)]}}
    answer = riley("UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates={"tags": tags})
    assert "may hold 65536" in refused(answer)


def test_a_larger_item_of_another_door_may_count_and_shrink(riley):
    store = {**ITEM, "x": {"S": "a" * 80_000}, "n": {"N": "1"}}
    call("PutItem", TableName="real-comp5", Item=store)
    count = {"n": {"Action": "ADD", "Value": {"N": "1"}}}
    updates = [{"Key": KEY, "AttributeUpdates": count}, sized("x", 60_000), sized("x", 60_001)]
    for members in updates:
        assert riley("UpdateItem", TableName="comp5", **members).status_code == 200
    assert "may hold" in refused(riley("UpdateItem", TableName="comp5", **sized("y", 10_000)))
