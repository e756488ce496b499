"""Bodies of v1: which media types are read, and how strictly."""

import gzip
import io
from urllib.parse import quote, urlencode

import pytest
from django.test.client import encode_multipart

from tests.api.v1.conftest import (
    FORM,
    JSON_PATCH,
    MERGE_PATCH,
    PLAIN,
    TYPED,
    Door,
    ok,
    pointers,
    problem,
)
from tests.contract.languages import dumps
from tests.tables import stored

pytestmark = pytest.mark.usefixtures("moto_tables")
USES = ("Bare", "Workers")
BOUNDARY = "BoUnDaRy"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def bare(key="1"):
    return stored("v1-Bare", id={"S": key})


def multipart(**fields):
    return encode_multipart(BOUNDARY, fields)


def test_a_form_is_an_item_of_strings(staff):
    form = urlencode({"id": "1", "name": "Ann & Bea", "total": "7", "empty": "", "ä": "é"})
    assert ok(staff.post("Bare/items", form.encode(), type=FORM), 201) == {
        "id": "1",
        "name": "Ann & Bea",
        "total": "7",
        "empty": "",
        "ä": "é",
    }


def test_a_multipart_body_is_an_item_of_strings(staff):
    body = multipart(id="1", name="Ann\r\nBea", ä="é")
    assert ok(staff.post("Bare/items", body, type=MULTIPART), 201) == {
        "id": "1",
        "name": "Ann\r\nBea",
        "ä": "é",
    }


def test_a_file_is_binary(staff, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x00\x01\x02\xff")
    with photo.open("rb") as file:
        body = multipart(id="1", photo=file)
    ok(staff.post("Bare/items", body, type=MULTIPART), 201)
    assert bare()["photo"] == {"B": "AAEC/w=="}


def test_a_form_replaces_an_item(staff):
    ok(staff.put("Bare/items/1", b"a=1&b=2", type=FORM), 201)
    assert ok(staff.put("Bare/items/1", multipart(a="2"), type=MULTIPART)) == {"id": "1", "a": "2"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"id=1&id=2", FORM),
        (b"id=%ff", FORM),
        (b"id=1&a=\xff", FORM),
        (b"&".join(b"a%d=1" % n for n in range(20_001)), FORM),
        (multipart(id=["1", "2"]), MULTIPART),
        (b"no boundary", MULTIPART),
        (multipart(id="1", name="Ann")[:-10], MULTIPART),
        (b"x", "multipart/form-data"),
        (multipart(id="\N{EURO SIGN}").replace(b"\xe2\x82\xac", b"\xff"), MULTIPART),
    ],
)
def test_a_form_that_cannot_be_read_is_400(staff, body, kind):
    problem(staff.post("Bare/items", body, type=kind), 400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"1"}',
        b' {"id": "1", "a": "x=y&z"}',
        b'[{"id":"1"}]',
        b"{'id': 1}",
        b'{"id":"\xc3\xa9"}',
        quote('{"id":"1"}').encode(),
        urlencode({'{"id": "1"}': ""}).encode(),
        b'"id"',
        b"7",
        b"null",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_json_that_is_called_a_form_is_told_its_header(staff, method, body):
    path = "Bare/items" if method == "POST" else "Bare/items/1"
    told = problem(staff.send(method, path, body, type=FORM), 400, "invalid_request")
    assert "Content-Type: application/json" in told["detail"]
    assert ok(staff.get("Bare/items"))["count"] == 0


@pytest.mark.parametrize("body", [b"7=", b"a", b"a=%7B%7D", b"%7B%7D=&b=1", b"x%5B0%5D=1"])
def test_a_form_may_have_odd_names(staff, body):
    assert ok(staff.put("Bare/items/1", body, type=FORM), 201)


def test_a_form_field_without_a_name_is_422(staff):
    problem(staff.post("Bare/items", b"id=1&=x", type=FORM), 422, "invalid_value")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_gzip_bodies_are_read(staff, method):
    ok(staff.put("Bare/items/1", {}), 201)
    path = "Bare/items" if method == "POST" else "Bare/items/1"
    body = gzip.compress(dumps({"a": "x" * 1000} | ({"id": "2"} if method == "POST" else {})))
    response = staff.send(method, path, body, Content_Encoding="gzip")
    assert response.status_code in (200, 201), response.content
    assert response.json()["a"] == "x" * 1000


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_chunked_bodies_are_read_and_never_taken_for_empty(staff, encoding):
    body = b'{"id": "1", "a": "chunked"}'
    response = staff.client.generic(
        "POST",
        "/api/v1/tables/Bare/items",
        content_type=PLAIN,
        HTTP_TRANSFER_ENCODING="chunked",
        HTTP_CONTENT_ENCODING=encoding,
        **{
            "wsgi.input": io.BytesIO(gzip.compress(body) if encoding else body),
            "wsgi.input_terminated": True,
        },
    )
    assert ok(response, 201) == {"id": "1", "a": "chunked"}


def test_a_gzip_bomb_is_413(staff):
    bomb = gzip.compress(b'{"a": "' + b"x" * 50_000_000)
    problem(staff.post("Bare/items", bomb, Content_Encoding="gzip"), 413, "too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"   ",
        b"{",
        b'{"id": "1",}',
        b"{'id': '1'}",
        b'{"id": "1"} x',
        b'{"id": "1", "id": "2"}',
        b'{"id": "1", "a": {"b": 1, "b": 2}}',
        b'{"id": "1", "a": NaN}',
        b'{"id": "1", "a": Infinity}',
        b'{"id": "1", "a": "\\ud800"}',
        b'{"id": "1", "\\ud800": 1}',
        b'{"id": "1", "a": "\xff"}',
        b"[" * 100_000,
        b'{"id": "1", "a": ' + b"9" * 5000 + b"}",
    ],
)
@pytest.mark.parametrize("kind", [PLAIN, TYPED])
def test_json_that_cannot_be_read_is_400(staff, body, kind):
    refusal = problem(staff.post("Bare/items", body, type=kind), 400, "invalid_request")
    assert pointers(refusal) == [""]
    assert bare() is None


@pytest.mark.parametrize("kind", [PLAIN, TYPED])
def test_an_empty_body_is_400(staff, kind):
    url = "/api/v1/tables/Bare/items"
    response = staff.client.generic("POST", url, b"", content_type=kind)
    assert "empty" in problem(response, 400, "invalid_request")["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Bare/items"),
        ("PUT", "Bare/items/1"),
        ("PATCH", "Bare/items/1"),
        ("POST", "Bare/search"),
        ("POST", "Bare/batch"),
    ],
)
def test_no_body_at_all_is_400_and_no_question_of_its_type(staff, method, path):
    refusal = problem(staff.send(method, path), 400, "invalid_request")
    assert pointers(refusal) == [""]


def test_plain_json_nested_too_deep_is_400(staff):
    body = b'{"id": "1", "a": ' + b"[" * 32 + b"]" * 32 + b"}"
    refusal = problem(staff.post("Bare/items", body), 400, "invalid_request")
    assert "32 levels" in refusal["detail"]


def test_what_is_nested_as_deep_as_dynamodb_nests_is_kept(staff):
    deep = b'{"id": "1", "a": ' + b"[" * 31 + b"]" * 31 + b"}"
    ok(staff.post("Bare/items", deep), 201)
    typed = staff.get("Bare/items/1", "format=dynamodb")
    again = staff.put("Bare/items/1", typed.content, type=TYPED)
    assert again["ETag"].split(".")[0] == typed["ETag"].split(".")[0]
    deepest = b'{"a": ' + b'{"L": [' * 32 + b"]}" * 32 + b"}"
    assert staff.put("Bare/items/1", deepest, type=TYPED).status_code == 200
    too_deep = b'{"a": ' + b'{"L": [' * 33 + b"]}" * 33 + b"}"
    assert staff.put("Bare/items/1", too_deep, type=TYPED).status_code in (400, 422)


def test_a_body_of_5_mb_is_413(staff):
    problem(staff.post("Bare/items", b'{"a": "' + b"x" * 5_000_000), 413, "too_large")


@pytest.mark.parametrize("kind", [MERGE_PATCH, JSON_PATCH])
def test_a_patch_type_creates_nothing(staff, kind):
    problem(staff.post("Bare/items", {"id": "1"}, type=kind), 415, "unsupported_media_type")
    problem(staff.put("Bare/items/1", {}, type=kind), 415, "unsupported_media_type")


def test_the_size_decides_before_rights_and_after_the_table():
    huge = b"x" * 5_000_000
    problem(Door("readers").post("Workers/items", huge), 403, "forbidden")
    problem(Door("staff").post("Nothing/items", huge), 404, "table_not_found")


def test_a_method_override_is_ignored(staff):
    ok(staff.put("Bare/items/1", {}), 201)
    for headers in ({"X_HTTP_Method_Override": "DELETE"}, {"X_Method_Override": "DELETE"}):
        problem(staff.post("Bare/items/1", {}, **headers), 405, "method_not_allowed")
    body = urlencode({"_method": "DELETE", "id": "2"}).encode()
    ok(staff.post("Bare/items", body, type=FORM), 201)
    assert bare()
