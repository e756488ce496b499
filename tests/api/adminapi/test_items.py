"""Create, get and delete: one item at a time, without losing a digit or the order of a name."""

import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from tables.core.preconditions import etag
from tests.api.adminapi.conftest import EndpointCaller, exact
from tests.tables import store, stored

with_workers = pytest.mark.usefixtures("workers")
with_tables = pytest.mark.usefixtures("tables")
AUDIT = ["created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime"]
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def created(response):
    assert response.status_code == 200, response.content
    body = exact(response)
    assert list(body) == ["success", "item"]
    assert body["success"] is True
    return body["item"]


def refused(response):
    assert response.status_code == 400, response.content
    return response.json()["error"]["message"]


# ---------------------------------------------------------------- create


@with_workers
def test_a_key_that_is_supplied_is_used(staff):
    item = created(staff.create({"empId": "1", "name": "Ann"}))
    assert (item["empId"], item["name"]) == ("1", "Ann")
    assert stored("ttd-Workers", empId={"S": "1"})["name"] == {"S": "Ann"}


@with_workers
def test_a_key_that_is_missing_is_made(staff):
    item = created(staff.create({"name": "Ann"}))
    assert UUID4.fullmatch(item["empId"])
    assert list(item) == ["name", "empId", *AUDIT]


@with_workers
@pytest.mark.parametrize("empty", [None, ""])
def test_a_key_that_is_null_or_empty_is_made(staff, empty):
    assert UUID4.fullmatch(created(staff.create({"empId": empty}))["empId"])


@with_workers
@pytest.mark.parametrize("key", [7, True, ["1"], {"a": 1}])
def test_a_key_of_another_type_is_refused(staff, key):
    assert "must be a string" in refused(staff.create({"empId": key}))


@with_workers
def test_an_id_in_the_query_is_ignored(staff):
    assert created(staff.create({"empId": "1"}, id="2"))["empId"] == "1"
    assert stored("ttd-Workers", empId={"S": "2"}) is None


@with_workers
def test_the_audit_attributes_come_last_and_from_the_server(staff):
    item = created(staff.create({"empId": "1", "z": 1, "a": 2}))
    assert list(item) == ["empId", "z", "a", *AUDIT]
    assert item["createdBy"] == item["lastUpdatedBy"] == "doe, jane"
    assert item["created"] == item["lastUpdatedDateTime"]
    assert TIME.fullmatch(item["created"])


@with_workers
def test_audit_attributes_that_a_client_sends_keep_their_place_and_lose_their_value(staff):
    item = created(staff.create({"createdBy": "evil", "empId": "1", "lastUpdatedDateTime": 1}))
    assert list(item) == [
        "createdBy",
        "empId",
        "lastUpdatedDateTime",
        "created",
        "lastUpdatedBy",
    ]
    assert item["createdBy"] == "doe, jane"
    assert TIME.fullmatch(item["lastUpdatedDateTime"])


@with_tables
def test_a_table_without_audit_attributes_gets_none(staff):
    item = created(staff.create({"device": "a", "at": 1, "createdBy": "me"}, table="Events"))
    assert item == {"device": "a", "at": Decimal(1), "createdBy": "me"}


@with_workers
def test_creating_again_replaces_the_whole_item(staff):
    staff.create({"empId": "1", "old": 1})
    item = created(staff.create({"empId": "1", "new": 2}))
    assert "old" not in item
    assert "old" not in stored("ttd-Workers", empId={"S": "1"})


@with_workers
def test_who_may_not_change_creates_only_what_is_not_there(staff):
    adder = EndpointCaller("adders")
    assert adder.create({"empId": "1"}).status_code == 200
    staff.update({"set": {"mine": True}})
    response = adder.create({"empId": "1"})
    assert response.status_code == 403
    assert response.content == b'{"success":false,"message":"Forbidden"}'
    assert "mine" in stored("ttd-Workers", empId={"S": "1"})


@with_workers
def test_a_create_tells_where_the_item_is_and_in_which_state(staff):
    response = staff.create({"empId": "a b/ü?&#", "n": 1})
    location = urlsplit(response.headers["Location"])
    assert (location.scheme, location.path) == ("http", "/endpoint")
    assert parse_qs(location.query) == {"table": ["Workers"], "id": ["a b/ü?&#"]}
    assert response.headers["ETag"] == etag(stored("ttd-Workers", empId={"S": "a b/ü?&#"}))
    assert staff.client.get(response.headers["Location"]).json()["item"]["n"] == 1


@with_tables
@pytest.mark.parametrize(
    ("table", "item"),
    [
        ("Events", {"device": "é,x", "at": Decimal("-1.50")}),
        ("Numbers", {"number": Decimal(9007199254740993)}),
        ("Blobs", {"blob": {"type": "Buffer", "data": [0, 255, 251]}}),
    ],
)
def test_the_location_leads_to_items_of_every_key_type(staff, table, item):
    response = staff.create(item, table=table)
    assert exact(staff.client.get(response.headers["Location"]))["item"] == exact(response)["item"]


@with_tables
def test_a_binary_key_may_be_base64_text(staff):
    item = created(staff.create({"blob": "AP/7"}, table="Blobs"))
    assert item["blob"] == {"type": "Buffer", "data": [0, 255, 251]}


@with_tables
@pytest.mark.parametrize(("table", "name"), [("Numbers", "number"), ("Blobs", "blob")])
@pytest.mark.parametrize("body", [{}, None])
def test_a_key_that_is_no_string_is_not_made(staff, table, name, body):
    message = refused(staff.create({} if body == {} else {name: None}, table=table))
    assert repr(name) in message


@with_tables
def test_a_missing_sort_key_is_named(staff):
    assert "'at'" in refused(staff.create({"device": "a"}, table="Events"))


@with_workers
def test_a_key_over_2_kb_is_refused(staff):
    assert "2049 bytes" in refused(staff.create({"empId": "x" * 2049}))


@with_tables
def test_an_index_key_of_another_type_is_refused(staff):
    body = {"device": "a", "at": 1, "kind": 7}
    assert "'kind'" in refused(staff.create(body, table="Events"))


@with_tables
def test_a_natural_key_makes_the_partition_key(staff):
    first = created(staff.create({"email": "a@b.c"}, table="Students"))
    again = created(staff.create({"email": "a@b.c"}, table="Students"))
    assert first["id"] == again["id"]
    assert first["id"][14] == "5"


# ---------------------------------------------------------------- values, exactly


@with_workers
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (Decimal("0.12345678901234567890123456789012345678"), None),
        (Decimal(12345678901234567890123456789012345678), None),
        (Decimal(9007199254740993), None),
        (Decimal("1E+125"), None),
        (Decimal("1E-130"), None),
        (Decimal("1.0"), Decimal(1)),
        (Decimal("-0"), Decimal(0)),
        (True, None),
        (None, None),
        ("", None),
        ("é😀\u2028\0", None),
        ([], None),
        ({}, None),
        ([1, "1", [None], {"a.b": False}], None),
        ({"wrapperName": "Set", "type": "String", "values": ["b", "a"]}, ["a", "b"]),
        (
            {"wrapperName": "Set", "type": "Number", "values": [Decimal("1.0"), 22]},
            [Decimal(1), Decimal(22)],
        ),
        ({"type": "Buffer", "data": [0, 1, 255]}, None),
        ({"type": "Buffer", "data": []}, None),
    ],
)
def test_values_come_back_as_they_were_sent(staff, sent, read):
    staff.create({"empId": "1", "value": sent, "deep": {"value": [sent]}})
    item = exact(staff.get(table="Workers", id="1"))["item"]
    for value in (item["value"], item["deep"]["value"][0]):
        expected = sent if read is None else read
        assert (sorted(value) if isinstance(read, list) else value) == expected


@with_workers
def test_a_number_is_stored_in_its_canonical_text(staff):
    response = staff.send("POST", b'{"empId":"1","n":1.50e2}', table="Workers")
    assert b'"n":150,' in response.content
    assert stored("ttd-Workers", empId={"S": "1"})["n"] == {"N": "150"}


@with_workers
def test_sets_and_binary_are_stored_as_such(staff):
    wrapped = {
        "wrapperName": "Set",
        "type": "Binary",
        "values": [{"type": "Buffer", "data": [1]}, "Ag=="],
    }
    item = created(staff.create({"empId": "1", "set": wrapped}))
    assert item["set"] == [
        {"type": "Buffer", "data": [Decimal(1)]},
        {"type": "Buffer", "data": [Decimal(2)]},
    ]
    assert set(stored("ttd-Workers", empId={"S": "1"})["set"]["BS"]) == {"AQ==", "Ag=="}


@with_workers
@pytest.mark.parametrize(
    "wrapped",
    [
        {"wrapperName": "Set", "type": "String", "values": []},
        {"wrapperName": "Set", "type": "String", "values": ["a", "a"]},
        {"wrapperName": "Set", "type": "Number", "values": ["x"]},
        {"wrapperName": "Set", "type": "Boolean", "values": [True]},
        {"type": "Buffer", "data": [256]},
        {"type": "Buffer", "data": [0.5]},
    ],
)
def test_wrappers_that_hold_something_else_are_refused(staff, wrapped):
    assert "/value" in refused(staff.create({"empId": "1", "value": wrapped}))


@with_workers
def test_names_are_names_however_they_look(staff):
    body = {"empId": "1", "a.b": 1, "#x": 2, ":v": 3, "__proto__": {"x": 4}, "select": 5, "é[0]": 6}
    item = created(staff.create(body))
    assert list(item)[:7] == list(body)


@with_workers
def test_what_is_read_can_be_written_back_without_a_change(staff):
    kept = {
        "empId": {"S": "1"},
        "n": {"N": "12345678901234567890.123456789012345678"},
        "b": {"B": "AAEC"},
        "l": {"L": [{"M": {"x": {"NULL": True}}}, {"BOOL": False}, {"S": ""}]},
    }
    store("ttd-Workers", **kept)
    body = staff.get(table="Workers", id="1").content
    raw = body.removeprefix(b'{"success":true,"item":').removesuffix(b"}")
    staff.send("POST", raw, table="Workers")
    assert {k: v for k, v in stored("ttd-Workers", empId={"S": "1"}).items() if k in kept} == kept


# ---------------------------------------------------------------- get


@with_workers
def test_an_item_that_is_not_there_is_not_found(staff):
    response = staff.get(table="Workers", id="nope")
    assert response.status_code == 404
    assert response.content == b'{"success":false,"error":"Item not found."}'


@with_tables
@pytest.mark.parametrize("id", ["7", "7.0", "7e0", "0007"])
def test_an_id_is_read_as_the_key_s_type(staff, id):
    staff.create({"number": 7}, table="Numbers")
    assert exact(staff.get(table="Numbers", id=id))["item"] == {"number": 7}


@with_tables
@pytest.mark.parametrize("id", ["seven", "NaN", "", " ", "1_0", "\u0667", "1e400", "1" * 39])
def test_an_id_that_is_no_number_finds_no_item(staff, id):
    staff.create({"number": 7}, table="Numbers")
    response = staff.get(table="Numbers", id=id)
    # An empty id counts as absent, which makes it a list.
    assert response.status_code == (200 if id == "" else 400)


@with_workers
@pytest.mark.parametrize("id", ["1.0", '"1"', "01", " 1", "1 "])
def test_a_string_id_is_never_another_one(staff, id):
    staff.create({"empId": "1"})
    assert staff.get(table="Workers", id=id).status_code == 404


@with_tables
def test_a_binary_id_is_base64(staff):
    staff.create({"blob": "AP/7"}, table="Blobs")
    assert staff.get(table="Blobs", id="AP/7").status_code == 200
    assert "base64" in refused(staff.get(table="Blobs", id="AP_7"))


@with_workers
def test_an_id_over_2_kb_is_refused(staff):
    assert "bytes" in refused(staff.get(table="Workers", id="x" * 3000))


@with_tables
def test_a_sort_key_comes_as_sk(staff):
    for at in (1, 2):
        staff.create({"device": "a", "at": at}, table="Events")
    assert exact(staff.get(table="Events", id="a", sk="2"))["item"]["at"] == 2


@with_tables
@pytest.mark.parametrize("query", [{}, {"sk": ""}])
def test_a_missing_sk_is_named(staff, query):
    assert "'at'" in refused(staff.get(table="Events", id="a", **query))


@with_tables
def test_sk_is_refused_where_there_is_no_sort_key_or_no_id(staff):
    assert "no sort key" in refused(staff.get(table="Workers", id="1", sk="2"))
    assert "without id" in refused(staff.get(table="Events", sk="2"))


# ---------------------------------------------------------------- delete


@with_workers
def test_a_delete_succeeds_again_and_again(admin):
    admin.create({"empId": "1"})
    for _ in range(2):
        response = admin.delete()
        assert (response.status_code, response.content) == (200, b'{"success":true,"response":{}}')
    assert stored("ttd-Workers", empId={"S": "1"}) is None


@with_tables
def test_a_delete_needs_the_whole_key(admin):
    admin.create({"device": "a", "at": 1}, table="Events")
    assert "id is missing" in refused(admin.delete(table="Events", id=""))
    assert "'at'" in refused(admin.delete(table="Events", id="a"))
    assert admin.delete(table="Events", id="a", sk="1").status_code == 200
    assert exact(admin.get(table="Events")) == []
