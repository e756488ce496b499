"""Row 21: bodies that are too large, too deep, ambiguous, or not what they say."""

import base64
import gzip

import pytest

from tables.core import strict_json
from tests.tables import stored

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}
MB = 1024 * 1024


V1 = "/api/v1/tables/Things"
TYPED, MERGE = "application/vnd.dynamodb+json", "application/merge-patch+json"
# Name -> what sends a body as it stands: method, URL, media type.
WRITERS = {
    "adminapi create": ("POST", "/endpoint?table=Things", "application/json"),
    "adminapi update": ("PUT", "/endpoint?table=Things&id=a", "application/json"),
    "adminapi scan": ("POST", "/endpoint?table=Things&action=scan", "application/json"),
    "v1 POST": ("POST", f"{V1}/items", "application/json"),
    "v1 typed": ("POST", f"{V1}/items", TYPED),
    "v1 PUT": ("PUT", f"{V1}/items/a", "application/json"),
    "v1 PATCH": ("PATCH", f"{V1}/items/a", MERGE),
    "v1 JSON patch": ("PATCH", f"{V1}/items/a", "application/json-patch+json"),
    "v1 search": ("POST", f"{V1}/search", "application/json"),
    "v1 batch": ("POST", f"{V1}/batch", "application/json"),
    "putitem": ("POST", "/dynamodb/", "application/x-amz-json-1.0"),
}


@pytest.fixture
def send(enter):
    """Send a body to one of the writers."""
    http = enter("v1", "admins").http

    def send(writer, body, headers=None):
        method, url, kind = WRITERS[writer]
        standard = {"Content-Type": kind}
        if writer == "putitem":
            standard["X-Amz-Target"] = "DynamoDB_20111205.PutItem"
        return http.send(method, url, body, {**standard, **(headers or {})})

    return send


UNREADABLE = {
    "not JSON": b"{",
    "two values": b"{}{}",
    "trailing comma": b'{"id":"a",}',
    "comment": b'{"id":"a"/**/}',
    "single quotes": b"{'id':'a'}",
    "NaN": b'{"id":"a","n":NaN}',
    "Infinity": b'{"id":"a","n":-Infinity}',
    "duplicate keys": b'{"id":"a","id":"b"}',
    "nested duplicate keys": b'{"id":"a","m":{"x":1,"x":2}}',
    "duplicate by escape": b'{"id":"a","\\u0069d":"b"}',
    "lone surrogate": b'{"id":"a","s":"\\ud800"}',
    "surrogate as a name": b'{"id":"a","\\udc00":1}',
    "swapped surrogates": b'{"id":"a","s":"\\udc00\\ud800"}',
    "not UTF-8": b'{"id":"a","s":"\xff"}',
    "overlong UTF-8": b'{"id":"a","s":"\xc0\x80"}',
    "UTF-8 surrogate": b'{"id":"a","s":"\xed\xa0\x80"}',
    "UTF-16": '{"id":"a"}'.encode("utf-16"),
    "control character": b'{"id":"a","s":"\x01"}',
    "5000 digits": b'{"id":"a","n":' + b"9" * 5000 + b"}",
    "100,000 arrays": b"[" * 100_000,
    "100,000 arrays closed": b'{"id":"a","l":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "70 arrays": b'{"id":"a","l":' + b"[" * 70 + b"]" * 70 + b"}",
    "an array": b"[]",
    "a number": b"7",
    "null": b"null",
    "white space": b" \n",
}


@pytest.mark.parametrize("writer", WRITERS)
def test_21_what_can_not_be_read_is_400_and_nothing_is_written(moto_tables, send, calls, writer):
    calls.clear()
    for name, body in UNREADABLE.items():
        if (writer, name) == ("v1 JSON patch", "an array"):
            continue  # a patch that changes nothing
        response = send(writer, body)
        assert response.status_code == 400, (name, response.status_code, response.content)
    assert not WRITES & set(calls)


@pytest.mark.parametrize("writer", WRITERS)
def test_21_a_body_of_5_mb_is_413_before_it_is_parsed(
    moto_tables, send, calls, monkeypatch, writer
):
    def parse(*_args, **_kwargs):
        pytest.fail("The body was parsed.")

    monkeypatch.setattr(strict_json, "_decode", parse)

    response = send(writer, b'{"id":"%s"}' % (b"x" * 5 * MB))

    assert response.status_code == (400 if writer == "putitem" else 413), response.content[:300]
    assert not WRITES & set(calls)


@pytest.mark.parametrize("writer", WRITERS)
def test_21_a_gzip_bomb_is_413_before_it_is_whole(moto_tables, send, calls, writer):
    bomb = gzip.compress(b" " * 50 * MB)

    response = send(writer, bomb, {"Content-Encoding": "gzip"})

    assert len(bomb) < 100_000
    assert response.status_code == (400 if writer == "putitem" else 413), response.content[:300]
    assert not WRITES & set(calls)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b'{"id":"a"}')[:-4], gzip.compress(b'{"id":"a"}') + b"x"],
    ids=["not gzip", "cut off", "more behind it"],
)
def test_21_gzip_that_is_none_is_400(moto_tables, send, calls, writer, body):
    response = send(writer, body, {"Content-Encoding": "gzip"})

    assert response.status_code == 400
    assert not WRITES & set(calls)


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
@pytest.mark.parametrize("writer", WRITERS)
def test_21_another_encoding_is_refused(moto_tables, send, calls, writer, encoding):
    response = send(writer, b'{"id":"a"}', {"Content-Encoding": encoding})

    # The API of 2011 knows 400 for whatever a client did wrong.
    assert response.status_code == (400 if writer == "putitem" else 415)
    assert not WRITES & set(calls)


def too_large():
    """Items over 400 KB in different ways: one value, many names, binary, nested."""
    yield {"id": {"S": "a"}, "s": {"S": "x" * 401 * 1024}}
    yield {"id": {"S": "a"}, "s": {"S": "é" * 205 * 1024}}
    yield {"id": {"S": "a"}, "b": {"B": base64.b64encode(b"x" * 401 * 1024).decode()}}
    yield {"id": {"S": "a"}, **{f"name-{number}": {"N": "1"} for number in range(50_000)}}
    yield {"id": {"S": "a"}, "l": {"L": [{"L": []}] * 110_000}}


@pytest.mark.parametrize("name", ["adminapi", "v1"])
@pytest.mark.parametrize(
    "item", list(too_large()), ids=["text", "UTF-8", "binary", "names", "list"]
)
def test_21_an_item_over_400_kb_is_413(moto_tables, enter, calls, name, item):
    response = enter(name, "admins").add(item)

    assert response.status_code == 413, response.content[:300]
    assert not WRITES & set(calls)


def test_21_an_old_item_over_64_kb_is_refused(moto_tables, enter, calls):
    response = enter("putitem", "admins").add({"id": {"S": "a"}, "s": {"S": "x" * 65 * 1024}})

    assert response.status_code == 400
    assert not WRITES & set(calls)


def test_21_a_change_that_would_make_an_item_over_400_kb_writes_nothing(moto_tables, enter):
    half = "x" * 210 * 1024
    enter("v1", "admins").add({"id": {"S": "a"}, "one": {"S": half}})

    patched = enter("v1", "admins").send("PATCH", "Things/items/a", {"two": half})
    updated = enter("adminapi", "admins").send(
        "PUT",
        {"set": {"two": half}},
        table="Things",
        id="a",
        atomic="true",
        headers={"Idempotency-Key": "k"},
    )

    assert (patched.status_code, updated.status_code) == (413, 413)
    assert "two" not in stored("real-things", "a")


OUT_OF_RANGE = [
    b"1e400",
    b"-1e400",
    b"1e126",
    b"1e-131",
    b"9" * 39,
    b"0." + b"1" * 39,
    b"1e99999999999",
]


@pytest.mark.parametrize("number", OUT_OF_RANGE, ids=lambda text: text.decode()[:20])
def test_21_a_number_that_dynamodb_can_not_hold_is_refused(moto_tables, send, calls, number):
    body = b'{"id":"a","n":%s}' % number
    typed = b'{"id":{"S":"a"},"n":{"N":"%s"}}' % number

    assert send("adminapi create", body).status_code == 400
    assert send("v1 POST", body).status_code in (400, 422)
    assert send("v1 PUT", body).status_code in (400, 422)
    assert send("v1 typed", typed).status_code in (400, 422)
    assert send("putitem", b'{"TableName":"Things","Item":%s}' % typed).status_code == 400
    assert not WRITES & set(calls)


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/xml", "image/png", "x"])
def test_21_v1_takes_only_the_media_types_it_names(moto_tables, send, calls, kind):
    headers = {"Content-Type": kind}

    for method, offered in (("v1 POST", "Accept-Post"), ("v1 PATCH", "Accept-Patch")):
        response = send(method, b'{"id":"a"}', headers)
        assert response.status_code == 415
        assert "json" in response[offered]
    assert send("v1 PUT", b'{"id":"a"}', headers).status_code == 415
    assert not WRITES & set(calls)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"id=a", 400),
        ("application/x-www-form-urlencoded", b'{"id":"a"', 400),
        ("multipart/form-data; boundary=x", b'{"id":"a"}', 415),
    ],
)
@pytest.mark.parametrize("writer", ["adminapi create", "adminapi update", "adminapi scan"])
def test_21_the_adminapi_takes_no_form(moto_tables, send, calls, writer, kind, body, status):
    response = send(writer, body, {"Content-Type": kind})

    assert response.status_code == status
    assert not WRITES & set(calls)


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "9" * 30, "+5", "0x10"])
@pytest.mark.parametrize("url", ["/endpoint?table=Things", "/api/v1/tables/Things/items"])
def test_21_a_content_length_that_is_none_is_refused(moto_tables, enter, url, length):
    http = enter("v1", "admins").http

    response = http.client.generic(
        "POST",
        url,
        b'{"id":"a"}',
        content_type="application/json",
        headers=http.headers,
        CONTENT_LENGTH=length,
    )

    assert response.status_code in (400, 413)
    assert stored("real-things", "a") is None
