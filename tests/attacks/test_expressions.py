"""Rows 17, 18 and 19: names, operators, paths and keys that try to be something else."""

import json
import re
from urllib.parse import quote, urlencode

import pytest

from tables.dynamodb import client
from tables.dynamodb.client import call
from tests.contract.conftest import store, stored
from tests.contract.languages import loads

HOSTILE_NAMES = [
    "#x",
    "#0",
    ":v",
    ":0",
    "a = :x OR b",
    "a=:x",
    "attribute_exists(a)",
    "a OR attribute_exists(id)",
    "size(a)",
    "%s",
    "{0}",
    "{path}",
    "select",
    "table",
    "<>; ",
    "' OR '1'='1",
    '"; DROP TABLE things; --',
    "a)\n OR (b",
    "\u202e",
    "$where",
    "__proto__",
    "constructor",
]
# Names that are no document path: they are refused.
HOSTILE_PATHS = ["a[0] OR c", "a[0]b", "a[", "a[]", "a[:x]", "a[#0]", "]a["]
COMPARATORS = ["= :x OR a", "<>; ", "eq OR", "#x", ":v", "%s", "", "==", "LIKE", "{0}", "= ="]

# All that our own expressions are made of besides placeholders.
GRAMMAR = re.compile(
    r"#\d+|:\d+|\[\d+\]|[().,=<> ]|\b(?:AND|OR|NOT|BETWEEN|IN|SET|REMOVE|ADD|DELETE|contains|"
    r"begins_with|attribute_exists|attribute_not_exists|attribute_type|list_append)\b"
)


@pytest.fixture
def expressions(monkeypatch):
    """Every expression that goes to DynamoDB."""
    seen = []
    send = client._send

    def note(operation, members):
        entries = [members]
        for item in members.get("TransactItems", []):
            entries += item.values()
        for entry in entries:
            seen.extend(text for name, text in entry.items() if name.endswith("Expression"))
        return send(operation, members)

    monkeypatch.setattr(client, "_send", note)
    return seen


def assert_nothing_raw(expressions):
    for expression in expressions:
        assert GRAMMAR.sub("", expression) == "", expression


@pytest.fixture
def named(embedded_tables):
    """One item for each hostile name, holding it; and one that holds none."""
    store("real-things", {"id": {"S": "plain"}, "a": {"S": "v"}})
    for number, name in enumerate(HOSTILE_NAMES):
        store("real-things", {"id": {"S": f"n{number}"}, name: {"S": "v"}})


def ids(items):
    return sorted(item["id"] for item in items)


def test_17_a_hostile_name_is_a_literal_name_to_a_scan(named, enter, expressions):
    adminapi, v1 = enter("adminapi", "staff"), enter("v1", "staff")
    for number, name in enumerate(HOSTILE_NAMES):
        for scan in (
            {name: "v"},
            {name: {"comparator": "begins_with", "value": "v"}},
            {name: ["v"]},
            {"attributesExist": [name]},
        ):
            found = adminapi.send("POST", {"scan": scan}, table="Things", action="scan")
            assert ids(json.loads(b"".join(found.streaming_content))) == [f"n{number}"], name
            again = v1.send("POST", "Things/search", {"scan": scan})
            assert ids(again.json()["items"]) == [f"n{number}"], name
        listed = v1.send("GET", f"Things/items?{urlencode({name + '__eq': 'v'})}")
        assert ids(listed.json()["items"]) == [f"n{number}"], name
    assert_nothing_raw(expressions)


def test_17_a_hostile_name_is_a_literal_name_to_a_projection(named, enter, expressions):
    adminapi, v1 = enter("adminapi", "staff"), enter("v1", "staff")
    for number, name in enumerate(HOSTILE_NAMES):
        scan = {"scan": {"id": f"n{number}"}, "attributesToGet": [name]}
        found = adminapi.send("POST", scan, table="Things", action="scan")
        assert json.loads(b"".join(found.streaming_content))[0][name] == "v"
        listed = v1.send("GET", f"Things/items/n{number}?{urlencode({'fields': name})}")
        assert listed.json()[name] == "v"
    assert_nothing_raw(expressions)


def test_17_a_hostile_name_is_a_literal_name_to_an_update(embedded_tables, enter, expressions):
    adminapi, v1 = enter("adminapi", "admins"), enter("v1", "staff")
    for number, name in enumerate(HOSTILE_NAMES):
        body = {"set": {name: ["v"]}, "setListAppend": {name: ["w"]}, "remove": [name + "x"]}
        key = f"n{number}"
        updated = adminapi.send("PUT", body, table="Things", id=key)
        assert updated.status_code == 200, (name, updated.content)
        assert stored("real-things", key)[name] == {"L": [{"S": "v"}, {"S": "w"}]}
        patched = v1.send("PATCH", f"Things/items/{key}", {name: {name: 1}})
        assert patched.status_code == 200, (name, patched.content)
        assert stored("real-things", key)[name] == {"M": {name: {"N": "1"}}}
        removed = adminapi.send("PUT", {"remove": [name]}, table="Things", id=key)
        assert removed.status_code == 200, (name, removed.content)
        assert stored("real-things", key) == {"id": {"S": key}}
    assert_nothing_raw(expressions)


def test_17_a_hostile_name_is_a_literal_name_to_old_clients(named, enter, expressions):
    door = enter("putitem", "admins")
    equals = {"AttributeValueList": [{"S": "v"}], "ComparisonOperator": "EQ"}
    for number, name in enumerate(HOSTILE_NAMES):
        key = {"HashKeyElement": {"S": f"n{number}"}}
        found = door.send("Scan", TableName="Things", ScanFilter={name: equals})
        assert [item["id"]["S"] for item in loads(found.content)["Items"]] == [f"n{number}"]
        one = door.send("GetItem", TableName="Things", Key=key, AttributesToGet=[name])
        assert loads(one.content)["Item"] == {name: {"S": "v"}}
        updates = {name: {"Value": {"S": "w"}, "Action": "PUT"}}
        expected = {name: {"Value": {"S": "v"}}}
        changed = door.send(
            "UpdateItem", TableName="Things", Key=key, AttributeUpdates=updates, Expected=expected
        )
        assert changed.status_code == 200, (name, changed.content)
        assert stored("real-things", f"n{number}")[name] == {"S": "w"}
    assert_nothing_raw(expressions)


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_17_what_is_no_path_is_400_wherever_a_path_is_taken(moto_tables, enter, expressions, path):
    for response in path_takers(enter, path):
        assert response.status_code == 400
    assert_nothing_raw(expressions)


@pytest.mark.parametrize("comparator", [*COMPARATORS, 7, None, True, [], {"=": 1}], ids=str)
def test_17_what_is_no_comparator_is_400(moto_tables, enter, dynamodb_calls, comparator):
    scan = {"a": {"comparator": comparator, "value": "v"}}
    condition = {"AttributeValueList": [{"S": "v"}], "ComparisonOperator": comparator}

    answers = [
        enter("adminapi", "staff").send("POST", {"scan": scan}, table="Things", action="scan"),
        enter("v1", "staff").send("POST", "Things/search", {"scan": scan}),
        enter("putitem", "staff").send("Scan", TableName="Things", ScanFilter={"a": condition}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert not {"Scan", "Query"} & set(dynamodb_calls)


@pytest.mark.parametrize(
    "query",
    [
        "index=%23x",
        "index=by-name%20OR%20a",
        "index=real-things",
        "order=asc;",
        "order=%23x",
        "plan=%3Av",
        "limit=1%20OR%201",
        "limit=-1",
        "limit=0",
        "limit=1e3",
        "limit=99999999999999999999",
        "a__type=SS%20OR",
        "a__between=1",
        "a__n=abc",
        "a__bool=maybe",
    ],
)
def test_17_a_parameter_that_is_none_is_400(moto_tables, enter, dynamodb_calls, query):
    response = enter("v1", "staff").send("GET", f"Things/items?{query}")

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(dynamodb_calls)


# ---------------------------------------------------------------- document paths

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


def path_takers(enter, path):
    """The answers of every place that takes a document path from a JSON client."""
    adminapi, v1 = enter("adminapi", "admins"), enter("v1", "staff")
    adminapi.send("PUT", {"set": {"b": 1}}, table="Things", id="seed")
    for scan in ({path: "v"}, {"attributesExist": [path]}, {"attributesNotExist": [path]}):
        yield adminapi.send("POST", {"scan": scan}, table="Things", action="scan")
        yield v1.send("POST", "Things/search", {"scan": scan})
    projected = {"scan": {}, "attributesToGet": [path]}
    yield adminapi.send("POST", projected, table="Things", action="scan")
    yield v1.send("POST", "Things/search", {"scan": {}, "fields": [path]})
    for atomic in ("true", "false"):
        for actions in (
            {"set": {path: "v"}},
            {"remove": {path: ""}},
            {"add": {path: 1}},
            {"delete": {path: ["v"]}},
            {"setListAppend": {path: ["v"]}},
        ):
            yield adminapi.send("PUT", actions, table="Things", id="seed", atomic=atomic)
    if path:
        yield v1.send("GET", f"Things/items?{urlencode({path + '__eq': 'v'})}")


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


# ---------------------------------------------------------------- keys

SEEDS = ["1", "01", "1.0", "true", "null", "[1]", '"1"', "é", "a,b", "%31"]


@pytest.fixture
def seeds(embedded_tables):
    for name in SEEDS:
        store("real-things", {"id": {"S": name}, "own": {"S": name}})
    call("PutItem", TableName="real-numbers", Item={"number": {"N": "1"}, "own": {"S": "one"}})
    call(
        "PutItem",
        TableName="real-pairs",
        Item={"country": {"S": "a"}, "rank": {"N": "1"}, "own": {"S": "pair"}},
    )


def test_19_each_id_finds_its_own_item_and_no_other(seeds, enter):
    door = enter("adminapi", "staff")

    for name in SEEDS:
        assert door.view(name).json()["item"]["own"] == name


@pytest.mark.parametrize("text", ["1", "1.0", "01", "1e0", "0.1e1", "1.000"])
def test_19_a_number_key_is_a_number_however_it_is_spelt(seeds, enter, text):
    response = enter("adminapi", "staff").send("GET", table="Numbers", id=text)

    assert response.status_code in (200, 400)
    assert response.status_code == 400 or response.json()["item"]["own"] == "one"


@pytest.mark.parametrize(
    "query",
    [
        "table=Numbers&id=a",
        "table=Numbers&id=%221%22",
        "table=Numbers&id=true",
        "table=Numbers&id=null",
        "table=Numbers&id=%5B1%5D",
        "table=Numbers&id=NaN",
        "table=Numbers&id=1e400",
        "table=Numbers&id=0x1",
        "table=Numbers&id=1_0",
        "table=Numbers&id=%D9%A1",
        "table=Numbers&id=+",
        "table=Numbers&id=" + "1" * 39,
        "table=Things&id=" + "x" * 3000,
        "table=Things&id=1&id=2",
        "table=Things&id=1&id=1",
        "table=Things&table=Stamped&id=1",
        "table=Pairs&id=a",
        "table=Pairs&id=a&sk=",
        "table=Pairs&id=a&sk=x",
        "table=Pairs&id=a&sk=1&sk=2",
        "table=Things&id=1&sk=1",
        "table=Things&id=%FF",
    ],
    ids=lambda query: query[:60],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_19_an_id_that_can_not_be_a_key_is_400(seeds, enter, method, query):
    door = enter("adminapi", "admins")
    body = b'{"set":{"hit":true}}' if method == "PUT" else b""

    response = door.http.send(method, f"/endpoint?{query}", body)

    assert response.status_code == 400
    assert call("Scan", TableName="real-things")["Count"] == len(SEEDS)
    assert call("Scan", TableName="real-numbers")["Count"] == 1
    assert call("Scan", TableName="real-pairs")["Count"] == 1
    assert not any("hit" in item for item in call("Scan", TableName="real-things")["Items"])


@pytest.mark.parametrize(
    "id", ["\x00", "1\x00", " 1", "1 ", "~MQ", "\n", "../1", "%31%00"], ids=ascii
)
def test_19_an_id_is_taken_as_it_stands(seeds, enter, id):
    response = enter("adminapi", "staff").view(id)

    assert response.status_code == 404
    assert response.content == b'{"success":false,"error":"Item not found."}'


@pytest.mark.parametrize(
    ("alias", "token"),
    [
        ("Numbers", "01"),
        ("Numbers", "1.0"),
        ("Numbers", "1e0"),
        ("Numbers", "~MQ"),
        ("Numbers", "~MS4w"),
        ("Numbers", "a"),
        ("Numbers", "NaN"),
        ("Things", "~MQ"),
        ("Things", "~MQ=="),
        ("Things", "~"),
        ("Things", "~MR"),
        ("Things", "~_w"),
        ("Things", "%FF"),
        ("Things", "%00"),
        ("Things", "1%00"),
        ("Things", "1,1"),
        ("Things", "1,"),
        ("Things", ","),
        ("Things", "%2E%2E"),
        ("Things", "a%2Cb"),
        ("Things", "x" * 3000),
        ("Pairs", "a"),
        ("Pairs", "a,"),
        ("Pairs", ",1"),
        ("Pairs", "a,x"),
        ("Pairs", "a,01"),
        ("Pairs", "a,1,1"),
        ("Pairs", "1,a"),
    ],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH"])
def test_19_a_token_that_is_not_the_one_of_its_key_is_404(seeds, enter, method, alias, token):
    body = b'{"hit":true}' if method in ("PUT", "PATCH") else b""
    response = enter("v1", "admins").send(method, f"{alias}/items/{token}", body)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert call("Scan", TableName="real-things")["Count"] == len(SEEDS)
    assert call("Scan", TableName="real-numbers")["Count"] == 1
    assert call("Scan", TableName="real-pairs")["Count"] == 1


@pytest.mark.parametrize(
    ("alias", "body"),
    [
        ("Things", b'{"id":1}'),
        ("Things", b'{"id":true}'),
        ("Things", b'{"id":["1"]}'),
        ("Things", b'{"id":{"S":"1"}}'),
        ("Things", b'{"id":"%s"}' % (b"x" * 3000)),
        ("Numbers", b'{"number":"1"}'),
        ("Numbers", b'{"number":null}'),
        ("Numbers", b'{"number":true}'),
        ("Numbers", b'{"number":[1]}'),
        ("Numbers", b"{}"),
        ("Numbers", b'{"number":1.00000000000000000000000000000000000000001}'),
        ("Pairs", b'{"country":"a"}'),
        ("Pairs", b'{"country":"a","rank":"1"}'),
        ("Pairs", b'{"country":"a","rank":null}'),
    ],
)
def test_19_a_body_whose_key_is_none_is_refused(embedded_tables, enter, alias, body):
    adminapi = enter("adminapi", "admins").send("POST", body, table=alias)
    v1 = enter("v1", "admins").send("POST", f"{alias}/items", body)

    assert (adminapi.status_code, v1.status_code) == (400, 422)
    for table in ("real-things", "real-numbers", "real-pairs"):
        assert call("Scan", TableName=table)["Count"] == 0


@pytest.mark.parametrize("body", [b'{"id":null}', b'{"id":""}'])
def test_19_v1_takes_no_empty_key_and_the_adminapi_makes_one(embedded_tables, enter, body):
    v1 = enter("v1", "admins").send("POST", "Things/items", body)
    adminapi = enter("adminapi", "admins").send("POST", body, table="Things")

    assert v1.status_code == 422
    assert adminapi.status_code == 200
    assert len(adminapi.json()["item"]["id"]) == 36
