"""Row 17: names and operators that try to be part of an expression."""

import json
import re
from urllib.parse import urlencode

import pytest

from tables.dynamodb import client
from tests.attacks.path_takers import path_takers
from tests.contract.languages import loads
from tests.tables import store, stored

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

    def note(operation, members, **how):
        entries = [members]
        for item in members.get("TransactItems", []):
            entries += item.values()
        for entry in entries:
            seen.extend(text for name, text in entry.items() if name.endswith("Expression"))
        return send(operation, members, **how)

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
def test_17_what_is_no_comparator_is_400(moto_tables, enter, calls, comparator):
    scan = {"a": {"comparator": comparator, "value": "v"}}
    condition = {"AttributeValueList": [{"S": "v"}], "ComparisonOperator": comparator}

    answers = [
        enter("adminapi", "staff").send("POST", {"scan": scan}, table="Things", action="scan"),
        enter("v1", "staff").send("POST", "Things/search", {"scan": scan}),
        enter("putitem", "staff").send("Scan", TableName="Things", ScanFilter={"a": condition}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert not {"Scan", "Query"} & set(calls)


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
def test_17_a_parameter_that_is_none_is_400(moto_tables, enter, calls, query):
    response = enter("v1", "staff").send("GET", f"Things/items?{query}")

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(calls)
