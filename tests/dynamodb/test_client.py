"""The one client: raw bodies, members as they stand, retries, and the signal of every call."""

import base64

import boto3
import pytest

import tables.dynamodb.client as client_module
from tables.core.errors import InvalidRequest, Refused, TablesError, Throttled, Unavailable
from tables.core.operations import Put
from tables.dynamodb.client import call, called, client
from tables.dynamodb.reads import get_item
from tables.dynamodb.writes import transact, write
from tests.dynamodb.stub import Answer, refusal

ALL_TYPES = {
    "id": {"S": "a"},
    "number": {"N": "12345678901234567890123456789012345678"},
    "binary": {"B": base64.b64encode(bytes(range(256))).decode()},
    "no binary": {"B": ""},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "texts": {"SS": ["x"]},
    "numbers": {"NS": ["1.5"]},
    "binaries": {"BS": ["AAE="]},
    "list": {"L": [{"B": "AA=="}, {"M": {"deep": {"BS": ["/w=="]}}}]},
    "map": {"M": {"": {"S": ""}, "a.b": {"B": "AAAA"}}},
}


def test_every_type_comes_back_as_it_was_written(things):
    item = {**ALL_TYPES, "map": {"M": {"a.b": {"B": "AAAA"}}}}
    write(Put("things", item))
    assert get_item("things", {"id": {"S": "a"}}).item == item


def test_bodies_reach_us_before_botocore_parses_them(things):
    write(Put("things", {"id": {"S": "a"}, "b": {"B": "AAE="}}))
    # botocore's parser would have made bytes of it: the hook is not called any more.
    assert call("GetItem", TableName="things", Key={"id": {"S": "a"}})["Item"]["b"] == {"B": "AAE="}
    response = client().get_item(TableName="things", Key={"id": {"S": "a"}})
    assert "Item" not in response
    assert response["RawBody"].startswith(b"{")


def test_what_dynamodb_sent_is_taken_digit_by_digit(script):
    script.will_answer({"Item": ALL_TYPES})
    assert get_item("t", {"id": {"S": "a"}}).item == ALL_TYPES


def test_binary_goes_out_once_encoded_wherever_it_stands(script):
    script.will_answer({"Items": []})
    call(
        "UpdateItem",
        TableName="t",
        Key={"id": {"B": "AAE="}},
        UpdateExpression="SET #0 = :0",
        ExpressionAttributeNames={"#0": "a"},
        ExpressionAttributeValues={":0": ALL_TYPES["list"]},
    )
    call("PutItem", TableName="t", Item=ALL_TYPES)
    call("Scan", TableName="t", ExclusiveStartKey={"id": {"B": "AAE="}})
    update, put, scan = (members for _, members in script.requests)
    assert update["Key"] == scan["ExclusiveStartKey"] == {"id": {"B": "AAE="}}
    assert update["ExpressionAttributeValues"] == {":0": ALL_TYPES["list"]}
    assert put["Item"] == ALL_TYPES


def test_members_go_out_as_they_stand_wherever_they_are_nested(script):
    script.will_answer({"ConsumedCapacity": []})
    puts = [
        Put("t", {**ALL_TYPES, "id": {"S": name}, "ü": {"S": "\x00\U0001f600"}}) for name in "ab"
    ]
    transact(puts)
    ((_operation, members),) = script.requests
    assert [entry["Put"]["Item"] for entry in members["TransactItems"]] == [p.item for p in puts]


def test_what_is_no_text_is_dynamodbs_to_refuse(script):
    script.will_answer(refusal("SerializationException"))
    with pytest.raises(TablesError):
        call("PutItem", TableName="t", Item={"id": {"S": "\ud800"}})
    assert script.requests == [("PutItem", {"TableName": "t", "Item": {"id": {"S": "\ud800"}}})]


@pytest.mark.parametrize(
    "failure",
    [
        refusal("ProvisionedThroughputExceededException", message="slow down"),
        refusal("ThrottlingException", message="slow down"),
        refusal("InternalServerError", status=500),
        Answer(b"", 503),
    ],
    ids=["throughput", "throttling", "internal", "empty"],
)
def test_a_passing_failure_is_tried_again(script, no_pauses, failure):
    script.will_answer(failure, failure, {"Item": {"id": {"S": "a"}}})
    assert get_item("t", {"id": {"S": "a"}}).item == {"id": {"S": "a"}}
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (
            refusal("ProvisionedThroughputExceededException", message="arn:aws:…:table/real"),
            Throttled,
        ),
        (refusal("InternalServerError", status=500, message="host 10.0.0.1"), Unavailable),
        (Answer(b"<html>", 503), Unavailable),
    ],
)
def test_a_lasting_failure_is_told_without_aws_own_words(script, no_pauses, failure, error):
    script.will_answer(failure)
    with pytest.raises(error) as caught:
        get_item("t", {"id": {"S": "a"}})
    assert len(script.requests) == 4
    assert caught.value.retry_after
    assert caught.value.retryable
    assert "arn" not in caught.value.message
    assert "10.0.0.1" not in caught.value.message


def test_a_wrong_checksum_is_tried_again(script, no_pauses):
    wrong = Answer({"Item": {"id": {"S": "bad"}}}, has_right_checksum=False)
    script.will_answer(wrong, {"Item": {"id": {"S": "good"}}})
    assert get_item("t", {"id": {"S": "a"}}).item == {"id": {"S": "good"}}


# Without this one botocore can't say where the call goes.
MEMBERS = {"BatchGetItem": {"RequestItems": {}}}


def test_a_wrong_checksum_is_never_believed(script, no_pauses):
    script.will_answer(Answer({"Item": {"id": {"S": "bad"}}}, has_right_checksum=False))
    with pytest.raises(Unavailable, match="can't be reached"):
        get_item("t", {"id": {"S": "a"}})
    assert len(script.requests) == 4


@pytest.mark.parametrize("body", [b"", b"<html>a proxy</html>", b"[]", b"null", b'"x"', b"{"])
@pytest.mark.parametrize(
    "operation",
    ["GetItem", "Query", "Scan", "BatchGetItem", "ListTables", "DescribeTable", "PutItem"],
)
def test_an_answer_that_is_no_json_is_an_unavailable_dynamodb(script, no_pauses, operation, body):
    script.will_answer(Answer(body))
    with pytest.raises(Unavailable):
        call(operation, **MEMBERS.get(operation, {}))


@pytest.mark.parametrize(
    "operation", ["Query", "Scan", "BatchGetItem", "ListTables", "DescribeTable"]
)
def test_an_answer_without_what_was_asked_for_is_an_unavailable_dynamodb(
    script, no_pauses, operation
):
    script.will_answer({})
    with pytest.raises(Unavailable, match="can't be reached"):
        call(operation, **MEMBERS.get(operation, {}))


def test_an_error_that_is_no_json_is_an_unavailable_dynamodb(script, no_pauses):
    script.will_answer(Answer(b"[]", 502), Answer(b"<html>", 502), Answer(b'{"__type": 5}', 500))
    with pytest.raises(Unavailable):
        get_item("t", {"id": {"S": "a"}})


def test_an_error_is_not_tried_again(script):
    script.will_answer(refusal("ValidationException", message="The expression is empty"))
    with pytest.raises(InvalidRequest, match="The expression is empty") as caught:
        get_item("t", {"id": {"S": "a"}})
    assert len(script.requests) == 1
    assert (caught.value.aws_code, caught.value.aws_request_id) == (
        "ValidationException",
        "REQUEST-1",
    )


def test_an_engine_that_is_not_there_is_unavailable(settings, no_pauses):
    settings.AWS_ENDPOINT_URL_DYNAMODB = "http://127.0.0.1:9"
    client.cache_clear()
    with pytest.raises(Unavailable, match="can't be reached"):
        get_item("t", {"id": {"S": "a"}})


def test_a_service_without_credentials_is_ours_to_mend(settings, monkeypatch, script):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setattr(client_module, "_session", boto3.session.Session)
    client.cache_clear()
    with pytest.raises(Refused, match="AWS refused"):
        get_item("t", {"id": {"S": "a"}})
    assert script.requests == []


def test_every_call_is_told_whatever_became_of_it(script):
    heard = []

    def listen(**event):
        heard.append(event)

    called.connect(listen)
    try:
        script.will_answer(
            {"Items": [], "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 2.5}},
            refusal("ValidationException"),
        )
        call("Scan", TableName="t")
        with pytest.raises(InvalidRequest):
            call("Scan", TableName="t")
    finally:
        called.disconnect(listen)
    ok, failed = heard
    assert (ok["operation"], ok["table"], ok["capacity"], ok["error"]) == ("Scan", "t", 2.5, None)
    assert ok["milliseconds"] > 0
    assert isinstance(failed["error"], InvalidRequest)


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem", "TransactWriteItems"])
def test_no_member_is_looked_through_for_where_a_call_goes(operation):
    fresh = boto3.session.Session().client("dynamodb", region_name="us-east-1")
    assert fresh.meta.service_model.operation_model(operation).operation_context_parameters
    ours = client().meta.service_model.operation_model(operation)
    assert not ours.operation_context_parameters


def test_there_is_one_client_with_a_connection_for_every_thread():
    assert client() is client()
    assert client().meta.config.max_pool_connections >= 8 * 2
