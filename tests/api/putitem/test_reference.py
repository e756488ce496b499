"""The two request/response pairs of the API's own description, with their JSON repaired."""

import json

import pytest

RILEY = {"time": {"N": "300"}, "user": {"S": "Riley"}}


@pytest.fixture
def surprised(staff):
    staff("PutItem", TableName="comp5", Item={**RILEY, "feeling": {"S": "surprised"}})
    return staff


def test_the_sample_request_gets_the_sample_response(surprised):
    """The sample lacks the comma after `Expected`."""
    body = b"""{"TableName":"comp5",
        "Item":
            {"time":{"N":"300"},
            "feeling":{"S":"not surprised"},
            "user":{"S":"Riley"}
            },
        "Expected":
            {"feeling":{"Value":{"S":"surprised"},"Exists":true}},
        "ReturnValues":"ALL_OLD"
    }"""
    headers = surprised.headers("PutItem", body, path="/")
    answer = surprised.send("PutItem", None, path="/", body=body, headers=headers)
    assert answer.status_code == 200
    assert json.loads(answer.content) == {
        "Attributes": {
            "feeling": {"S": "surprised"},
            "time": {"N": "300"},
            "user": {"S": "Riley"},
        },
        "ConsumedCapacityUnits": 1,
    }
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["x-amzn-RequestId"]


def test_the_syntax_example_gives_back_sets_and_strings(staff):
    """Its response lacks a comma and shows sets as single strings: they are lists."""
    stored = {
        **RILEY,
        "AttributeName3": {"S": "AttributeValue3"},
        "AttributeName2": {"SS": ["AttributeValue2"]},
        "AttributeName1": {"SS": ["AttributeValue1"]},
    }
    staff("PutItem", TableName="comp5", Item=stored)
    answer = staff(
        "PutItem",
        TableName="comp5",
        Item={
            **RILEY,
            "AttributeName1": {"S": "AttributeValue1"},
            "AttributeName2": {"N": "2"},
            "AttributeName5": {"B": "dmFsdWU="},
        },
        Expected={"AttributeName3": {"Value": {"S": "AttributeValue3"}, "Exists": True}},
        ReturnValues="ALL_OLD",
    )
    assert answer.json() == {"Attributes": stored, "ConsumedCapacityUnits": 1}


def test_no_replacement_by_a_put_that_expects_no_key(surprised):
    answer = surprised(
        "PutItem",
        TableName="comp5",
        Item={**RILEY, "feeling": {"S": "new"}},
        Expected={"user": {"Exists": False}, "time": {"Exists": False}},
    )
    assert answer.json()["__type"].endswith("#ConditionalCheckFailedException")


def test_a_value_alone_implies_that_the_attribute_exists(surprised):
    answer = surprised(
        "PutItem",
        TableName="comp5",
        Item={**RILEY, "feeling": {"S": "calm"}},
        Expected={"feeling": {"Value": {"S": "surprised"}}},
    )
    assert answer.status_code == 200
