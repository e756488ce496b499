"""What a key alone holds is no attribute, by whatever door it comes, and leads where it says."""

import pytest

from tables.dynamodb.history_table import create_history_table
from tests.contract.languages import loads
from tests.contract.test_interruptions import things_of
from tests.contract.test_links import ids, update_2011, v1
from tests.tables import store, stored

SECTIONS = """
staff_groups = ["staff"]
superuser_groups = ["admins"]
[Base]
table = "real-things"
audit_attributes = false
[Base.permissions]
add = ["staff"]
change = ["staff"]
delete = ["staff"]
[Base.links.ownerId]
to = "Owner"
key = { id = "OWNER#{}" }
check = "refuse"
[Owner]
of = "Base"
when = { kind = "owner" }
key = { id = "OWNER#{ownerId}" }
key_only = ["ownerId"]
[Things]
of = "Base"
when = { kind = "pet" }
key = { id = "PET#{ownerId}#{petNo:03}" }
key_only = ["ownerId", "petNo"]
"""
OWNER = {"id": {"S": "OWNER#ann"}, "kind": {"S": "owner"}}
NAME, NEW, ORPHAN = "PET#ann#007", "PET#ann#008", "PET#bob#001"
PET = {"id": {"S": NAME}, "kind": {"S": "pet"}, "n": {"N": "1"}}
PARTS = {"ownerId": "ann", "petNo": 7}
PATCH_JSON = "application/json-patch+json"


@pytest.fixture(autouse=True)
def pets(moto_tables, settings, tmp_path):
    settings.TABLES_FILE = tmp_path / "pets.toml"
    settings.TABLES_FILE.write_text(SECTIONS)
    store("real-things", OWNER)
    store("real-things", PET)


def at(door, method, body, *, name=NAME, alias="Things", kind="application/json"):
    return door.send(method, door.path(name, alias), body, kind=kind)


def put(door, body, name=NAME, **query):
    return door.send("PUT", body, table="Things", id=name, **query)


def put_items(door, *items):
    requests = [{"PutRequest": {"Item": item}} for item in items]
    return door.send("BatchWriteItem", RequestItems={"Things": requests})


def batch(door, **operation):
    body = {"operations": [operation]}
    answer = door.send("POST", "Things/batch", body)
    (result,) = loads(answer.content)["results"]
    assert result["status"] < 300, result
    return answer


TYPED_PARTS = {"ownerId": {"S": "ann"}, "petNo": {"S": "7"}, "n": {"N": "2"}}
WHOLE = {"kind": "pet", "n": 2}
SAYING_THE_SAME = {
    "v1 post": ("v1", lambda d: v1(d, "POST", "", {**PARTS, "petNo": 8})),
    "v1 put": ("v1", lambda d: at(d, "PUT", {**PARTS, **WHOLE})),
    "v1 put new": ("v1", lambda d: at(d, "PUT", {**PARTS, **WHOLE, "petNo": "8"}, name=NEW)),
    "v1 patch": ("v1", lambda d: at(d, "PATCH", {**PARTS, "n": 2})),
    "v1 patch alone": ("v1", lambda d: at(d, "PATCH", PARTS)),
    "v1 json patch": (
        "v1",
        lambda d: at(d, "PATCH", [{"op": "add", "path": "/petNo", "value": 7}], kind=PATCH_JSON),
    ),
    "v1 batch": (
        "v1",
        lambda d: batch(d, method="PATCH", key=d.path(NAME).rpartition("/")[2], body=PARTS),
    ),
    "adminapi set": ("adminapi", lambda d: put(d, {"set": {**PARTS, "n": 2}})),
    "adminapi set alone": ("adminapi", lambda d: put(d, {"set": PARTS})),
    "adminapi atomic": ("adminapi", lambda d: put(d, {"set": PARTS}, atomic="true")),
    "adminapi new": (
        "adminapi",
        lambda d: put(d, {"set": {**PARTS, "petNo": 8}}, NEW, atomic="true"),
    ),
    "adminapi create": (
        "adminapi",
        lambda d: d.send("POST", {**PARTS, "petNo": 8}, table="Things"),
    ),
    "2011 put": ("putitem", lambda d: d.add({**PET, **TYPED_PARTS})),
    "2011 update": ("putitem", lambda d: update_2011(d, NAME, "petNo", {"N": "7"})),
    "2011 batch": ("putitem", lambda d: put_items(d, {**PET, **TYPED_PARTS})),
}
SAYING_ANOTHER = {
    "v1 put": ("v1", lambda d: at(d, "PUT", {**PARTS, **WHOLE, "petNo": 9})),
    "v1 patch": ("v1", lambda d: at(d, "PATCH", {"petNo": 9})),
    "adminapi set": ("adminapi", lambda d: put(d, {"set": {"petNo": 9}}, atomic="true")),
    "adminapi add": ("adminapi", lambda d: put(d, {"add": {"petNo": 9}}, atomic="true")),
    "2011 put": ("putitem", lambda d: d.add({**PET, "petNo": {"N": "9"}})),
    "2011 update": ("putitem", lambda d: update_2011(d, NAME, "petNo", {"N": "9"})),
}


@pytest.mark.parametrize(("name", "send"), ids(SAYING_THE_SAME))
def test_what_the_key_says_as_well_is_not_stored(enter, name, send):
    answer = send(enter(name, "staff"))

    assert answer.status_code < 300, answer.content
    for item in things_of("real-things"):
        assert item.keys() <= {"id", "kind", "n"}, item
    assert b"errorMessage" not in answer.content


@pytest.mark.parametrize(("name", "send"), ids(SAYING_ANOTHER))
def test_what_contradicts_the_key_is_refused(enter, name, send):
    answer = send(enter(name, "staff"))

    assert answer.status_code in (400, 422), answer.content
    assert b"petNo" in answer.content
    assert stored("real-things", NAME) == PET


@pytest.mark.parametrize("number", [{"S": "7"}, {"N": "9"}])
def test_an_item_that_holds_one_already_stays_editable(enter, number):
    """Another program wrote it; only what is changed is judged."""
    held = {**PET, "petNo": number}
    store("real-things", held)
    door = enter("v1", "staff")

    assert at(door, "PATCH", {"n": 2}).status_code == 200
    assert stored("real-things", NAME) == {**held, "n": {"N": "2"}}
    assert put(enter("adminapi", "staff"), {"set": {"petNo": 7, "n": 3}}).status_code == 200
    assert stored("real-things", NAME) == {**PET, "n": {"N": "3"}}
    store("real-things", held)
    assert at(door, "PUT", WHOLE).status_code == 200
    assert stored("real-things", NAME) == {**PET, "n": {"N": "2"}}
    store("real-things", held)
    assert at(door, "PATCH", {"petNo": None}).status_code == 200
    assert stored("real-things", NAME) == PET


def test_a_restore_brings_back_none(moto_tables, settings, enter):
    sections = SECTIONS.replace(
        "audit_attributes = false", "audit_attributes = false\nhistory = true"
    )
    settings.TABLES_FILE = settings.TABLES_FILE.with_name("history.toml")
    settings.TABLES_FILE.write_text(sections)
    create_history_table(settings.HISTORY_TABLE)
    door = enter("v1", "staff")
    assert (
        at(door, "PUT", {"kind": "pet", "petNo": 8, "n": 1}, name=NEW, alias="Base").status_code
        == 201
    )
    at(door, "PATCH", {"petNo": None, "n": 2}, name=NEW)
    restore = f"{door.path(NEW)}/history/1/restore"

    assert door.send("POST", restore, {}).status_code == 200
    assert stored("real-things", NEW) == {**PET, "id": {"S": NEW}}
    at(door, "PUT", {"kind": "pet", "petNo": 8, "n": 1}, name=NEW, alias="Base")
    assert door.delete(NEW).status_code == 204
    assert door.send("POST", restore, {}).status_code in (200, 201)
    assert stored("real-things", NEW) == {**PET, "id": {"S": NEW}}


# ---------------------------------------------------------------- links

OF_BOB = {"id": {"S": ORPHAN}, "kind": {"S": "pet"}}
TO_NOBODY = {
    "v1 post": ("v1", lambda d: v1(d, "POST", "", {"ownerId": "bob", "petNo": 1})),
    "v1 post by key": (
        "v1",
        lambda d: v1(d, "POST", "", {"id": ORPHAN, "kind": "pet"}),
    ),
    "v1 put": ("v1", lambda d: at(d, "PUT", {"kind": "pet"}, name=ORPHAN)),
    "v1 whole table": ("v1", lambda d: at(d, "PUT", {"kind": "pet"}, name=ORPHAN, alias="Base")),
    "adminapi create": (
        "adminapi",
        lambda d: d.send("POST", {"ownerId": "bob", "petNo": 1}, table="Things"),
    ),
    "adminapi new": ("adminapi", lambda d: put(d, {"set": {"n": 1}}, ORPHAN, atomic="true")),
    "adminapi whole table": (
        "adminapi",
        lambda d: d.send("PUT", {"set": {"kind": "pet"}}, table="Base", id=ORPHAN, atomic="true"),
    ),
    "2011 put": ("putitem", lambda d: d.add(OF_BOB)),
    "2011 batch": ("putitem", lambda d: put_items(d, OF_BOB)),
}


@pytest.mark.parametrize(("name", "send"), ids(TO_NOBODY))
def test_a_link_whose_value_stands_in_the_key_is_checked(enter, name, send):
    answer = send(enter(name, "staff"))

    assert answer.status_code in (400, 422), answer.content
    assert b"No item of Owner has this key: OWNER#bob." in answer.content
    assert stored("real-things", ORPHAN) is None
    store("real-things", {**OWNER, "id": {"S": "OWNER#bob"}})
    assert send(enter(name, "staff")).status_code < 300
    assert stored("real-things", ORPHAN)["kind"] == {"S": "pet"}


def test_one_whose_target_went_stays_editable(enter):
    store("real-things", OF_BOB)

    assert at(enter("v1", "staff"), "PATCH", {"n": 2}, name=ORPHAN).status_code == 200


def test_what_its_own_key_leads_to_needs_no_check(enter):
    answer = enter("v1", "staff").send("POST", "Owner/items", {"ownerId": "bob"})

    assert answer.status_code == 201, answer.content


def test_a_change_of_the_whole_table_that_makes_no_item_one_of_a_kind_reads_nothing(enter, calls):
    door = enter("adminapi", "staff")
    door.send("PUT", {"add": {"n": 1}}, table="Base", id=NAME)
    calls.clear()
    door.send("PUT", {"add": {"n": 1}}, table="Base", id=NAME)

    assert calls == ["UpdateItem"]


@pytest.mark.parametrize("alias", ["Things", "Base"])
def test_an_item_names_what_its_key_leads_to(enter, alias):
    door = enter("v1", "staff")
    answer = at(door, "GET", None, alias=alias)

    assert (
        f'/Owner/items/{door.path("OWNER#ann").rpartition("/")[2]}>; rel="related"'
        in (answer["Link"])
    )
    assert 'title="ownerId"' in answer["Link"]
    assert "Link" not in at(door, "GET", None, name="OWNER#ann", alias="Owner")


@pytest.mark.parametrize("alias", ["Things", "Base"])
@pytest.mark.parametrize("fields", ["", "&fields=n", "&fields=ownerId"])
def test_a_page_has_beside_it_what_its_keys_lead_to(enter, alias, fields):
    door = enter("v1", "staff")
    query = f"kind=pet&expand=ownerId{fields}"
    page = loads(door.send("GET", f"{alias}/items?{query}").content)

    (linked,) = page["linked"]["Owner"].values()
    assert linked["id"] == "OWNER#ann"
    whole = {"id": NAME, "kind": "pet", "n": 1}
    assert page["items"] == [{"": whole, "&fields=n": {"n": 1}}.get(fields, {"ownerId": "ann"})]


@pytest.mark.parametrize("alias", ["Things", "Base"])
def test_fields_name_what_stands_in_the_key_alone(enter, alias):
    door = enter("v1", "staff")
    one = door.send("GET", f"{door.path(NAME, alias)}?fields=petNo,n,ownerId.x")
    page = door.send("GET", "Things/items?fields=petNo,n,ownerId.x")
    changed = door.send("PATCH", f"{door.path(NAME, alias)}?fields=petNo,n", {"n": 1})

    for body in (loads(one.content), loads(page.content)["items"][0], loads(changed.content)):
        assert body == {"petNo": "7", "n": 1}
    assert loads(at(door, "GET", None, alias=alias).content) == {"id": NAME, "kind": "pet", "n": 1}
