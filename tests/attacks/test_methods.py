"""Row 27: methods in disguise."""

from urllib.parse import quote

import pytest

from tests.tables import store, stored

SEED = {"id": {"S": "seed"}, "text": {"S": "untouched"}}


@pytest.fixture
def seeded(moto_tables):
    store("real-things", SEED)


def assert_untouched():
    assert stored("real-things", "seed") == SEED
    assert stored("real-things", "other") is None


ITEM_URLS = {
    "adminapi": "/endpoint?table=Things&id=seed",
    "v1": "/api/v1/tables/Things/items/seed",
    "putitem": "/dynamodb/",
}


@pytest.mark.parametrize("name", ITEM_URLS)
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_27_a_header_does_not_change_the_method(seeded, enter, name, header, method):
    door = enter(name, "admins")
    headers = {header: "DELETE", "Content-Type": "application/json"}

    door.http.send(method, ITEM_URLS[name], b"{}" if method == "POST" else b"", headers)

    assert stored("real-things", "seed") == SEED


@pytest.mark.parametrize("name", ["adminapi", "v1"])
@pytest.mark.parametrize("parameter", ["_method=DELETE", "method=DELETE", "action=DELETE"])
def test_27_a_parameter_does_not_change_the_method(seeded, enter, name, parameter):
    door = enter(name, "admins")
    join = "&" if "?" in ITEM_URLS[name] else "?"

    door.http.send("GET", f"{ITEM_URLS[name]}{join}{parameter}")
    door.http.send(
        "POST",
        ITEM_URLS[name],
        parameter.encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert_untouched()


@pytest.mark.parametrize("name", ITEM_URLS)
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_27_any_other_method_is_405(seeded, enter, calls, name, method):
    door = enter(name, "admins")
    calls.clear()

    response = door.http.send(method, ITEM_URLS[name])

    assert response.status_code == 405
    assert response["Allow"]
    assert calls == []
    assert_untouched()


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "FOO", "OPTIONS"])
@pytest.mark.parametrize(
    "page",
    [
        *("", "token/", "login/", "logout/", "jsi18n/", "access-keys/"),
        *("tables/Things/", "tables/Things/add/", "tables/Things/seed/change/"),
    ],
)
def test_27_a_page_is_not_what_another_method_gets(seeded, enter, calls, page, method):
    pages = enter("pages", "admins")
    calls.clear()

    response = pages.http.send(method, f"/admin/{page}")

    assert response.status_code == 405
    assert response["Allow"]
    assert calls == []
    assert_untouched()


@pytest.mark.parametrize("format", ["json", "api", "dynamodb", "xml", "../../etc/passwd", ""])
def test_27_a_format_gives_no_other_rights(seeded, enter, format):
    door = enter("v1", "nobodies")
    reader = enter("v1", "readers")
    url = f"Things/items/seed?format={quote(format, safe='')}"

    assert door.send("GET", url).status_code in (404, 406)
    assert reader.send("DELETE", url).status_code in (400, 403, 404, 406)
    assert reader.send("PATCH", url, {"text": "x"}).status_code in (400, 403, 404, 406)
    assert_untouched()
