"""An alias for the items of one kind is an alias like any other, and others are as absent."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tables.dynamodb.history_table import create_history_table
from tests.admin.item_form.forms import fields_of
from tests.contract.conftest import make_tables
from tests.contract.doors import (
    DOORS,
    TYPED,
    assert_every_door_reads_what_one_writes,
    body_of,
)
from tests.contract.languages import loads
from tests.contract.samples import OLD, SCALARS
from tests.tables import store, stored

KIND = {"kind": {"S": "thing"}}
ITEMS = [{**item, **KIND} for item in (SCALARS, OLD)]
IDS = [item["id"]["S"] for item in ITEMS]
OTHER = {"id": {"S": "other"}, "kind": {"S": "cart"}, "n": {"N": "1"}}
MINE = {"id": {"S": "mine"}, **KIND}


@pytest.fixture(autouse=True)
def kinds(dynamodb_moto, settings):
    make_tables(settings)
    settings.TABLES_FILE = Path(__file__).parent / "entities.toml"
    store("real-things", OTHER)


@pytest.mark.parametrize("reader", DOORS)
@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_a_door_reads_the_items_of_the_kind(enter, reader, item):
    store("real-things", item)

    for operation, seen, expected in enter(reader, "admins").reads(item):
        assert seen == expected, operation


@pytest.mark.parametrize("writer", DOORS)
@pytest.mark.parametrize("item", ITEMS, ids=IDS)
def test_what_a_door_writes_of_the_kind_every_door_reads(enter, writer, item):
    assert_every_door_reads_what_one_writes(enter, writer, item)


@pytest.mark.parametrize("name", DOORS)
def test_an_item_of_another_kind_is_as_absent(enter, name):
    door = enter(name, "admins")
    other, missing = door.view("other"), door.view("nothing")

    assert other.status_code == missing.status_code
    assert told(other) == told(missing)
    assert b"cart" not in body_of(door.everything())


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("action", ["change", "delete"])
def test_it_is_neither_changed_nor_deleted(enter, name, action):
    door = enter(name, "admins")
    if name == "pages":
        assert door.http.send("GET", door._url("other", "Things", action)).status_code == 404
        assert send_form(door, action).status_code == 400
    elif action == "delete":
        assert door.delete("other").status_code == door.delete("nothing").status_code
    else:
        assert door.change("other").status_code in (400, 404, 409)

    assert stored("real-things", "other") == OTHER


def send_form(door, action):
    """The form of an item of the kind, sent to the address of the other one."""
    store("real-things", MINE)
    page = door.http.send("GET", door._url("mine", "Things", action) + "?view=raw")
    fields = {**fields_of(page, "item-form" if action == "change" else None), "_save": "1"}
    return door._post(door._url("other", "Things", action), fields)


@pytest.mark.parametrize("name", DOORS)
def test_its_key_is_taken(enter, name):
    response = enter(name, "admins").add({"id": {"S": "other"}, **KIND})

    assert response.status_code in (400, 409)
    assert b"cart" not in body_of(response)
    assert stored("real-things", "other") == OTHER


@pytest.mark.parametrize("name", DOORS)
def test_a_new_item_of_another_kind_is_refused_in_words(enter, name):
    response = enter(name, "admins").add({"id": {"S": "new"}, "kind": {"S": "cart"}})

    assert response.status_code in (400, 422)
    words = body_of(response).decode().replace("&quot;", '"')
    assert "This is no item of Things: kind must be thing." in words
    assert stored("real-things", "new") is None


def test_a_change_can_not_move_an_item_out_of_its_kind(enter):
    store("real-things", MINE)
    v1, adminapi, old = (enter(name, "admins") for name in ("v1", "adminapi", "putitem"))
    update = {"kind": {"Value": {"S": "cart"}, "Action": "PUT"}}

    answers = [
        v1.send("PATCH", v1.path("mine"), {"kind": "cart"}),
        v1.send("PUT", v1.path("mine"), {"kind": "cart"}),
        adminapi.send("PUT", {"set": {"kind": "cart"}}, table="Things", id="mine", atomic="true"),
        adminapi.send("PUT", {"remove": ["kind"]}, table="Things", id="mine"),
        old.send(
            "UpdateItem",
            TableName="Things",
            Key={"HashKeyElement": MINE["id"]},
            AttributeUpdates=update,
        ),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 400, 400, 400]
    assert json.loads(answers[0].content)["errors"] == [
        {"pointer": "/kind", "detail": "This is no item of Things: kind must be thing."}
    ]
    assert stored("real-things", "mine") == MINE
    assert v1.send("PATCH", v1.path("mine", "Base"), {"kind": "cart"}).status_code == 200


def test_batches_reach_the_kind_alone(enter):
    store("real-things", MINE)
    old = enter("putitem", "admins")
    keys = [{"HashKeyElement": {"S": name}} for name in ("mine", "other")]
    read = old.send(
        "BatchGetItem", RequestItems={"Things": {"Keys": keys, "AttributesToGet": ["id"]}}
    )
    deletes = [{"DeleteRequest": {"Key": key}} for key in keys]
    written = old.send("BatchWriteItem", RequestItems={"Things": deletes})

    assert loads(read.content)["Responses"]["Things"]["Items"] == [{"id": {"S": "mine"}}]
    assert written.status_code == 200
    assert stored("real-things", "mine") is None
    assert stored("real-things", "other") == OTHER


def test_old_reads_of_some_attributes_are_of_the_kind(enter):
    store("real-things", {**MINE, "a": {"S": "x"}})
    old = enter("putitem", "admins")

    def read(name):
        key = {"HashKeyElement": {"S": name}}
        return loads(
            old.send("GetItem", TableName="Things", Key=key, AttributesToGet=["a"]).content
        ).get("Item")

    assert read("mine") == {"a": {"S": "x"}}
    assert read("other") is None
    query = old.send("Query", TableName="Things", HashKeyValue={"S": "other"})
    assert loads(query.content)["Count"] == 0


def test_a_forged_start_key_leads_to_no_other_item(enter):
    for number in range(6):
        kind = "thing" if number % 2 else "cart"
        store("real-things", {"id": {"S": f"i{number}"}, "kind": {"S": kind}})
    adminapi = enter("adminapi", "admins")
    seen = []
    for name in ("other", "i0", "i1", "i2", "nothing"):
        key = quote(json.dumps({"id": name}))
        page = adminapi.send("GET", table="Things", paginate="true", LastEvaluatedKey=key)
        seen += json.loads(page.content)["Items"]

    assert seen
    assert {item["kind"] for item in seen} == {"thing"}


def test_a_cursor_is_of_its_own_alias(enter):
    for number in range(3):
        store("real-things", {"id": {"S": f"i{number}"}, **KIND})
    v1 = enter("v1", "admins")
    page = json.loads(v1.send("GET", "Base/items?limit=1").content)
    cursor = page["next"].partition("cursor=")[2]

    answer = v1.send("GET", f"Things/items?limit=1&kind=thing&cursor={cursor}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_cursor"


def test_what_is_counted_is_not_the_table(enter, on_alternator):
    v1, old = enter("v1", "admins"), enter("putitem", "admins")

    assert json.loads(v1.send("GET", "Things").content)["item_count"] is None
    counted = json.loads(v1.send("GET", "Base").content)["item_count"] is not None
    assert counted is not on_alternator
    table = loads(old.send("DescribeTable", TableName="Things").content)["Table"]
    assert (table["ItemCount"], table["TableName"]) == (0, "Things")


# ---------------------------------------------------------------- rights


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(
    ("group", "allowed"),
    [
        ("readers", {"view"}),
        ("staff", {"view", "add", "delete"}),
        ("adders", set()),  # may view the table, not this kind
        ("partners", set()),  # named by the kind, but not by its table
    ],
)
def test_groups_are_cut_to_those_of_the_table(enter, name, group, allowed):
    if name == "pages" and group in ("adders", "partners"):
        pytest.skip("Who is in no staff group sees no page at all.")
    store("real-things", MINE)
    door = enter(name, group)
    made = door.view("mine").status_code == 200

    assert made == ("view" in allowed)
    assert (door.add({"id": {"S": "new"}, **KIND}).status_code == door.created) == (
        "add" in allowed
    )
    assert door.change("mine").status_code != door.changed
    assert (door.delete("mine").status_code == door.deleted) == ("delete" in allowed)


# ---------------------------------------------------------------- keys by their pattern

BUILT = {
    "id": {"S": "ORDER#north#007"},
    "kind": {"S": "order"},
    "place": {"S": "north"},
}


@pytest.mark.parametrize("name", ["adminapi", "v1", "pages"])
def test_a_new_item_gets_its_key_its_kind_and_what_is_made(enter, name):
    door = enter(name, "staff")
    answer = door.add({"place": {"S": "north"}, "number": {"N": "7"}}, alias="Orders")

    assert answer.status_code == door.created, answer.content
    made = stored("real-things", "ORDER#north#007")
    assert len(made.pop("placedAt")["S"]) == len("2026-01-31")
    assert made == BUILT


@pytest.mark.parametrize("name", ["adminapi", "v1", "pages"])
def test_a_part_of_the_key_that_is_missing_is_named(enter, name):
    answer = enter(name, "staff").add({"place": {"S": "north"}}, alias="Orders")

    assert answer.status_code in (400, 422)
    assert "number is missing: the key is made of it." in body_of(answer).decode()


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ORDER-7", "id must look like ORDER#{place}#{number:03}."),
        ("ORDER#south#007", "place contradicts the key, which says south."),
    ],
)
def test_a_key_that_is_sent_must_fit(enter, name, key, words):
    answer = enter(name, "staff").add({**BUILT, "id": {"S": key}}, alias="Orders")

    assert answer.status_code in (400, 422)
    assert words in body_of(answer).decode()
    assert stored("real-things", key) is None


def test_what_a_key_is_made_of_stays_what_it_is(enter):
    store("real-things", BUILT)
    v1 = enter("v1", "staff")
    path = v1.path("ORDER#north#007", "Orders")

    answer = v1.send("PATCH", path, {"place": "south"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/place",
            "detail": "place is part of the key, so it stays: another value makes another item.",
        }
    ]
    assert v1.send("PATCH", path, {"note": "x"}).status_code == 200


def test_an_update_of_an_absent_item_makes_one_of_the_kind(enter):
    adminapi = enter("adminapi", "staff")
    body = {"set": {"place": "north"}}
    answer = adminapi.send("PUT", body, table="Orders", id="ORDER#north#007")

    assert answer.status_code == 200
    assert stored("real-things", "ORDER#north#007") == BUILT


def test_a_filter_on_what_the_key_is_made_of_reads_that_key(enter):
    store("real-things", BUILT)
    v1 = enter("v1", "staff")
    found = json.loads(v1.send("GET", "Orders/items?place=north").content)
    document = json.loads(v1.send("GET", "Orders/items", headers={"Accept": TYPED}).content)

    assert found["items"] == [{"id": "ORDER#north#007", "kind": "order", "place": "north"}]
    assert "by_pattern" not in found["plan"]
    assert document["items"] == [BUILT]


@pytest.mark.parametrize("query", ["number=7&place=north", "number=7&place=north&plan=scan"])
def test_what_stands_in_the_key_alone_is_asked_of_the_key(enter, query):
    for number in ("007", "008"):
        store("real-things", {**BUILT, "id": {"S": f"ORDER#north#{number}"}})
    v1, adminapi = enter("v1", "staff"), enter("adminapi", "staff")
    pages = enter("pages", "staff").http
    scan = {"scan": {"number": 7, "place": "north"}, "paginate": True}
    answers = [
        json.loads(v1.send("GET", f"Orders/items?{query}").content)["items"],
        json.loads(v1.send("POST", "Orders/search", {"scan": scan["scan"]}).content)["items"],
        json.loads(adminapi.send("POST", scan, table="Orders", action="scan").content)["Items"],
    ]
    page = pages.send("GET", f"/admin/tables/Orders/?{query}").content.decode()
    plan = json.loads(v1.send("GET", f"Orders/items?{query}").content)["plan"]

    assert plan.get("by_pattern", False) == ("scan" not in query)
    assert [[item["id"] for item in found] for found in answers] == [["ORDER#north#007"]] * 3
    assert "north#007" in page
    assert "north#008" not in page


def test_what_the_key_can_not_answer_is_refused(enter):
    v1, adminapi = enter("v1", "staff"), enter("adminapi", "staff")
    words = "number stands in id behind place: say by “is” what that is, too."
    later = {"scan": {"number": {"comparator": ">", "value": 3}, "place": "north"}}
    answers = [
        v1.send("GET", "Orders/items?number=7"),
        v1.send("POST", "Orders/search", {"scan": {"number": "7"}}),
        adminapi.send("POST", {"scan": {"number": "7"}}, table="Orders", action="scan"),
        adminapi.send("POST", later, table="Orders", action="scan"),
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert all(words in body_of(answer).decode() for answer in answers[:3])


def test_people_read_its_labels(enter):
    store("real-things", BUILT)
    pages = enter("pages", "staff").http
    listed = pages.send("GET", "/admin/tables/Orders/").content.decode()
    form = pages.send("GET", "/admin/tables/Orders/add/").content.decode()

    assert '<span title="place">Where it is</span>' in listed
    assert re.search(r'<label class="name" for="a-\d+-value">Where it is</label>', form)


def told(response):
    """What an answer says, without what is new each time."""
    body = body_of(response)
    if not body.startswith(b"{"):
        return body.partition(b"<h1")[2].partition(b"</h1>")[0]
    return {
        name: value
        for name, value in json.loads(body).items()
        if name not in ("request_id", "instance")
    }


# ---------------------------------------------------------------- history


@pytest.fixture
def kept(kinds, settings):
    settings.HISTORY = True
    create_history_table(settings.HISTORY_TABLE)


def changes(v1, path):
    answer = v1.send("GET", path)
    assert answer.status_code == 200, answer.content
    return [(entry["action"], entry["key"]) for entry in answer.json()["changes"]]


def test_history_changes_and_trash_tell_of_the_kind_alone(kept, enter):
    v1 = enter("v1", "admins")
    for item in ({"id": {"S": "cart"}, "kind": {"S": "cart"}}, {"id": {"S": "gone"}, **KIND}):
        v1.add(item, alias="Base")
    v1.add(MINE)
    v1.change("cart", alias="Base")
    v1.delete("gone", alias="Base")
    v1.add({"id": {"S": "old-cart"}, "kind": {"S": "cart"}}, alias="Base")
    v1.delete("old-cart", alias="Base")

    assert changes(v1, "Things/history") == [
        ("delete", "gone"),
        ("create", "mine"),
        ("create", "gone"),
    ]
    assert changes(v1, "Things/trash") == [("delete", "gone")]
    assert len(changes(v1, "Base/history")) == 7
    assert v1.send("GET", v1.path("cart") + "/history").json()["versions"] == []
    assert v1.send("GET", v1.path("cart") + "/history/1").status_code == 404
    assert v1.send("GET", v1.path("old-cart") + "/history").json()["versions"] == []
    assert len(v1.send("GET", v1.path("gone") + "/history").json()["versions"]) == 2


def test_pages_of_changes_go_on_past_other_kinds(kept, enter):
    v1 = enter("v1", "admins")
    for number in range(7):
        kind = "thing" if number % 3 == 0 else "cart"
        v1.add({"id": {"S": f"i{number}"}, "kind": {"S": kind}}, alias="Base")

    seen, url = [], "Things/history?limit=1"
    while url:
        page = v1.send("GET", url).json()
        seen += [entry["key"] for entry in page["changes"]]
        url = page["next"] and page["next"].partition("/api/v1/tables/")[2]

    assert seen == ["i6", "i3", "i0"]


def test_a_deleted_item_of_the_kind_is_given_back_and_no_other(kept, enter):
    v1 = enter("v1", "admins")
    v1.add(MINE)
    v1.delete("mine")
    v1.delete("other", alias="Base")

    assert v1.send("POST", v1.path("mine") + "/history/2/undo").status_code == 201
    assert stored("real-things", "mine") == MINE
    assert v1.send("POST", v1.path("other") + "/history/1/undo").status_code == 404
    assert stored("real-things", "other") is None


def test_pages_of_history_tell_of_the_kind_alone(kept, enter):
    enter("v1", "admins").add({"id": {"S": "a-cart"}, "kind": {"S": "cart"}}, alias="Base")
    enter("v1", "admins").add(MINE)
    pages = enter("pages", "readers")

    def told(url):
        answer = pages.http.send("GET", url)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "a-cart" in told("/admin/changes/?table=Base")
    assert "a-cart" not in told("/admin/changes/?table=Things")
    assert "mine" in told("/admin/changes/?table=Things")
