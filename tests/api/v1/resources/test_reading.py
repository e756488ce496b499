"""One item: its representations, its tags, and the tokens that name it."""

from decimal import Decimal

import pytest

from tables.core.operations import Put
from tables.dynamodb.writes import write
from tests.api.v1.conftest import PLAIN, TYPED, exact, ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Workers", "Events", "Numbers", "Blobs")
BIG = "12345678901234567890.123456789012345678"
ANN = {
    "id": {"S": "1"},
    "name": {"S": "Ann"},
    "total": {"N": BIG},
    "huge": {"N": "1" + "0" * 125},
    "tags": {"SS": ["a", "b"]},
    "sizes": {"NS": ["1", "2.5"]},
    "blobs": {"BS": ["AAEC"]},
    "data": {"B": "AAEC"},
    "nothing": {"NULL": True},
    "flag": {"BOOL": False},
    "list": {"L": [{"N": "1"}, {"M": {"a": {"S": ""}}}]},
    "worker": {"M": {"name": {"S": "Ann"}, "first.name": {"S": "A"}}},
}


@pytest.fixture
def ann():
    write(Put("v1-Workers", ANN))


def test_plain_json_shows_sets_as_arrays_binary_as_base64_and_numbers_exactly(staff, ann):
    response = staff.get("Workers/items/1")
    body = ok(response)
    assert response["Content-Type"] == PLAIN
    assert sorted(body.pop("tags")) == ["a", "b"]
    assert sorted(body.pop("sizes")) == [Decimal(1), Decimal("2.5")]
    assert body == {
        "id": "1",
        "name": "Ann",
        "total": Decimal(BIG),
        "huge": Decimal("1" + "0" * 125),
        "blobs": ["AAEC"],
        "data": "AAEC",
        "nothing": None,
        "flag": False,
        "list": [1, {"a": ""}],
        "worker": {"name": "Ann", "first.name": "A"},
    }
    assert BIG.encode() in response.content


@pytest.mark.parametrize("how", [{"Accept": TYPED}, {"query": "format=dynamodb"}])
def test_typed_json_is_what_dynamodb_holds(staff, ann, how):
    response = staff.get("Workers/items/1", **how)
    assert response["Content-Type"] == TYPED
    body = ok(response)
    for name in ("tags", "sizes"):
        ((_, entries),) = body[name].items()
        entries.sort()
    assert body == ANN


def test_fields_keep_their_nesting(staff, ann):
    assert ok(staff.get("Workers/items/1", r"fields=name,worker.first\.name,list[1].a")) == {
        "name": "Ann",
        "worker": {"first.name": "A"},
        "list": [{"a": ""}],
    }
    assert ok(staff.get("Workers/items/1", "fields=tags,absent&format=dynamodb")).keys() == {"tags"}


@pytest.mark.parametrize("fields", ["a..b", ".a", "a.", "a[99999999999]", "a[-1]", "name,name.x"])
def test_fields_that_are_no_paths_are_refused(staff, ann, fields):
    problem(staff.get("Workers/items/1", f"fields={fields}"), 400, "invalid_expression")


def test_a_missing_item_is_404(staff):
    problem(staff.get("Workers/items/nothing"), 404, "item_not_found")


@pytest.mark.parametrize(
    ("table", "item", "token"),
    [
        ("Workers", {"id": {"S": "plain-_1"}}, "plain-_1"),
        ("Workers", {"id": {"S": "a,b/c?d#e%f"}}, "~YSxiL2M_ZCNlJWY"),
        ("Workers", {"id": {"S": "~"}}, "~fg"),
        ("Workers", {"id": {"S": "😀"}}, "~8J-YgA"),
        ("Workers", {"id": {"S": "."}}, "~Lg"),
        ("Events", {"device": {"S": "a/b"}, "at": {"N": "-1.5"}}, "~YS9i,~LTEuNQ"),
        ("Events", {"device": {"S": "d"}, "at": {"N": "7"}}, "d,7"),
        ("Numbers", {"number": {"N": "9007199254740993"}}, "9007199254740993"),
        ("Blobs", {"blob": {"B": "AAEC/w=="}}, "~AAEC_w"),
    ],
)
def test_a_token_names_exactly_one_key(staff, table, item, token):
    key_names = list(item)
    plain = staff.post(f"{table}/items", plain_of(item))
    assert plain.status_code == 201, plain.content
    assert plain["Location"] == f"http://testserver/api/v1/tables/{table}/items/{token}"
    found = ok(staff.get(f"{table}/items/{token}", "format=dynamodb"))
    assert {name: found[name] for name in key_names} == item


def plain_of(item):
    return {
        name: Decimal(value["N"]) if "N" in value else next(iter(value.values()))
        for name, value in item.items()
    }


@pytest.mark.parametrize(
    ("table", "token"),
    [
        ("Workers", "~MQ"),  # "1" stands as it is
        ("Workers", "~fg="),
        ("Workers", "~f h"),
        ("Workers", "a.b"),
        ("Workers", "1,"),
        ("Workers", ","),
        ("Workers", "~"),
        ("Workers", "~_w"),  # not UTF-8
        ("Workers", "%F0%9F%98%80"),
        ("Events", "d"),
        ("Events", "d,"),
        ("Events", "d,7,8"),
        ("Events", "d,7.0"),
        ("Events", "d,07"),
        ("Events", "d,x"),
        ("Numbers", "1e3"),
        ("Numbers", "NaN"),
        ("Numbers", "~MS4w"),  # 1.0
        ("Numbers", "1" * 39),
        ("Blobs", "AAEC"),  # three bytes that are no text
    ],
)
def test_a_token_that_is_not_canonical_is_404(staff, table, token):
    store("v1-Workers", id={"S": "1"})
    store("v1-Numbers", number={"N": "1000"})
    problem(staff.get(f"{table}/items/{token}"), 404, "item_not_found")


def test_a_key_of_3_kb_is_404(staff):
    problem(staff.get(f"Workers/items/{'k' * 3000}"), 404, "item_not_found")


def test_an_item_that_was_just_written_is_read(staff):
    location = staff.post("Workers/items", {"name": "Ann"})["Location"]
    assert exact(staff.get(location.removeprefix("http://testserver")))["name"] == "Ann"
