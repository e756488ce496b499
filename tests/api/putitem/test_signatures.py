"""Who gets through the 2011-12-05 door, and what the others read."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tables.access import access_keys
from tables.api.putitem.signature_v4 import SignatureError, parse_authorization
from tables.models import AccessKey

ITEM = {"user": {"S": "Riley"}, "time": {"N": "300"}}
BODY = json.dumps({"TableName": "comp5", "Item": ITEM}).encode()
ERROR = "com.amazonaws.dynamodb.v20111205#"


@pytest.fixture
def no_calls(calls):
    """No DynamoDB call may be made."""
    yield
    assert calls == []


def refused(answer, name, status=400):
    assert answer.status_code == status, answer.content
    assert answer.json()["__type"] == ERROR + name


@pytest.fixture
def key(staff):
    return AccessKey.objects.get(access_key_id=staff.key_id)


def test_a_right_signature_gets_through(staff):
    assert staff.send("PutItem", None, body=BODY).status_code == 200


def test_a_changed_body_is_refused(staff, no_calls):
    headers = staff.headers("PutItem", BODY)
    answer = staff.send("PutItem", None, body=BODY.replace(b"Riley", b"Mallory"), headers=headers)
    refused(answer, "InvalidSignatureException")


@pytest.mark.parametrize("name", ["X-Amz-Target", "X-Amz-Date", "Host"])
def test_a_changed_signed_header_is_refused(staff, no_calls, name):
    headers = staff.headers("GetItem", BODY)
    now = datetime.now(UTC) + timedelta(seconds=5)
    changed = {
        "X-Amz-Target": "DynamoDB_20111205.PutItem",
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "Host": "localhost",
    }
    answer = staff.send("PutItem", None, body=BODY, headers={**headers, name: changed[name]})
    refused(answer, "InvalidSignatureException")


def test_an_amazon_header_that_was_not_signed_is_refused(staff, no_calls):
    headers = staff.headers("PutItem", BODY)
    answer = staff.send("PutItem", None, body=BODY, headers={**headers, "X-Amz-Extra": "1"})
    refused(answer, "InvalidSignatureException")


def test_another_path_than_the_signed_one_is_refused(staff, no_calls):
    headers = staff.headers("PutItem", BODY, path="/")
    refused(
        staff.send("PutItem", None, body=BODY, headers=headers, path="/dynamodb/"),
        "InvalidSignatureException",
    )


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_off_by_more_than_five_minutes_is_refused(staff, no_calls, minutes):
    headers = staff.headers("PutItem", BODY)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        refused(
            staff.send("PutItem", None, body=BODY, headers=headers), "InvalidSignatureException"
        )


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_off_by_less_is_fine(staff, minutes):
    headers = staff.headers("PutItem", BODY)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        assert staff.send("PutItem", None, body=BODY, headers=headers).status_code == 200


def test_a_revoked_key_is_refused_at_once(staff, key, no_calls):
    access_keys.revoke(key)
    refused(staff.send("PutItem", None, body=BODY), "UnrecognizedClientException")


def test_a_deactivated_users_key_is_refused(staff, key, no_calls):
    key.user.is_active = False
    key.user.save()
    refused(staff.send("PutItem", None, body=BODY), "UnrecognizedClientException")


def test_an_unknown_key_is_refused(staff, no_calls):
    staff.key_id = "AKDYAAAAAAAAAAAAAAAA"
    refused(staff.send("PutItem", None, body=BODY), "UnrecognizedClientException")


def test_a_wrong_secret_is_refused(staff, no_calls):
    staff.secret = "x" * 40
    refused(staff.send("PutItem", None, body=BODY), "InvalidSignatureException")


def test_a_table_the_user_may_not_see_is_not_found(staff, no_calls):
    members = {"TableName": "Hidden", "Key": {"HashKeyElement": {"S": "1"}}}
    refused(staff.send("GetItem", members), "ResourceNotFoundException")


def test_groups_are_those_of_the_last_sign_in(staff, key, no_calls):
    key.user.groups.clear()
    refused(staff.send("PutItem", None, body=BODY), "ResourceNotFoundException")


def test_no_credentials_at_all_say_so(client, tables, no_calls):
    answer = client.post(
        "/dynamodb/",
        BODY,
        content_type="application/x-amz-json-1.0",
        headers={"X-Amz-Target": "DynamoDB_20111205.PutItem"},
    )
    assert answer.status_code == 400
    assert json.loads(answer.content)["__type"] == ERROR + "MissingAuthenticationTokenException"


def test_a_bad_bearer_token_is_a_401(client, tables, no_calls):
    answer = client.post(
        "/dynamodb/",
        BODY,
        content_type="application/x-amz-json-1.0",
        headers={"X-Amz-Target": "DynamoDB_20111205.PutItem", "Authorization": "Bearer nonsense"},
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["x-amzn-RequestId"]


def test_a_session_is_no_way_in(client, make_user, tables, no_calls):
    client.force_login(make_user("in a browser", "staff"))
    answer = client.post(
        "/",
        BODY,
        content_type="application/x-amz-json-1.0",
        headers={"X-Amz-Target": "DynamoDB_20111205.PutItem"},
    )
    assert json.loads(answer.content)["__type"] == ERROR + "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,SignedHeaders=host,Signature=zz",
        "AWS4-HMAC-SHA256 Credential=a/b/c/aws4_request,SignedHeaders=host,Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4,SignedHeaders=host,Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,SignedHeaders=date,Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 " + "x" * 5000,
        "AWS4-HMAC-SHA512 Credential=a/b/c/d/aws4_request,SignedHeaders=host,Signature=" + "0" * 64,
    ],
)
def test_an_authorization_header_that_cant_be_read_is_refused(header):
    with pytest.raises(SignatureError):
        parse_authorization(header)


def test_the_database_alone_reveals_no_secret(staff, key, settings):
    assert staff.secret.encode() not in bytes(key.encrypted_secret)
    assert access_keys.secret_of(key) == staff.secret
    settings.ACCESS_KEY_SECRETS = ["A" * 43 + "="]
    assert access_keys.secret_of(key) is None


def test_secrets_outlive_a_rotation_of_the_settings(staff, key, settings):
    settings.ACCESS_KEY_SECRETS = ["A" * 43 + "=", *settings.ACCESS_KEY_SECRETS]
    assert access_keys.secret_of(key) == staff.secret


def test_the_time_of_last_use_is_kept(staff, key):
    assert key.last_used is None
    staff("ListTables")
    key.refresh_from_db()
    assert key.last_used is not None
