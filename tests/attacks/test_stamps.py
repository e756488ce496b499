"""Row 6: who and when, as the client would like them to be."""

import pytest

from tests.contract.doors import DOORS
from tests.tables import store, stored

NAMES = ("created", "createdBy", "lastUpdatedBy", "lastUpdatedDateTime")
FORGED = {name: {"S": "mallory"} for name in NAMES}
PLAIN = dict.fromkeys(NAMES, "mallory")
ITEM = {
    "id": {"S": "old"},
    "created": {"S": "2026-01-01T08:00:00.000Z"},
    "createdBy": {"S": "admin, ada"},
}
# How each door is asked to change the stamps of an item that is there.
CHANGES = {
    "adminapi": lambda door: door.send(
        "PUT", {"set": {**PLAIN, "x": 1}}, table="Stamped", id="old"
    ),
    "v1": lambda door: door.send("PATCH", door.path("old", "Stamped"), {**PLAIN, "x": 1}),
    "putitem": lambda door: door.send(
        "UpdateItem",
        TableName="Stamped",
        Key={"HashKeyElement": {"S": "old"}},
        AttributeUpdates={name: {"Value": value} for name, value in FORGED.items()},
    ),
    "pages": lambda door: door._send_form(
        door._url("old", "Stamped", "change"), lambda item: {**item, **FORGED, "x": {"N": "1"}}
    ),
}


@pytest.mark.parametrize("name", sorted(DOORS.keys() - {"pages"}))
def test_6_an_author_that_a_client_makes_up_is_overwritten(moto_tables, enter, name):
    door = enter(name, "staff")
    response = door.add({"id": {"S": "new"}, **FORGED}, alias="Stamped")
    assert response.status_code == door.created
    item = stored("real-stamped", "new")
    assert "mallory" not in str(item)
    assert item["createdBy"] == item["lastUpdatedBy"] == {"S": "test, sam"}
    assert item["created"] == item["lastUpdatedDateTime"]


def test_6_a_form_that_makes_up_an_author_is_told_so(moto_tables, enter):
    door = enter("pages", "staff")
    response = door.add({"id": {"S": "new"}, **FORGED}, alias="Stamped")
    assert response.status_code == 422
    assert "createdBy" in response.content.decode()
    assert stored("real-stamped", "new") is None


@pytest.mark.parametrize("name", DOORS)
def test_6_nobody_becomes_the_author_of_what_others_made(moto_tables, enter, name):
    store("real-stamped", ITEM)
    CHANGES[name](enter(name, "staff"))
    item = stored("real-stamped", "old")
    assert "mallory" not in str(item)
    assert {attribute: item[attribute] for attribute in ITEM} == ITEM
