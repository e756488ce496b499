"""Row 18: document paths that lead nowhere."""

from urllib.parse import quote

import pytest

from tests.attacks.path_takers import path_takers
from tests.tables import stored

BAD_PATHS = {
    "a..b": "a..b",
    ".a": ".a",
    "a.": "a.",
    ".": ".",
    "": "''",
    "a[-1]": "a[-1]",
    "a[99999999999]": "a[99999999999]",
    "a[9999999]": "a[9999999]",
    "a[1": "a[1",
    "a[x]": "a[x]",
    ".".join("a" * 1000): "a.a.a.a",
    "[".join("a" * 1000): "a[a[a[a",
    "a" + "[0]" * 1000: "a[0][0][0]",
}


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: path[:20])
def test_18_a_bad_path_is_400_and_named(moto_tables, enter, path):
    for response in path_takers(enter, path):
        assert response.status_code == 400
        assert BAD_PATHS[path] in response.content.decode(), response.content


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a.b"), ("a[0]", "a[0].b"), ("a.b", "a")])
def test_18_paths_that_overlap_are_400_and_named(moto_tables, enter, paths):
    adminapi, v1 = enter("adminapi", "admins"), enter("v1", "staff")
    answers = [
        adminapi.send(
            "POST", {"scan": {}, "attributesToGet": list(paths)}, table="Things", action="scan"
        ),
        v1.send("POST", "Things/search", {"scan": {}, "fields": list(paths)}),
        v1.send("GET", f"Things/items?fields={quote(','.join(paths))}"),
        adminapi.send("PUT", {"remove": list(paths)}, table="Things", id="seed"),
        adminapi.send(
            "PUT",
            {"set": {paths[0]: 1}, "remove": [paths[1]]},
            table="Things",
            id="seed",
            atomic="true",
        ),
    ]

    for answer in answers:
        assert answer.status_code == 400
        assert paths[1] in answer.content.decode()
    assert stored("real-things", "seed") is None


def test_18_proto_is_an_ordinary_name(embedded_tables, enter):
    adminapi, v1 = enter("adminapi", "admins"), enter("v1", "staff")
    body = b'{"id": "p", "__proto__": {"admin": true}, "constructor": {"prototype": 1}}'

    assert adminapi.send("POST", body, table="Things").status_code == 200
    changed = adminapi.send("PUT", {"set": {"__proto__.admin": False}}, table="Things", id="p")
    listed = v1.send("GET", "Things/items?__proto__.admin__bool=false&constructor.prototype__n=1")

    assert changed.status_code == 200
    assert [item["__proto__"] for item in listed.json()["items"]] == [{"admin": False}]
