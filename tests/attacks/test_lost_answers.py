"""32: every write of every door, while DynamoDB's answers are lost, cut, altered or refusals.

What is told as made is stored, once; what is told as refused is not; the rest is told as unknown.
With `-s` the counts are printed as a table.
"""

import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tables.dynamodb.client import call, client
from tables.dynamodb.history_table import create_history_table
from tests.attacks.faults import FAULTS, in_front_of
from tests.tables import store, stored

TABLE = "real-things"
COUNTS = ("sent", "acknowledged", "refused", "told unknown", "stored", "acknowledged and stored")
ONCE, ALWAYS = 1, 99
HARMLESS = ("", "throttled")
MERGE, PATCH = "application/merge-patch+json", "application/json-patch+json"


@dataclass(frozen=True)
class Write:
    """A write of a door: `send(door, name, text, headers)`, and how often `made` finds it made."""

    door: str
    name: str
    send: Callable
    made: Callable
    takes_key: bool = False
    creates: bool = False

    def __str__(self):
        return f"{self.door} {self.name}"


# ---------------------------------------------------------------- how often it was made


def is_there(name, _text):
    return int(stored(TABLE, name) is not None)


def is_gone(name, _text):
    return int(stored(TABLE, name) is None)


def says(name, text):
    return int((stored(TABLE, name) or {}).get("text") == {"S": text})


def is_changed(name, _text):
    return int("changed" in (stored(TABLE, name) or {}))


def counted(name, _text):
    return int(stored(TABLE, name)["n"]["N"])


def appended(name, _text):
    return len(stored(TABLE, name)["list"]["L"])


def with_text(_name, text):
    """Items whose key the server made."""
    return sum(item["text"] == {"S": text} for item in call("Scan", TableName=TABLE)["Items"])


# ---------------------------------------------------------------- the writes


def update(**actions):
    def send(door, name, _text, headers):
        return door.send("PUT", actions, table="Things", id=name, headers=headers)

    return send


def update_at_once(**actions):
    def send(door, name, _text, headers):
        query = {"table": "Things", "id": name, "atomic": "true"}
        return door.send("PUT", actions, headers=headers, **query)

    return send


def change(method, kind, body):
    def send(door, name, text, headers):
        content = json.loads(json.dumps(body).replace("TEXT", text))
        return door.send(method, door.path(name), content, headers=headers, kind=kind)

    return send


def batch(method, body):
    def send(door, name, text, headers):
        content = json.loads(json.dumps(body).replace("TEXT", text))
        operation = {"method": method, "body": content}
        if method != "POST":
            operation["key"] = door.path(name).rpartition("/")[2]
        return door.send("POST", "Things/batch", {"operations": [operation]}, headers=headers)

    return send


def old_update(action, value):
    def send(door, name, _text, _headers):
        updates = {"changed" if action == "PUT" else "n": {"Action": action, "Value": value}}
        key = {"HashKeyElement": {"S": name}}
        return door.send("UpdateItem", TableName="Things", Key=key, AttributeUpdates=updates)

    return send


def old_batch(door, name, text, _headers):
    item = {"id": {"S": name}, "text": {"S": text}}
    return door.send("BatchWriteItem", RequestItems={"Things": [{"PutRequest": {"Item": item}}]})


def named(door, name, text, headers):
    return door.add({"id": {"S": name}, "text": {"S": text}}, **_given(headers))


def unnamed(door, _name, text, headers):
    return door.add({"text": {"S": text}}, **_given(headers))


def changed(door, name, _text, headers):
    return door.change(name, **_given(headers))


def deleted(door, name, _text, headers):
    return door.delete(name, **_given(headers))


def _given(headers):
    return {"headers": headers} if headers else {}


APPEND = [{"op": "add", "path": "/list/-", "value": 1}]
TEXT = {"text": "TEXT"}
WRITES = [
    Write("adminapi", "create", unnamed, with_text, takes_key=True, creates=True),
    Write("adminapi", "create with a key", named, is_there, takes_key=True, creates=True),
    Write("adminapi", "set", update(set={"changed": True}), is_changed),
    Write("adminapi", "add", update(add={"n": 1}), counted),
    Write("adminapi", "append", update(setListAppend={"list": [1]}), appended),
    Write("adminapi", "atomic add", update_at_once(add={"n": 1}), counted, takes_key=True),
    Write(
        "adminapi",
        "atomic append",
        update_at_once(setListAppend={"list": [1]}),
        appended,
        takes_key=True,
    ),
    Write("adminapi", "delete", deleted, is_gone, takes_key=True),
    Write("v1", "POST", unnamed, with_text, takes_key=True, creates=True),
    Write("v1", "POST with a key", named, is_there, takes_key=True, creates=True),
    Write("v1", "PUT", change("PUT", "application/json", TEXT), says, takes_key=True),
    Write("v1", "PATCH", change("PATCH", MERGE, TEXT), says, takes_key=True),
    Write("v1", "PATCH append", change("PATCH", PATCH, APPEND), appended, takes_key=True),
    Write("v1", "DELETE", deleted, is_gone, takes_key=True),
    Write("v1", "batch POST", batch("POST", TEXT), with_text, takes_key=True, creates=True),
    Write("v1", "batch PATCH append", batch("PATCH", APPEND), appended, takes_key=True),
    Write("putitem", "PutItem", named, says, creates=True),
    Write("putitem", "UpdateItem PUT", old_update("PUT", {"S": "yes"}), is_changed),
    Write("putitem", "UpdateItem ADD", old_update("ADD", {"N": "1"}), counted),
    Write("putitem", "DeleteItem", deleted, is_gone),
    Write("putitem", "BatchWriteItem", old_batch, says),
    Write("pages", "add", named, is_there, creates=True),
    Write("pages", "change", changed, is_changed),
    Write("pages", "delete", deleted, is_gone),
]

# ---------------------------------------------------------------- what the caller is told


def told(door, response):
    """Which of acknowledged, refused and told unknown an answer is."""
    return TOLD[door](response)


def told_by_adminapi(response):
    body = response.json()
    if response.status_code == 200:
        return "acknowledged"
    entry = json.loads(body["results"][0]["body"]) if "results" in body else body
    if entry["error"]["code"] != "WriteInDoubtException":
        return "refused"
    assert (entry["error"]["statusCode"], entry["error"]["retryable"]) == (503, False)
    assert "may have been made" in entry["error"]["message"] or "not known" in str(entry)
    assert response.status_code == (400 if "results" in body else 503)
    return "told unknown"


def told_by_v1(response):
    body = response.json() if response.content else {}
    if "results" in body:
        (body,) = body["results"]
        body = body.get("problem", {})
    if not body.get("code"):
        assert response.status_code < 300
        return "acknowledged"
    if body["code"] != "write_in_doubt":
        return "refused"
    assert body["status"] == 503
    assert "not known whether this write was made" in body["detail"]
    return "told unknown"


def told_by_putitem(response):
    if response.status_code == 200:
        return "refused" if json.loads(response.content).get("UnprocessedItems") else "acknowledged"
    if response.status_code != 503:
        return "refused"
    assert "not known whether this write was made" in json.loads(response.content)["message"]
    return "told unknown"


def told_by_pages(response):
    if response.status_code == 302:
        return "acknowledged"
    if "not known whether this write was made" not in response.content.decode():
        return "refused"
    assert response.status_code == 503
    return "told unknown"


TOLD = {
    "adminapi": told_by_adminapi,
    "v1": told_by_v1,
    "putitem": told_by_putitem,
    "pages": told_by_pages,
}

# ---------------------------------------------------------------- the matrix


@pytest.fixture(scope="module")
def counts():
    kept = {}
    yield kept
    rows = [("write", *COUNTS), ["---"] * 7]
    rows += [(name, *(cell[count] for count in COUNTS)) for name, cell in kept.items()]
    sys.stdout.write("\n" + "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows))


@pytest.fixture
def proxy(embedded_tables, dynamodb_embedded, settings, monkeypatch):
    """The tables, empty, behind a proxy that spoils answers; tries follow each other at once."""
    monkeypatch.setattr("tables.dynamodb.tries.time.sleep", lambda _seconds: None)
    with in_front_of(dynamodb_embedded) as running:
        settings.AWS_ENDPOINT_URL_DYNAMODB = running.url
        client.cache_clear()
        yield running
        client.cache_clear()


def attempt(proxy, door, write, fault, times, cell, headers=None):
    """One write of an item of its own under a fault: what was told, and how often it was made."""
    name = text = f"{fault or 'no fault'} {times}"
    if not write.creates:
        store(TABLE, {"id": {"S": name}, "n": {"N": "0"}, "list": {"L": []}})
    proxy.spoil(fault, TABLE, times=times)
    answer = told(write.door, write.send(door, name, text, headers))
    proxy.rest()
    made = write.made(name, text)
    cell.update({"sent": 1, answer: 1, "stored": made})
    cell["acknowledged and stored"] += made if answer == "acknowledged" else 0
    return answer, made


CASES = list(itertools.product(FAULTS, (ONCE, ALWAYS)))


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_32_what_is_told_as_made_is_stored_once(proxy, enter, write, counts):
    door = enter(write.door, "admins")
    cell = counts[str(write)] = Counter()
    for fault, times in CASES:
        answer, made = attempt(proxy, door, write, fault, times, cell)
        where = (str(write), fault, times, answer, made)
        assert made == 1 if answer == "acknowledged" else made <= (answer != "refused"), where
        if fault in HARMLESS:
            assert answer == ("refused" if fault and times == ALWAYS else "acknowledged"), where
        elif write.creates and not write.name.startswith("batch"):
            # What stands there as it was sent is told as made.
            assert answer == "acknowledged" or made == 0, where
        else:
            assert answer != "refused", where
    assert cell["acknowledged"] == cell["acknowledged and stored"]


@pytest.mark.parametrize("transactions", [True, False], ids=["transactions", "no transactions"])
@pytest.mark.parametrize("write", [write for write in WRITES if write.takes_key], ids=str)
def test_32_with_an_idempotency_key_the_next_request_tells(
    proxy, enter, settings, write, transactions, counts
):
    settings.DYNAMODB_TRANSACTIONS = transactions
    door = enter(write.door, "admins")
    way = "key" if transactions else "key, no transactions"
    cell = counts[f"{write}, {way}"] = Counter()
    for number, (fault, times) in enumerate(CASES):
        headers = {"Idempotency-Key": f"key-{number}"}
        answer, made = attempt(proxy, door, write, fault, times, cell, headers)
        where = (str(write), way, fault, times, answer, made)
        assert made == 1 if answer == "acknowledged" else made <= (answer != "refused"), where

        name = text = f"{fault or 'no fault'} {times}"
        again = told(write.door, write.send(door, name, text, headers))
        made = write.made(name, text)
        where = (*where, again, made)
        assert made <= 1, where
        assert again == "acknowledged" or (not transactions and answer != "acknowledged"), where
        assert made == 1 or again != "acknowledged", where
    assert cell["acknowledged"] == cell["acknowledged and stored"]


@pytest.mark.parametrize("transactions", [True, False], ids=["transactions", "no transactions"])
@pytest.mark.parametrize("write", WRITES, ids=str)
def test_32_with_history_what_is_told_as_made_is_stored_once(
    proxy, enter, settings, write, transactions, counts
):
    settings.HISTORY = True
    settings.DYNAMODB_TRANSACTIONS = transactions
    create_history_table(settings.HISTORY_TABLE)
    door = enter(write.door, "admins")
    way = "history" if transactions else "history, no transactions"
    cell = counts[f"{write}, {way}"] = Counter()
    for fault, times in CASES:
        answer, made = attempt(proxy, door, write, fault, times, cell)
        where = (str(write), way, fault, times, answer, made)
        assert made == 1 if answer == "acknowledged" else made <= (answer != "refused"), where
        if fault in HARMLESS:
            assert answer == ("refused" if fault and times == ALWAYS else "acknowledged"), where
    assert cell["acknowledged"] == cell["acknowledged and stored"]


# ---------------------------------------------------------------- several writes in one request


def test_32_after_an_action_in_doubt_none_is_begun(proxy, enter):
    door = enter("adminapi", "admins")
    store(TABLE, {"id": {"S": "a"}, "n": {"N": "0"}})
    proxy.spoil("answer lost", TABLE, times=ONCE)

    answer = update(add={"n": 1}, set={"late": 1}, remove=["n"])(door, "a", "", None)

    assert answer.status_code == 400
    entries = answer.json()["results"]
    errors = [json.loads(entry["body"])["error"] for entry in entries]
    assert [entry["statusCode"] for entry in entries] == [503, 503, 503]
    assert [error["code"] for error in errors] == [
        "WriteInDoubtException",
        "ServiceUnavailableException",
        "ServiceUnavailableException",
    ]
    assert errors[1]["message"].startswith("Not begun")
    assert {*stored(TABLE, "a")} == {"id", "n"}
    assert counted("a", "") == 1


def test_32_after_an_operation_in_doubt_none_is_begun(proxy, enter):
    door = enter("v1", "admins")
    for name in "ab":
        store(TABLE, {"id": {"S": name}, "list": {"L": []}})
    operations = [{"method": "PATCH", "key": name, "body": APPEND} for name in "ab"]
    proxy.spoil("answer lost", TABLE, times=ALWAYS)

    answer = door.send("POST", "Things/batch", {"operations": operations})

    problems = [result["problem"] for result in answer.json()["results"]]
    assert [problem["code"] for problem in problems] == ["write_in_doubt", "unavailable"]
    assert problems[1]["detail"].startswith("Not begun")
    assert (appended("a", ""), appended("b", "")) == (1, 0)
