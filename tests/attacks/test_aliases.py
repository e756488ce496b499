"""Row 13: other names than the aliases."""

from urllib.parse import quote, unquote

import pytest

from tests.contract.doors import DOORS

ALIASES = [
    "real-things",
    "real-hidden",
    "dynadmin-state",
    "things",
    "THINGS",
    " Things",
    "Things ",
    "Things\x00",
    "../Things",
    "Things/../Hidden",
    "..",
    "arn:aws:dynamodb:eu-west-1:123456789012:table/real-things",
    "Things/index/by-name",
    "auth_user",
    "staff_groups",
    "__proto__",
    "%54hings",
    "\uff34hings",
    "T" * 5000,
]


@pytest.mark.parametrize("alias", ALIASES, ids=ascii)
@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("action", ["view", "add", "change", "delete", "everything"])
def test_13_only_an_alias_reaches_a_table(moto_tables, enter, calls, name, action, alias):
    door = enter(name, "admins")
    if name == "v1":
        alias = quote(alias, safe="")
    calls.clear()

    if action == "everything":
        response = door.everything(alias=alias)
    elif action == "add":
        response = door.add({"id": {"S": "x"}}, alias=alias)
    else:
        response = getattr(door, action)("x", alias=alias)

    assert response.status_code == (404 if name in ("v1", "pages") else 400)
    # A problem names the URL it was met at, and nothing more.
    assert "real-" not in response.content.decode().replace(unquote(alias), "")
    assert calls == []


@pytest.mark.parametrize("alias", ALIASES, ids=ascii)
def test_13_no_page_shows_another_table(moto_tables, sign_in, client, calls, alias):
    sign_in("admins")
    calls.clear()

    response = client.get(f"/admin/tables/{quote(alias, safe='')}/")

    assert response.status_code == 404
    assert calls == []
