"""What the two old doors answer is the same to the byte, whether history is kept or not.

Programs of many years read these answers: each request of a wide corpus, mistakes included, is made
twice on equal items, and status, headers and body are held against each other.
"""

import itertools
import json
import re

import pytest

from tables.dynamodb.client import call
from tables.dynamodb.descriptions import forget_descriptions, list_tables
from tests.contract.conftest import make_tables
from tests.contract.doors import body_of
from tests.tables import store, stored

DIGITS = "12345678901234567890123456789012345678"
LARGEST = "9" * 38 + "0" * 88
ITEM = {
    "id": {"S": "a"},
    "text": {"S": 'é\n"quoted"'},
    "number": {"N": "7"},
    "exact": {"N": DIGITS},
    "small": {"N": "0.00000000000000000000000000001"},
    "largest": {"N": LARGEST},
    "binary": {"B": "AAE="},
    "true": {"BOOL": True},
    "null": {"NULL": True},
    "list": {"L": [{"N": "1"}, {"S": "two"}, {"M": {"deep": {"N": "3"}}}]},
    "map": {"M": {"inner": {"N": "1"}, "more": {"L": [{"S": "x"}]}, "tags": {"SS": ["q", "p"]}}},
    "strings": {"SS": ["x", "y", "zebra"]},
    "numbers": {"NS": ["3", "1.5", "20"]},
    "binaries": {"BS": ["AAE=", "//8="]},
}
OLD_TYPES = {"S", "N", "B", "SS", "NS", "BS"}
OLD_ITEM = {name: value for name, value in ITEM.items() if OLD_TYPES.issuperset(value)}

PATHS = (
    *("text", "number", "true", "list", "map", "strings", "numbers", "map.inner", "map.tags"),
    *("list[0]", "absent", "absent.deep", "id"),
)
VALUES = {
    "set": (1, "text", None, ["x"], {"a": 1}),
    "add": (1, "text", [1, 2], ["x", "new"], []),
    "delete": ("x", [3, 1.5], ["x", "y", "zebra"]),
    "setListAppend": ([1, "two"], "text"),
}
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_ID = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What is new in each answer; the checksum is that of the body, times included.
_UNITS = re.compile(rb',?"ConsumedCapacityUnits":[0-9.]+')
_OWN = {"x-request-id", "x-amzn-requestid", "x-amz-crc32", "date"}


def puts():
    """Every action on every path with values that fit and that don't, alone and together.

    Elements past the end of a list are added in the order of their positions, as DynamoDB adds
    them: the engines take the order in which they are sent.
    """
    for action, path in itertools.product(VALUES, PATHS):
        yield from ({action: {path: value}} for value in VALUES[action])
    yield from ({"remove": path} for path in (*PATHS, "map.none", "list[1]", ["text", "list[0]"]))
    yield {"add": {"number": -7, "absent": 1}}
    yield {"set": {"new": 1}, "add": {"fresh": 2, "numbers": [4, 1.5]}, "remove": ["text"]}
    yield {"add": {"fresh": 2}, "set": {"new": 1, "text": "t"}, "delete": {"strings": ["x"]}}
    yield {"delete": {"strings": ["x", "y", "zebra"]}, "setListAppend": {"list": ["z"]}}
    yield {"set": {"map": {"b": 1, "a": 2}, "list[4]": 1, "list[5]": 2}}
    yield {"set": {"map.inner": 5}, "remove": ["map"]}
    yield {"set": {"big": "x" * 410_000}}
    yield {"unknown": 1}
    yield {}
    yield []


def long_sums():
    """Sums that one of the engines rounds, or takes though DynamoDB would not."""
    yield {"add": {"largest": 1}}
    yield {"add": {"exact": 1e-20}}
    yield {"add": {"largest": int(LARGEST)}}
    yield {"add": {"number": int("9" * 38)}}
    yield {"add": {"small": 1}}


def adminapi(door, engine):
    """The corpus of the door: functions of nothing, each one request."""
    for n, body in enumerate([*puts(), *(() if engine == "moto" else long_sums())]):
        # In one write or several: every second as the one, those of several actions as both.
        is_long = isinstance(body, dict) and len(body) > 1
        for atomic in ("false", "true") if is_long else (("false", "true")[n % 2],):
            yield lambda b=body, a=atomic: door.send("PUT", b, table="Things", id="a", atomic=a)
    several = {"set": {"text": "t"}, "add": {"number": 1}}
    for alias, name in itertools.product(("Things", "Stamped", "Counted", "Named"), ("a", "none")):
        for atomic in ("false", "true"):
            yield lambda n=name, a=atomic, t=alias: door.send(
                "PUT", several, table=t, id=n, atomic=a
            )
        yield lambda n=name, t=alias: door.send("DELETE", table=t, id=n)
        yield lambda n=name, t=alias: door.send("POST", {"id": n, "new": [1]}, table=t)
    yield lambda: door.send("POST", {"id": "a", "code": "x"}, table="Named")
    yield lambda: door.send("POST", {"code": "x"}, table="Named")
    yield lambda: door.send("POST", {"none": 1}, table="Things")
    yield lambda: door.send("POST", {"id": "a", "big": "x" * 410_000}, table="Things")
    yield lambda: door.send("POST", {"id": "", "new": 1}, table="Things")
    yield lambda: door.send("POST", b'{"id": "a", "n": 1' + b"0" * 200 + b"}", table="Things")
    yield lambda: door.send("POST", b"{bad", table="Things")
    yield lambda: door.send("PUT", several, table="Pairs", id="it", sk="1", atomic="true")
    yield lambda: door.send("PUT", several, table="Pairs", id="it", sk="x")
    yield lambda: door.send("DELETE", table="Pairs", id="it")
    yield lambda: door.send("DELETE", table="Pairs", id="it", sk="1")
    yield lambda: door.send("DELETE", table="Things")
    key = {"Idempotency-Key": "golden"}
    for _ in range(2):
        yield lambda: door.send("PUT", several, table="Things", id="a", atomic="true", headers=key)


def putitem(door, engine):
    """The corpus of the door of 2011."""
    key = {"HashKeyElement": {"S": "a"}}
    wanted = ["NONE", "ALL_OLD", "ALL_NEW"]
    if engine != "moto":  # it leaves out what an update sets to what it was
        wanted += ["UPDATED_OLD", "UPDATED_NEW"]
    updates = [
        {"number": {"Value": {"N": "1"}, "Action": "ADD"}},
        {"strings": {"Value": {"SS": ["x", "new"]}, "Action": "ADD"}},
        {"numbers": {"Value": {"NS": ["3", "4"]}, "Action": "DELETE"}},
        {"text": {"Action": "DELETE"}},
        {"text": {"Value": {"N": "1"}, "Action": "ADD"}},
        {"zed": {"Value": {"N": "1"}, "Action": "ADD"}, "alpha": {"Value": {"S": "s"}}},
        {
            "alpha": {"Value": {"S": "s"}},
            "zed": {"Value": {"SS": ["b", "a"]}, "Action": "ADD"},
            "strings": {"Value": {"SS": ["new", "x"]}, "Action": "ADD"},
            "text": {"Value": {"S": "t"}, "Action": "PUT"},
        },
        {"id": {"Value": {"S": "b"}}},
    ]
    if engine != "moto":
        updates += [
            {"exact": {"Value": {"N": "0.5"}, "Action": "ADD"}},
            {"largest": {"Value": {"N": LARGEST}, "Action": "ADD"}},
        ]
    for returned, update, name in itertools.product(wanted, updates, ("a", "none")):
        yield lambda r=returned, u=update, n=name: door.send(
            "UpdateItem",
            TableName="Things",
            Key={"HashKeyElement": {"S": n}},
            AttributeUpdates=u,
            ReturnValues=r,
        )
    for returned, name, table in itertools.product(
        ("NONE", "ALL_OLD", "ALL_NEW"), ("a", "none"), ("Things", "Stamped", "Counted")
    ):
        item = {"id": {"S": name}, "zed": {"NS": ["2", "1"]}, "alpha": {"S": "s"}}
        yield lambda r=returned, i=item, t=table: door.send(
            "PutItem", TableName=t, Item=i, ReturnValues=r
        )
        yield lambda r=returned, n=name, t=table: door.send(
            "DeleteItem", TableName=t, Key={"HashKeyElement": {"S": n}}, ReturnValues=r
        )
    for expected in (
        {"number": {"Value": {"N": "7"}}},
        {"number": {"Value": {"N": "8"}}},
        {"absent": {"Exists": False}},
        {"text": {"Exists": False}},
    ):
        yield lambda e=expected: door.send("DeleteItem", TableName="Things", Key=key, Expected=e)
        yield lambda e=expected: door.send(
            "PutItem", TableName="Things", Item={"id": {"S": "a"}}, Expected=e
        )
        yield lambda e=expected: door.send(
            "UpdateItem", TableName="Things", Key=key, AttributeUpdates=updates[0], Expected=e
        )
    requests = [
        {"PutRequest": {"Item": {"id": {"S": "b"}, "n": {"N": "1"}}}},
        {"DeleteRequest": {"Key": key}},
    ]
    yield lambda: door.send("BatchWriteItem", RequestItems={"Things": requests})
    yield lambda: door.send("BatchWriteItem", RequestItems={"Things": requests * 2})
    yield lambda: door.send("PutItem", TableName="Nothing", Item={"id": {"S": "a"}})
    yield lambda: door.send("PutItem", TableName="Things", Item={"n": {"N": "1"}})


CORPUS = {"adminapi": (adminapi, ITEM), "putitem": (putitem, OLD_ITEM)}


def _fresh(settings):
    for name in list_tables():
        call("DeleteTable", TableName=name)
    forget_descriptions()
    make_tables(settings, history=True)


def answers(settings, door, name, engine, *, history):
    """Every answer of the corpus, each to an item as it was at first, and what is stored then."""
    corpus, item = CORPUS[name]
    settings.HISTORY = history
    _fresh(settings)
    for request in corpus(door, engine):
        for table in ("real-things", "real-stamped"):
            store(table, item)
        yield _told(request(), engine), stored("real-things", "a")


def _told(answer, engine):
    """What a client gets, without what is new each time."""
    headers = {name: text for name, text in answer.headers.items() if name.lower() not in _OWN}
    body = _ID.sub(b"I", _STAMP.sub(b"T", body_of(answer)))
    if engine == "moto":  # it takes half a unit for every update
        body = _UNITS.sub(b"", body)
        headers.pop("Content-Length", None)
    head = _ID.sub(b"I", json.dumps(headers, sort_keys=True).encode())
    return answer.status_code, head, _unordered(body)


def _unordered(body):
    """The attributes of `UPDATED_OLD` and `UPDATED_NEW` come in another order in each process."""
    document = json.loads(body) if body.startswith(b'{"Attributes"') else None
    if document is None or "id" in document["Attributes"]:
        return body
    return json.dumps(document, sort_keys=True)


def _in_any_order(answer):
    """Alternator sorts attributes by name; what goes with an entry is told as it was sent."""
    status, head, body = answer
    return status, head, sorted(re.split(r"[{},]", body if isinstance(body, str) else str(body)))


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize(
    ("engine", "transactions"),
    [("moto", False), ("embedded", True)],
    ids=["moto, announced", "embedded, in transactions"],
)
def test_old_doors_answer_the_same_bytes_with_history(
    request, settings, enter, on_alternator, name, engine, transactions
):
    if transactions:
        request.getfixturevalue("with_transactions")
    request.getfixturevalue(f"dynamodb_{engine}")
    settings.DYNAMODB_TRANSACTIONS = transactions
    door = enter(name, "admins")

    without = list(answers(settings, door, name, engine, history=False))
    with_history = list(answers(settings, door, name, engine, history=True))
    if on_alternator:
        without, with_history = (
            [(_in_any_order(answer), item) for answer, item in told]
            for told in (without, with_history)
        )

    pairs = zip(without, with_history, strict=True)
    for n, (off, on) in enumerate(pairs):
        assert on == off, f"request {n} of the corpus"
    assert {200, 400} <= {answer[0] for answer, _item in without}
