"""A natural key makes the partition key, whatever door a write comes through."""

import json

import pytest

from tables.core.natural_keys import natural_partition_key
from tables.core.registry import Table
from tests.contract.languages import loads
from tests.contract.test_interruptions import things_of
from tests.tables import store, stored

pytestmark = pytest.mark.usefixtures("moto_tables")
JSON_PATCH = "application/json-patch+json"
NAMED = Table("Named", "real-named", "Named", natural_key=("code",))


def key_of(code):
    return natural_partition_key({"code": {"S": code}}, NAMED)


ONE, TWO = key_of("one"), key_of("two")
ITEM = {"id": {"S": ONE}, "code": {"S": "one"}, "n": {"N": "1"}}
# Made by another program, before there was a rule.
BROKEN = {"id": {"S": "own"}, "code": {"S": "three"}, "n": {"N": "1"}}


def update_2011(door, name, attribute, action="PUT", value="two"):
    entry = {"Action": action, **({"Value": {"S": value}} if action == "PUT" else {})}
    key = {"HashKeyElement": {"S": name}}
    return door.send("UpdateItem", TableName="Named", Key=key, AttributeUpdates={attribute: entry})


def batch_2011(door, item):
    requests = {"Named": [{"PutRequest": {"Item": item}}]}
    return door.send("BatchWriteItem", RequestItems=requests)


def patch(door, name, *operations):
    return door.send("PATCH", f"Named/items/{name}", [*operations], kind=JSON_PATCH)


def batch_v1(door, **operation):
    body = {"operations": [{"key": ONE, **operation}]}
    (result,) = door.send("POST", "Named/batch", body).json()["results"]
    return result["status"]


def put(door, name, body, **query):
    return door.send("PUT", body, table="Named", id=name, **query)


FOREIGN = {"id": {"S": "mine"}, "code": {"S": "one"}}
# Each would leave two items with one natural key, or one without any.
RENAMES = {
    "adminapi set": ("adminapi", lambda door: put(door, ONE, {"set": {"code": "two"}})),
    "adminapi atomic": (
        "adminapi",
        lambda door: put(door, ONE, {"set": {"code": "two"}}, atomic="true"),
    ),
    "adminapi remove": ("adminapi", lambda door: put(door, ONE, {"remove": ["code"]})),
    "adminapi inside": ("adminapi", lambda door: put(door, ONE, {"set": {"code.x": 1}})),
    "v1 merge patch": (
        "v1",
        lambda door: door.send("PATCH", f"Named/items/{ONE}", {"code": "two"}),
    ),
    "v1 move": (
        "v1",
        lambda door: patch(door, ONE, {"op": "move", "from": "/code", "path": "/other"}),
    ),
    "v1 replace": ("v1", lambda door: door.send("PUT", f"Named/items/{ONE}", {"code": "two"})),
    "putitem put": ("putitem", lambda door: update_2011(door, ONE, "code")),
    "putitem delete": ("putitem", lambda door: update_2011(door, ONE, "code", "DELETE")),
}
CREATES = {
    "adminapi create": (
        "adminapi",
        lambda door: door.send("POST", {"id": "mine", "code": "one"}, table="Named"),
    ),
    "adminapi without": ("adminapi", lambda door: door.send("POST", {"n": 1}, table="Named")),
    "adminapi free id": ("adminapi", lambda door: put(door, "mine", {"set": {"code": "one"}})),
    "adminapi free id, other attribute": (
        "adminapi",
        lambda door: put(door, ONE, {"set": {"n": 1}}),
    ),
    "adminapi free id, counter": ("adminapi", lambda door: put(door, "mine", {"add": {"n": 1}})),
    "v1 post": ("v1", lambda door: door.send("POST", "Named/items", {"id": ONE, "code": "one"})),
    "v1 put": ("v1", lambda door: door.send("PUT", f"Named/items/{ONE}", {"code": "one"})),
    "putitem": ("putitem", lambda door: door.add(FOREIGN, alias="Named")),
    "putitem batch": ("putitem", lambda door: batch_2011(door, FOREIGN)),
    "putitem free id": ("putitem", lambda door: update_2011(door, "mine", "code")),
    "putitem free id, other attribute": ("putitem", lambda door: update_2011(door, ONE, "m")),
}


def ids(cases):
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize(("name", "send"), ids(RENAMES))
def test_35_a_change_of_the_natural_key_is_refused_and_writes_nothing(enter, name, send):
    store("real-named", ITEM)
    assert 400 <= send(enter(name, "staff")).status_code < 500
    assert things_of("real-named") == [ITEM]


@pytest.mark.parametrize(("name", "send"), ids(CREATES))
def test_35_a_create_under_another_key_is_refused_and_writes_nothing(enter, name, send):
    assert 400 <= send(enter(name, "staff")).status_code < 500
    assert things_of("real-named") == []


@pytest.mark.parametrize(
    "operation",
    [
        {"method": "PATCH", "body": {"code": "two"}},
        {"method": "PUT", "body": {"code": "two"}},
        {"method": "PATCH", "body": [{"op": "move", "from": "/code", "path": "/other"}]},
    ],
)
def test_35_a_batch_keeps_the_rule_for_each_operation(enter, operation):
    store("real-named", ITEM)
    assert batch_v1(enter("v1", "staff"), **operation) == 400
    assert things_of("real-named") == [ITEM]


def test_35_a_renamed_item_can_never_be_overwritten_by_a_post(enter):
    """One natural key never stands in two items, however the doors are mixed."""
    v1, adminapi = enter("v1", "staff"), enter("adminapi", "staff")
    assert v1.send("POST", "Named/items", {"code": "one"}).status_code == 201
    assert put(adminapi, ONE, {"set": {"code": "two"}}).status_code == 400
    assert v1.send("POST", "Named/items", {"code": "two"}).status_code == 201
    assert v1.send("POST", "Named/items", {"code": "one", "n": 2}).status_code == 200
    found = {item["id"]["S"]: item["code"]["S"] for item in things_of("real-named")}
    assert found == {ONE: "one", TWO: "two"}


@pytest.mark.parametrize(
    ("name", "send"),
    [
        ("adminapi", lambda door: door.send("POST", {"code": "one"}, table="Named")),
        ("adminapi", lambda door: door.send("POST", {"code": "one", "id": ONE}, table="Named")),
        ("adminapi", lambda door: put(door, ONE, {"set": {"code": "one"}})),
        ("v1", lambda door: door.send("POST", "Named/items", {"code": "one"})),
        ("putitem", lambda door: door.add({**FOREIGN, "id": {"S": ONE}}, alias="Named")),
        ("putitem", lambda door: batch_2011(door, {**FOREIGN, "id": {"S": ONE}})),
        ("putitem", lambda door: update_2011(door, ONE, "code", value="one")),
        ("pages", lambda door: door.add({"code": {"S": "one"}}, alias="Named")),
    ],
)
def test_every_door_creates_the_item_under_the_key_that_its_natural_key_makes(enter, name, send):
    assert send(enter(name, "staff")).status_code in (200, 201, 302)
    assert things_of("real-named") == [{"id": {"S": ONE}, "code": {"S": "one"}}]


@pytest.mark.parametrize("name", ["adminapi", "v1", "putitem", "pages"])
@pytest.mark.parametrize("item", [ITEM, BROKEN, {"id": {"S": "own"}, "n": {"N": "1"}}])
def test_what_leaves_the_natural_key_alone_is_written(enter, name, item):
    """Also what breaks the rule already stays editable."""
    store("real-named", item)
    door = enter(name, "staff")
    assert door.change(item["id"]["S"], alias="Named").status_code == door.changed
    after = stored("real-named", item["id"]["S"])
    assert "changed" in after
    assert {**after, **item} == after


def test_a_counter_is_added_to_unread_where_it_is_no_part_of_the_natural_key(enter, calls):
    store("real-named", ITEM)
    door = enter("adminapi", "staff")
    door.view(ONE, alias="Named")
    calls.clear()
    assert put(door, ONE, {"add": {"n": 1}}).status_code == 200
    assert calls == ["UpdateItem"]


def test_the_refusal_says_what_is_wrong(enter):
    adminapi = enter("adminapi", "staff")
    foreign = adminapi.send("POST", {"id": "mine", "code": "one"}, table="Named")
    assert loads(foreign.content)["error"]["message"] == (
        "id is made from code: leave it out, or send the one that they make."
    )
    problem = json.loads(enter("v1", "staff").send("POST", "Named/items", {"n": 1}).content)
    assert [error["pointer"] for error in problem["errors"]] == ["/code"]


def test_35_save_as_new_makes_the_other_item(enter):
    store("real-named", ITEM)
    enter("pages", "staff").save_as_new(ONE, {"code": {"S": "two"}}, alias="Named")
    assert sorted(item["id"]["S"] for item in things_of("real-named")) == sorted([ONE, TWO])
