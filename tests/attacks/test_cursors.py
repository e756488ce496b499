"""Row 15: cursors and start keys that were not given out, or not for this."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.tables import store


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
def test_15_a_cursor_belongs_to_its_table_and_filter(moto_tables, v1, calls, other):
    fill()
    cursor = cursor_of(v1, "Things/items?kind=a")
    v1.send("GET", other)
    calls.clear()

    response = v1.send("GET", f"{other}&cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    assert calls == []


def test_15_an_altered_cursor_is_refused(moto_tables, v1, calls):
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
    calls.clear()

    for text in forged:
        response = v1.send("GET", f"Things/items?kind=a&cursor={quote(text)}")
        assert (response.status_code, text) == (400, text)
        assert response.json()["code"] == "invalid_cursor"
    assert calls == []


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
def test_15_a_last_evaluated_key_must_be_a_key(moto_tables, enter, calls, key):
    door = enter("adminapi", "staff")
    door.view("t0")
    calls.clear()

    listed = door.send("GET", table="Things", paginate="true", LastEvaluatedKey=json.dumps(key))
    scanned = door.send(
        "POST",
        {"scan": {}, "paginate": True, "LastEvaluatedKey": key},
        table="Things",
        action="scan",
    )

    assert (listed.status_code, scanned.status_code) == (400, 400)
    assert calls == []


@pytest.mark.parametrize(
    "text", ["{", "%7B", "%257B%2522id%2522", '{"id":"a","id":"b"}', '{"id":NaN}', "\ud800", "nil"]
)
def test_15_a_last_evaluated_key_must_be_json(moto_tables, enter, calls, text):
    door = enter("adminapi", "staff")
    calls.clear()
    encoded = quote(text.encode("utf-8", "surrogatepass"))
    url = f"/endpoint?table=Things&paginate=true&LastEvaluatedKey={encoded}"

    response = door.http.send("GET", url)

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(calls)


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
def test_15_an_exclusive_start_key_must_be_a_key(moto_tables, enter, calls, key):
    door = enter("putitem", "staff")
    calls.clear()

    response = door.send("Scan", TableName="Things", ExclusiveStartKey=key)

    assert response.status_code == 400
    assert not {"Scan", "Query"} & set(calls)
