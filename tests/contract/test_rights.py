"""Three users, each right, each door, each way in: the same answers everywhere."""

import pytest

from tests.contract.doors import DOORS
from tests.tables import store, stored

USERS = {"rita": "readers", "sam": "staff", "ada": "admins", "nora": "nobodies"}
# What the alias map of these tests grants on Things; nora may not even view it.
GRANTED = {
    "rita": {"view"},
    "sam": {"view", "add", "change"},
    "ada": {"view", "add", "change", "delete", "export"},
    "nora": set(),
}
RIGHTS = ("view", "add", "change", "delete", "export")
WAYS = [(door, way) for door in DOORS for way in DOORS[door].ways_in]
# Only the pages export; what a program may view it may keep.
TRIED = [
    (door, way, action)
    for door, way in WAYS
    for action in RIGHTS
    if action != "export" or door == "pages"
]
# A page sends to the sign-in; a form without a session has no CSRF token that counts.
REFUSED_NOBODY = {"putitem": {400}, "pages": {302, 403}}
SEED = {"id": {"S": "seed"}, "text": {"S": "untouched"}}


def attempt(door, action):
    if action == "add":
        return door.add({"id": {"S": "new"}})
    return getattr(door, action)("seed")


def effects():
    """What each action leaves behind where it is allowed."""
    seed = stored("real-things", "seed")
    return {
        "view": True,
        "add": stored("real-things", "new") is not None,
        "change": seed is not None and "changed" in seed,
        "delete": seed is None,
        "export": True,
    }


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(("name", "way", "action"), TRIED)
def test_14_each_door_grants_exactly_what_the_alias_map_grants(
    moto_tables, enter, name, way, action, user
):
    store("real-things", SEED)
    door = enter(name, USERS[user], way=way, sub=user)

    response = attempt(door, action)

    if action in GRANTED[user]:
        assert response.status_code in (200, 201, 204, 302), response
        assert effects()[action]
        return
    if GRANTED[user]:
        assert door.is_forbidden(response), response
    else:
        assert door.is_unknown_table(response), response
    assert stored("real-things", "seed") == SEED
    assert stored("real-things", "new") is None


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("action", ["view", "add", "change", "delete"])
def test_nobody_gets_in_without_credentials(moto_tables, enter, name, action):
    store("real-things", SEED)
    door = enter(name, way="nobody")

    response = attempt(door, action)

    assert response.status_code in REFUSED_NOBODY.get(name, {401})
    assert stored("real-things", "seed") == SEED
    assert stored("real-things", "new") is None


@pytest.mark.parametrize(("name", "way"), WAYS)
@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_one_switch_refuses_every_write_of_everyone(
    moto_tables, enter, settings, name, way, action
):
    settings.READ_ONLY = True
    store("real-things", SEED)
    door = enter(name, "admins", way=way)

    assert door.is_forbidden(attempt(door, action))
    assert door.view("seed").status_code == 200
    assert stored("real-things", "seed") == SEED
    assert stored("real-things", "new") is None


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("action", ["view", "add", "change", "delete"])
def test_a_table_one_may_not_view_can_not_be_told_from_one_that_is_not_there(
    moto_tables, enter, name, action
):
    store("real-hidden", SEED)
    door = enter(name, "staff")
    item = {"id": {"S": "new"}}

    def refused(alias):
        refusal = door.refusal(
            door.add(item, alias=alias)
            if action == "add"
            else getattr(door, action)("seed", alias=alias)
        )
        return str(refusal).replace(alias, "ALIAS")

    assert refused("Hidden") == refused("Nothere")
    assert stored("real-hidden", "seed") == SEED


@pytest.mark.parametrize("name", DOORS)
def test_a_create_that_would_overwrite_needs_the_right_to_change(
    moto_tables, enter, settings, tmp_path, name
):
    (tmp_path / "tables.toml").write_text(
        'staff_groups = ["adders"]\n[Things]\ntable = "real-things"\naudit_attributes = false\n'
        '[Things.permissions]\nview = ["adders"]\nadd = ["adders"]\nchange = []\n'
    )
    settings.TABLES_FILE = tmp_path / "tables.toml"
    store("real-things", SEED)
    door = enter(name, "adders")

    allowed = door.add({"id": {"S": "new"}})
    refused = door.add({"id": {"S": "seed"}, "text": {"S": "overwritten"}})

    assert allowed.status_code == door.created
    assert door.is_forbidden(refused) or refused.status_code == 409
    assert stored("real-things", "seed") == SEED
