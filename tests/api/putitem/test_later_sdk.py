"""An SDK of today that is pointed at this server: it reads why it is refused."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from django.test import Client

PREFIX = "com.amazon.coral.service#"


@pytest.fixture
def sdk(live_server, transactional_db):
    client = boto3.client(
        "dynamodb",
        endpoint_url=live_server.url,
        region_name="us-east-1",
        aws_access_key_id="AKDYUNKNOWN",
        aws_secret_access_key="made up",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("list_tables", {}),
        ("get_item", {"TableName": "comp5", "Key": {"id": {"S": "1"}}}),
        ("put_item", {"TableName": "comp5", "Item": {"id": {"S": "1"}}}),
        ("execute_statement", {"Statement": "SELECT * FROM comp5"}),
    ],
)
def test_it_is_told_the_version_that_is_spoken(sdk, operation, members):
    with pytest.raises(ClientError, match="2011-12-05 alone") as raised:
        getattr(sdk, operation)(**members)
    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert raised.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("path", ["/", "/dynamodb/", "/dynamodb"])
@pytest.mark.parametrize(
    "target",
    ["DynamoDB_20120810.GetItem", "DynamoDBStreams_20120810.ListStreams", "Logs_20140328.X", "x"],
)
def test_any_other_target_is_answered_in_json_whoever_asks(path, target, calls):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, b"{}", content_type="text/plain", headers={"X-Amz-Target": target})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/x-amz-json-1.0"
    assert answer.content.startswith(b'{"__type":"%sUnknownOperationException"' % PREFIX.encode())
    assert answer["x-amz-crc32"]
    assert calls == []
