"""What the 2011-12-05 door answers, operation by operation."""

import json
import re
import zlib

import pytest

from tables.dynamodb.client import call

ITEM = {"user": {"S": "Riley"}, "time": {"N": "300"}, "feeling": {"S": "surprised"}}
OTHER = {**ITEM, "feeling": {"S": "another of the same key"}}
KEY = {"HashKeyElement": {"S": "Riley"}, "RangeKeyElement": {"N": "300"}}
ERROR = "com.amazonaws.dynamodb.v20111205#"


def stored():
    item = call("GetItem", TableName="real-comp5", Key={"user": ITEM["user"], "time": ITEM["time"]})
    return {n: v for n, v in item.get("Item", {}).items() if n in ("user", "time", "feeling", "n")}


def failed(answer, name, message=None, status=400):
    assert answer.status_code == status, answer.content
    assert answer.headers["x-amzn-RequestId"]
    body = answer.json()
    assert body["__type"] == ERROR + name
    if message is not None:
        assert message in body["message"]


def test_a_conditional_put_gives_back_the_old_item(staff):
    staff("PutItem", TableName="comp5", Item=ITEM)
    new = {**ITEM, "feeling": {"S": "not surprised"}}
    answer = staff(
        "PutItem",
        TableName="comp5",
        Item=new,
        Expected={"feeling": {"Value": {"S": "surprised"}, "Exists": True}},
        ReturnValues="ALL_OLD",
    )
    assert answer.status_code == 200
    assert answer.json() == {"Attributes": ITEM, "ConsumedCapacityUnits": 1}
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-amzn-RequestId"])
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.content)
    assert stored() == new


def test_a_put_without_return_values_answers_with_capacity_only(staff):
    answer = staff("PutItem", TableName="comp5", Item=ITEM)
    assert answer.json() == {"ConsumedCapacityUnits": 1}


def test_a_put_replaces_the_whole_item(staff):
    staff("PutItem", TableName="comp5", Item={**ITEM, "n": {"N": "1"}})
    staff("PutItem", TableName="comp5", Item=ITEM)
    assert stored() == ITEM


def test_the_path_root_serves_old_clients_too(staff):
    answer = staff.send("PutItem", {"TableName": "comp5", "Item": ITEM}, path="/")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "expected",
    [
        {"feeling": {"Value": {"S": "bored"}}},
        {"feeling": {"Exists": False}},
        {"absent": {"Value": {"S": "x"}}},
        {"user": {"Exists": False}},
    ],
)
def test_a_condition_that_does_not_hold_writes_nothing(staff, expected):
    staff("PutItem", TableName="comp5", Item=ITEM)
    answer = staff(
        "PutItem",
        TableName="comp5",
        Item={**ITEM, "feeling": {"S": "new"}},
        Expected=expected,
    )
    failed(answer, "ConditionalCheckFailedException", "The conditional request failed")
    assert stored() == ITEM


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"feeling": {"Exists": True}}, "Value must be provided when Exists is true"),
        ({"feeling": {"Exists": False, "Value": {"S": "x"}}}, "Value cannot be used"),
        ({"feeling": {}}, "Value must be provided"),
        ({"feeling": {"Exists": "yes", "Value": {"S": "x"}}}, "true or false"),
        ({"feeling": {"Valu": {"S": "x"}}}, "unknown member"),
        ("feeling", "must be an object"),
    ],
)
def test_an_expected_that_means_nothing_is_a_validation_error(staff, expected, message):
    answer = staff("PutItem", TableName="comp5", Item=ITEM, Expected=expected)
    failed(answer, "ValidationException", message)
    assert stored() == {}


@pytest.mark.parametrize(
    "value",
    [
        {"S": ""},
        {"B": ""},
        {"SS": []},
        {"NS": []},
        {"SS": [""]},
        {"NULL": True},
        {"BOOL": True},
        {"L": []},
        {"M": {}},
        {"S": "a", "N": "1"},
        {"N": "abc"},
        {"N": 5},
        None,
        "text",
    ],
)
def test_values_that_api_version_refuses_are_refused(staff, value):
    failed(
        staff("PutItem", TableName="comp5", Item={**ITEM, "x": value}),
        "ValidationException",
    )
    assert stored() == {}


def test_an_item_over_64_kb_is_refused(staff):
    answer = staff("PutItem", TableName="comp5", Item={**ITEM, "x": {"S": "a" * 65536}})
    failed(answer, "ValidationException", "65536")


def test_get_item_projects_and_says_what_it_cost(staff):
    staff("PutItem", TableName="comp5", Item=ITEM)
    answer = staff(
        "GetItem",
        TableName="comp5",
        Key=KEY,
        AttributesToGet=["feeling"],
        ConsistentRead=True,
    )
    assert answer.json() == {
        "Item": {"feeling": {"S": "surprised"}},
        "ConsumedCapacityUnits": answer.json()["ConsumedCapacityUnits"],
    }


def test_an_absent_item_is_an_answer_without_one(staff):
    assert "Item" not in staff("GetItem", TableName="comp5", Key=KEY).json()


def test_old_clients_read_back_what_they_put_without_audit_stamps(staff):
    staff("PutItem", TableName="comp5", Item=ITEM)
    assert staff("GetItem", TableName="comp5", Key=KEY).json()["Item"] == ITEM
    names = ["createdBy", "lastUpdatedBy"]
    asked = staff("GetItem", TableName="comp5", Key=KEY, AttributesToGet=names)
    assert asked.json()["Item"] == {"createdBy": {"S": "staff"}, "lastUpdatedBy": {"S": "staff"}}


def test_a_forged_audit_stamp_is_overwritten(staff):
    staff("PutItem", TableName="comp5", Item={**ITEM, "createdBy": {"S": "the queen"}})
    answer = staff("GetItem", TableName="comp5", Key=KEY, AttributesToGet=["createdBy"])
    assert answer.json()["Item"] == {"createdBy": {"S": "staff"}}


@pytest.mark.parametrize("operation", ["GetItem", "Query", "Scan"])
def test_an_item_with_a_newer_type_names_the_attribute(staff, operation):
    call("PutItem", TableName="real-comp5", Item={**ITEM, "nested": {"M": {}}})
    members = {
        "GetItem": {"Key": KEY},
        "Query": {"HashKeyValue": {"S": "Riley"}},
        "Scan": {},
    }[operation]
    failed(staff(operation, TableName="comp5", **members), "ValidationException", "'nested'")
    limited = staff(operation, TableName="comp5", AttributesToGet=["feeling"], **members)
    assert limited.status_code == 200


def test_a_newer_type_that_cant_be_given_back_refuses_the_write_beforehand(staff):
    call("PutItem", TableName="real-comp5", Item={**ITEM, "nested": {"M": {}}})
    answer = staff(
        "PutItem", TableName="comp5", Item={**ITEM, "feeling": {"S": "x"}}, ReturnValues="ALL_OLD"
    )
    failed(answer, "ValidationException", "'nested'")
    assert stored() == ITEM


def test_update_item_puts_adds_and_deletes(staff):
    staff("PutItem", TableName="comp5", Item={**ITEM, "n": {"N": "1"}, "s": {"SS": ["a", "b"]}})
    answer = staff(
        "UpdateItem",
        TableName="comp5",
        Key=KEY,
        AttributeUpdates={
            "feeling": {"Value": {"S": "calm"}},
            "n": {"Action": "ADD", "Value": {"N": "2"}},
            "s": {"Action": "DELETE", "Value": {"SS": ["a"]}},
        },
        ReturnValues="ALL_NEW",
    )
    assert answer.json()["Attributes"] == {
        **ITEM,
        "feeling": {"S": "calm"},
        "n": {"N": "3"},
        "s": {"SS": ["b"]},
    }


def test_update_item_creates_with_put_and_not_with_delete(staff):
    gone = {"HashKeyElement": {"S": "nobody"}, "RangeKeyElement": {"N": "1"}}
    removal = staff(
        "UpdateItem", TableName="comp5", Key=gone, AttributeUpdates={"x": {"Action": "DELETE"}}
    )
    assert removal.status_code == 200
    assert "Item" not in staff("GetItem", TableName="comp5", Key=gone).json()
    staff("UpdateItem", TableName="comp5", Key=gone, AttributeUpdates={"x": {"Value": {"S": "1"}}})
    assert staff("GetItem", TableName="comp5", Key=gone).json()["Item"]["x"] == {"S": "1"}


@pytest.mark.parametrize(
    ("updates", "message"),
    [
        ({"feeling": {"Action": "ADD", "Value": {"N": "1"}}}, "feeling"),
        ({"feeling": {"Action": "ADD", "Value": {"S": "x"}}}, "add takes a number or a set"),
        ({"feeling": {"Action": "PUT"}}, "needs a Value"),
        ({"feeling": {"Action": "SWAP", "Value": {"S": "x"}}}, "Action takes"),
        ({"user": {"Value": {"S": "x"}}}, "key attribute"),
    ],
)
def test_an_update_that_cant_apply_writes_nothing(staff, updates, message):
    staff("PutItem", TableName="comp5", Item=ITEM)
    answer = staff("UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates=updates)
    failed(answer, "ValidationException", message)
    assert stored() == ITEM


def test_a_table_with_a_schema_checks_an_update_against_it(staff):
    key = {"HashKeyElement": {"S": "1"}}
    put = {"total": {"Value": {"N": "5"}}}
    answer = staff(
        "UpdateItem", TableName="Checked", Key=key, AttributeUpdates=put, ReturnValues="UPDATED_NEW"
    )
    assert answer.json()["Attributes"] == {"total": {"N": "5"}}
    add = {"total": {"Action": "ADD", "Value": {"N": "-6"}}}
    failed(
        staff("UpdateItem", TableName="Checked", Key=key, AttributeUpdates=add),
        "ValidationException",
        "schema",
    )
    assert staff("GetItem", TableName="Checked", Key=key).json()["Item"]["total"] == {"N": "5"}


def test_delete_item_is_conditional_and_gives_back_the_old_item(staff):
    staff("PutItem", TableName="comp5", Item=ITEM)
    wrong = staff(
        "DeleteItem", TableName="comp5", Key=KEY, Expected={"feeling": {"Value": {"S": "x"}}}
    )
    failed(wrong, "ConditionalCheckFailedException")
    answer = staff("DeleteItem", TableName="comp5", Key=KEY, ReturnValues="ALL_OLD")
    assert answer.json()["Attributes"] == ITEM
    assert stored() == {}


def threads(staff):
    for i in range(5):
        staff(
            "PutItem",
            TableName="Threads",
            Item={
                "forum": {"S": "DynamoDB"},
                "subject": {"S": f"Subject {i}"},
                "replies": {"N": str(i)},
                "tags": {"SS": ["odd" if i % 2 else "even", "all"]},
            },
        )


def test_query_walks_a_partition_in_pages(staff):
    threads(staff)
    found, start = [], {}
    for _ in range(4):
        page = staff(
            "Query",
            TableName="Threads",
            HashKeyValue={"S": "DynamoDB"},
            RangeKeyCondition={
                "AttributeValueList": [{"S": "Subject"}],
                "ComparisonOperator": "BEGINS_WITH",
            },
            Limit=2,
            ScanIndexForward=False,
            **start,
        ).json()
        found += [item["subject"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        assert page["LastEvaluatedKey"].keys() == {"HashKeyElement", "RangeKeyElement"}
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert found == [f"Subject {i}" for i in (4, 3, 2, 1, 0)]


def test_query_can_count_only(staff):
    threads(staff)
    answer = staff("Query", TableName="Threads", HashKeyValue={"S": "DynamoDB"}, Count=True).json()
    assert answer["Count"] == 5
    assert "Items" not in answer


@pytest.mark.parametrize(
    ("condition", "subjects"),
    [
        ({"tags": ("CONTAINS", [{"S": "odd"}])}, {1, 3}),
        ({"tags": ("NOT_CONTAINS", [{"S": "odd"}])}, {0, 2, 4}),
        ({"replies": ("BETWEEN", [{"N": "1"}, {"N": "2"}])}, {1, 2}),
        ({"replies": ("IN", [{"N": "1"}, {"N": "4"}])}, {1, 4}),
        ({"replies": ("NE", [{"N": "1"}])}, {0, 2, 3, 4}),
        ({"replies": ("GT", [{"N": "3"}]), "tags": ("NOT_NULL", [])}, {4}),
        ({"tags": ("NULL", [])}, set()),
    ],
)
def test_scan_filters(staff, condition, subjects):
    threads(staff)
    scan_filter = {
        name: {"ComparisonOperator": operator, "AttributeValueList": values}
        for name, (operator, values) in condition.items()
    }
    answer = staff("Scan", TableName="Threads", ScanFilter=scan_filter).json()
    assert {item["subject"]["S"] for item in answer["Items"]} == {f"Subject {i}" for i in subjects}
    assert answer["Count"] == len(subjects)
    assert answer["ScannedCount"] == 5


def test_batches_write_and_read_several_tables(staff):
    threads(staff)
    writes = staff(
        "BatchWriteItem",
        RequestItems={
            "comp5": [{"PutRequest": {"Item": ITEM}}],
            "Threads": [
                {
                    "DeleteRequest": {
                        "Key": {
                            "HashKeyElement": {"S": "DynamoDB"},
                            "RangeKeyElement": {"S": "Subject 0"},
                        }
                    }
                }
            ],
        },
    ).json()
    assert writes["UnprocessedItems"] == {}
    assert writes["Responses"].keys() == {"comp5", "Threads"}
    keys = [
        {"HashKeyElement": {"S": "DynamoDB"}, "RangeKeyElement": {"S": f"Subject {i}"}}
        for i in range(2)
    ]
    reads = staff(
        "BatchGetItem",
        RequestItems={
            "comp5": {"Keys": [KEY]},
            "Threads": {"Keys": keys, "AttributesToGet": ["replies"]},
        },
    ).json()
    assert reads["Responses"]["comp5"]["Items"] == [ITEM]
    assert reads["Responses"]["Threads"]["Items"] == [{"replies": {"N": "1"}}]
    assert reads["UnprocessedKeys"] == {}


@pytest.mark.parametrize(
    ("operation", "requests"),
    [
        ("BatchGetItem", {"comp5": {"Keys": [KEY, KEY]}}),
        ("BatchGetItem", {"comp5": {"Keys": [KEY] * 101}}),
        ("BatchGetItem", {}),
        ("BatchWriteItem", {"comp5": [{"PutRequest": {"Item": ITEM}}] * 2}),
        ("BatchWriteItem", {"comp5": [{"PutRequest": {"Item": each}} for each in (ITEM, OTHER)]}),
        ("BatchWriteItem", {"comp5": [{"PutRequest": {"Item": ITEM}}] * 26}),
        ("BatchWriteItem", {"comp5": []}),
        ("BatchWriteItem", {"comp5": [{"Put": {}}]}),
    ],
)
def test_a_batch_over_its_limits_writes_nothing(staff, operation, requests):
    failed(staff(operation, RequestItems=requests), "ValidationException")
    assert stored() == {}


def test_tables_are_listed_and_described_under_their_aliases(staff):
    assert staff("ListTables").json() == {"TableNames": ["Checked", "Threads", "comp5"]}
    page = staff("ListTables", Limit=1).json()
    assert page == {"TableNames": ["Checked"], "LastEvaluatedTableName": "Checked"}
    table = staff("DescribeTable", TableName="comp5").json()["Table"]
    assert table["TableName"] == "comp5"
    assert table["KeySchema"] == {
        "HashKeyElement": {"AttributeName": "user", "AttributeType": "S"},
        "RangeKeyElement": {"AttributeName": "time", "AttributeType": "N"},
    }
    assert table["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize("name", ["real-comp5", "Comp5", "nope", "Hidden", "../comp5", ""])
def test_only_a_viewable_alias_is_a_table(staff, name):
    failed(staff("GetItem", TableName=name, Key=KEY), "ResourceNotFoundException")


@pytest.mark.parametrize("operation", ["CreateTable", "DeleteTable", "UpdateTable"])
def test_tables_are_neither_made_nor_deleted_here(staff, operation):
    failed(staff(operation, TableName="comp5"), "AccessDeniedException")


def test_an_unknown_operation_says_so(staff):
    failed(staff("Nonsense"), "UnknownOperationException")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"[" * 50_000, b'{"a":1,"a":2}', b"\xff"]
)
def test_a_body_that_is_no_object_is_a_serialization_error(staff, body):
    failed(staff.send("PutItem", None, body=body), "SerializationException")


def test_a_body_in_an_encoding_that_is_not_read_is_a_serialization_error(staff):
    headers = staff.headers("ListTables", b"{}", **{"Content-Encoding": "br"})
    answer = staff.send("ListTables", None, body=b"{}", headers=headers)
    failed(answer, "SerializationException", "Content-Encoding")


@pytest.mark.parametrize(
    ("group", "operation", "members", "name"),
    [
        ("readers", "PutItem", {"Item": ITEM}, "AccessDeniedException"),
        ("readers", "UpdateItem", {"Key": KEY}, "AccessDeniedException"),
        ("readers", "DeleteItem", {"Key": KEY}, "AccessDeniedException"),
        ("adders", "DeleteItem", {"Key": KEY}, "AccessDeniedException"),
        ("nobodies", "GetItem", {"Key": KEY}, "ResourceNotFoundException"),
    ],
)
def test_rights_are_the_users(signed_as, tables, group, operation, members, name):
    failed(signed_as(group)(operation, TableName="comp5", **members), name)
    assert stored() == {}


def test_who_may_only_add_overwrites_nothing(signed_as, tables):
    adder = signed_as("adders")
    assert adder("PutItem", TableName="comp5", Item=ITEM).status_code == 200
    again = adder("PutItem", TableName="comp5", Item={**ITEM, "feeling": {"S": "x"}})
    failed(again, "AccessDeniedException")
    assert stored() == ITEM


def test_who_may_only_change_creates_nothing(signed_as, tables):
    changer = signed_as("changers")
    updates = {"feeling": {"Value": {"S": "x"}}}
    answer = changer("UpdateItem", TableName="comp5", Key=KEY, AttributeUpdates=updates)
    failed(answer, "AccessDeniedException")
    assert stored() == {}


def test_read_only_refuses_every_write(staff, settings):
    settings.READ_ONLY = True
    failed(staff("PutItem", TableName="comp5", Item=ITEM), "AccessDeniedException", "read-only")
    assert staff("GetItem", TableName="comp5", Key=KEY).status_code == 200


def test_numbers_keep_38_digits(staff):
    digits = "12345678901234567890123456789012345678"
    staff("PutItem", TableName="comp5", Item={**ITEM, "n": {"N": digits}})
    assert json.loads(staff("GetItem", TableName="comp5", Key=KEY).content)["Item"]["n"] == {
        "N": digits
    }


def test_too_many_requests_are_throttled_in_words_that_old_clients_retry(staff, settings):
    settings.THROTTLE_READ = "2/min"
    for _ in range(2):
        assert staff("ListTables").status_code == 200
    answer = staff("ListTables")
    failed(answer, "ProvisionedThroughputExceededException")
    assert int(answer.headers["Retry-After"]) > 0
