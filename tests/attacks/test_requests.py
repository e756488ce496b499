"""Rows 13, 15, 20, 22 and 27: requests for what is not theirs to ask for."""

import base64
import json
from urllib.parse import quote, unquote

import pytest

from tests.contract.conftest import store, stored
from tests.contract.doors import DOORS
from tests.contract.languages import loads

# Asked of a table once, and kept: what its keys are.
DESCRIBING = {"DescribeTable", "DescribeTimeToLive"}

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
def test_13_only_an_alias_reaches_a_table(moto_tables, enter, dynamodb_calls, name, action, alias):
    door = enter(name, "admins")
    if name == "v1":
        alias = quote(alias, safe="")
    dynamodb_calls.clear()

    if action == "everything":
        response = door.everything(alias=alias)
    elif action == "add":
        response = door.add({"id": {"S": "x"}}, alias=alias)
    else:
        response = getattr(door, action)("x", alias=alias)

    assert response.status_code == (404 if name == "v1" else 400)
    # A problem names the URL it was met at, and nothing more.
    assert "real-" not in response.content.decode().replace(unquote(alias), "")
    assert dynamodb_calls == []


@pytest.mark.parametrize("alias", ALIASES, ids=ascii)
def test_13_no_page_shows_another_table(moto_tables, sign_in, client, dynamodb_calls, alias):
    sign_in("admins")
    dynamodb_calls.clear()

    response = client.get(f"/admin/tables/{quote(alias, safe='')}/")

    assert response.status_code == 404
    assert dynamodb_calls == []


# ---------------------------------------------------------------- cursors


def fill(count=5):
    for number in range(count):
        store("real-things", {"id": {"S": f"t{number}"}, "kind": {"S": "a"}})
        store("real-stamped", {"id": {"S": f"t{number}"}, "kind": {"S": "a"}})


def cursor_of(door, path):
    page = door.send("GET", f"{path}&limit=2").json()
    return page["next"].partition("cursor=")[2].partition("&")[0]


@pytest.fixture
def v1(enter):
    return enter("v1", "staff")


@pytest.mark.parametrize(
    "other",
    [
        "Stamped/items?kind=a",
        "Things/items?kind=b",
        "Things/items?kind=a&kind__exists=true",
        "Things/items?",
        "Things/items?kind=a&kind=b",
    ],
)
def test_15_a_cursor_belongs_to_its_table_and_filter(moto_tables, v1, dynamodb_calls, other):
    fill()
    cursor = cursor_of(v1, "Things/items?kind=a")
    v1.send("GET", other)
    dynamodb_calls.clear()

    response = v1.send("GET", f"{other}&cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    assert dynamodb_calls == []


def test_15_an_altered_cursor_is_refused(moto_tables, v1, dynamodb_calls):
    fill()
    cursor = cursor_of(v1, "Things/items?kind=a")
    other = {letter: "B" if letter != "B" else "C" for letter in cursor}
    forged = [cursor[:i] + other[cursor[i]] + cursor[i + 1 :] for i in range(0, len(cursor), 7)]
    forged += [
        cursor[:-4],
        cursor + "AAAA",
        cursor + "=",
        "AAAA",
        base64.urlsafe_b64encode(b'{"id":{"S":"t0"}}').decode().rstrip("="),
        "A" * 100_000,
        "é",
        "%00",
    ]
    dynamodb_calls.clear()

    for text in forged:
        response = v1.send("GET", f"Things/items?kind=a&cursor={quote(text)}")
        assert (response.status_code, text) == (400, text)
        assert response.json()["code"] == "invalid_cursor"
    assert dynamodb_calls == []


START_KEYS = [
    {"id": "t0", "extra": "x"},
    {"id": 7},
    {"id": None},
    {"id": True},
    {"id": ["t0"]},
    {"id": {"S": "t0"}},
    {"id": ""},
    {"other": "t0"},
    {},
    [],
    "t0",
    7,
    {"id": "x" * 3000},
    {"id": "x" * 100_000},
]


@pytest.mark.parametrize("key", START_KEYS, ids=lambda key: str(key)[:40])
def test_15_a_last_evaluated_key_must_be_a_key(moto_tables, enter, dynamodb_calls, key):
    door = enter("adminapi", "staff")
    door.view("t0")
    dynamodb_calls.clear()

    listed = door.send("GET", table="Things", paginate="true", LastEvaluatedKey=json.dumps(key))
    scanned = door.send(
        "POST",
        {"scan": {}, "paginate": True, "LastEvaluatedKey": key},
        table="Things",
        action="scan",
    )

    assert (listed.status_code, scanned.status_code) == (400, 400)
    assert dynamodb_calls == []


@pytest.mark.parametrize(
    "text", ["{", "%7B", "%257B%2522id%2522", '{"id":"a","id":"b"}', '{"id":NaN}', "\ud800", "nil"]
)
def test_15_a_last_evaluated_key_must_be_json(moto_tables, enter, dynamodb_calls, text):
    door = enter("adminapi", "staff")
    dynamodb_calls.clear()
    encoded = quote(text.encode("utf-8", "surrogatepass"))
    url = f"/endpoint?table=Things&paginate=true&LastEvaluatedKey={encoded}"

    response = door.http.send("GET", url)

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(dynamodb_calls)


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"HashKeyElement": {"N": "1"}},
        {"HashKeyElement": {"S": "a"}, "RangeKeyElement": {"S": "b"}},
        {"HashKeyElement": {"S": "a"}, "extra": {"S": "b"}},
        {"id": {"S": "a"}},
        [],
        "a",
        {"HashKeyElement": {"S": "x" * 100_000}},
    ],
    ids=lambda key: str(key)[:40],
)
def test_15_an_exclusive_start_key_must_be_a_key(moto_tables, enter, dynamodb_calls, key):
    door = enter("putitem", "staff")
    dynamodb_calls.clear()

    response = door.send("Scan", TableName="Things", ExclusiveStartKey=key)

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(dynamodb_calls)


# ---------------------------------------------------------------- changing keys

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


# ---------------------------------------------------------------- too much


def test_22_an_unbounded_list_is_capped_where_a_cap_is_set(moto_tables, enter, settings):
    fill(5)
    settings.ADMINAPI_LIST_LIMIT = 3
    door = enter("adminapi", "staff")

    listed = door.everything()
    scanned = door.send("POST", {"scan": {}}, table="Things", action="scan")

    for response in (listed, scanned):
        assert response.status_code == 400
        assert "paginate" in response.json()["error"]["message"]


@pytest.mark.parametrize("condition", ["IN", "array"])
def test_22_a_filter_of_1000_values_is_400(moto_tables, enter, dynamodb_calls, condition):
    values = [f"v{number}" for number in range(1000)]
    scan = {"kind": {"comparator": "IN", "value": values} if condition == "IN" else values}
    answers = [
        enter("adminapi", "staff").send("POST", {"scan": scan}, table="Things", action="scan"),
        enter("v1", "staff").send("POST", "Things/search", {"scan": scan}),
    ]
    if condition == "IN":
        listed = f"Things/items?kind__in={','.join(values)}"
        answers.append(enter("v1", "staff").send("GET", listed))

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert not {"Scan", "Query"} & set(dynamodb_calls)


def test_22_of_50_scans_at_once_most_are_429(moto_tables, enter):
    fill(3)
    door = enter("adminapi", "staff")
    other = enter("adminapi", "staff", sub="someone-else")

    # A stream that is not read to its end is a scan that still runs.
    running = [door.everything() for _ in range(50)]
    statuses = [response.status_code for response in running]
    of_another = other.everything()

    assert statuses == [200, 200] + [429] * 48
    assert all(response["Retry-After"] for response in running if response.status_code == 429)
    assert of_another.status_code == 200
    for response in (*running, of_another):
        response.close()
    assert door.everything().status_code == 200


def test_22_a_page_that_stops_at_its_budget_says_so(moto_tables, enter, settings):
    settings.SCAN_BUDGET_ITEMS = 2
    fill(5)

    page = enter("v1", "staff").send("GET", "Things/items?kind=none").json()

    assert (page["items"], page["count"]) == ([], 0)
    assert page["scanned_count"] == 2
    assert page["next"]


# ---------------------------------------------------------------- methods in disguise

ITEM_URLS = {
    "adminapi": "/endpoint?table=Things&id=seed",
    "v1": "/api/v1/tables/Things/items/seed",
    "putitem": "/dynamodb/",
}


@pytest.mark.parametrize("name", DOORS)
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


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_27_any_other_method_is_405(seeded, enter, dynamodb_calls, name, method):
    door = enter(name, "admins")
    dynamodb_calls.clear()

    response = door.http.send(method, ITEM_URLS[name])

    assert response.status_code == 405
    assert response["Allow"]
    assert dynamodb_calls == []
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
