"""Row 20: writes that would change a key."""

import pytest

from tests.contract.languages import loads
from tests.tables import store, stored


@pytest.fixture
def v1(enter):
    return enter("v1", "staff")


MERGE, PATCH = "application/merge-patch+json", "application/json-patch+json"
SEED = {"id": {"S": "seed"}, "text": {"S": "untouched"}}


@pytest.fixture
def seeded(moto_tables):
    store("real-things", SEED)


def assert_untouched():
    assert stored("real-things", "seed") == SEED
    assert stored("real-things", "other") is None


@pytest.mark.parametrize("atomic", ["true", "false"])
@pytest.mark.parametrize(
    "actions",
    [
        {"set": {"id": "other"}},
        {"set": {"id": "seed"}},
        {"set": {"id.x": "other"}},
        {"set": {"id[0]": "other"}},
        {"remove": {"id": ""}},
        {"remove": "id"},
        {"add": {"id": 1}},
        {"delete": {"id": ["seed"]}},
        {"setListAppend": {"id": ["other"]}},
    ],
    ids=str,
)
def test_20_an_update_can_not_change_a_key(seeded, enter, actions, atomic):
    door = enter("adminapi", "admins")

    response = door.send("PUT", actions, table="Things", id="seed", atomic=atomic)

    assert response.status_code == 400
    assert response.json()["success"] is False
    assert_untouched()


@pytest.mark.parametrize(
    ("method", "body", "kind"),
    [
        ("PUT", {"id": "other", "text": "x"}, "application/json"),
        ("PUT", {"id": 1, "text": "x"}, "application/json"),
        ("PUT", {"id": None, "text": "x"}, "application/json"),
        ("PATCH", {"id": "other"}, MERGE),
        ("PATCH", {"id": None}, MERGE),
        (
            "PATCH",
            [{"op": "replace", "path": "/id", "value": "other"}],
            "application/json-patch+json",
        ),
        ("PATCH", [{"op": "remove", "path": "/id"}], PATCH),
        ("PATCH", [{"op": "move", "from": "/id", "path": "/x"}], PATCH),
        (
            "PATCH",
            [{"op": "replace", "path": "", "value": {"id": "other"}}],
            "application/json-patch+json",
        ),
        ("PUT", {"id": {"S": "other"}}, "application/vnd.dynamodb+json"),
    ],
)
def test_20_a_body_can_not_contradict_its_url(seeded, v1, method, body, kind):
    response = v1.send(method, "Things/items/seed", body, kind=kind)

    assert response.status_code in (400, 409, 422)
    assert_untouched()


@pytest.mark.parametrize(
    ("member", "operation"),
    [
        ({"method": "PUT", "key": "seed", "body": {"id": "other"}}, 0),
        ({"method": "PATCH", "key": "seed", "body": {"id": "other"}}, 0),
    ],
)
def test_20_nor_can_an_operation_of_a_batch(seeded, v1, member, operation):
    response = v1.send("POST", "Things/batch", {"operations": [member]})

    assert loads(response.content)["results"][operation]["status"] in (400, 422)
    assert_untouched()


def test_20_an_old_update_can_not_change_a_key(seeded, enter):
    door = enter("putitem", "admins")
    updates = {"id": {"Value": {"S": "other"}, "Action": "PUT"}}

    response = door.send(
        "UpdateItem",
        TableName="Things",
        Key={"HashKeyElement": {"S": "seed"}},
        AttributeUpdates=updates,
    )

    assert response.status_code == 400
    assert_untouched()
