"""The embedded engine: what it serves, to whom, and what a kill leaves of it."""

import ast
import contextlib
import importlib.metadata
import importlib.util
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest
import requests

from demo.client import EngineCallError, EngineClient
from demo.cognito import ensure_pool, id_token
from demo.engine import EngineError, start
from demo.snapshots import SnapshotError, Snapshots
from tests.tables import definition

PATIENCE = 30  # seconds until a condition that must come true has failed

# What `demo.emulator` takes from inside ministack. Its own state files lose everything on SIGKILL.
RELIED_ON = {
    "ministack.app": {"app"},
    "ministack.services.dynamodb": {"get_state", "load_persisted_state", "_ExprEval"},
    "ministack.services.cognito": {"get_state", "load_persisted_state"},
}


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.001)


def make_table(client):
    client.dynamodb("CreateTable", **definition("kept"))


def put(client, key, about=""):
    item = {"id": {"S": str(key)}, "about": {"S": about}}
    client.dynamodb("PutItem", TableName="kept", Item=item)


def count(client):
    counted, start_key = 0, {}
    while start_key is not None:
        page = client.dynamodb("Scan", TableName="kept", Select="COUNT", **start_key)
        counted += page["Count"]
        last = page.get("LastEvaluatedKey")
        start_key = {"ExclusiveStartKey": last} if last else None
    return counted


def await_snapshot(folder, client):
    """Wait for the next snapshot, giving it a reason: an item that is written as it was."""
    written_at = snapshot_time(folder)
    until(lambda: put(client, 0) or snapshot_time(folder) != written_at)


def snapshot_time(folder):
    path = folder / "state.pickle"
    return path.stat().st_mtime_ns if path.exists() else 0


def kill(running):
    running.process.kill()
    running.process.wait()


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("module", "names"), RELIED_ON.items())
def test_the_pinned_ministack_has_what_snapshots_are_made_with(module, names):
    source = Path(importlib.util.find_spec(module).origin).read_text(encoding="utf-8")
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in ast.parse(source).body if isinstance(node, kinds)}
    assert names <= defined, f"ministack {importlib.metadata.version('ministack')} lacks some"


@pytest.fixture
def mixed(tmp_path):
    """A client of an engine whose items have values of every type under one name."""
    with start(0, tmp_path / "mixed") as running:
        client = EngineClient(running.url)
        make_table(client)
        for key, value in {
            "text": {"S": "abc"},
            "number": {"N": "7"},
            "bytes": {"B": "AAECAw=="},
            "list": {"L": [{"S": "abc"}]},
            "null": {"NULL": True},
        }.items():
            item = {"id": {"S": key}, "v": value}
            client.dynamodb("PutItem", TableName="kept", Item=item)
        client.dynamodb("PutItem", TableName="kept", Item={"id": {"S": "nothing"}})
        yield client
        client.session.close()


def found(client, condition, value):
    page = client.dynamodb(
        "Scan",
        TableName="kept",
        FilterExpression=condition,
        ExpressionAttributeNames={"#v": "v"},
        ExpressionAttributeValues={":v": value},
    )
    return {item["id"]["S"] for item in page["Items"]}


@pytest.mark.parametrize(
    ("condition", "value", "keys"),
    [
        ("begins_with(#v, :v)", {"S": "a"}, {"text"}),
        ("begins_with(#v, :v)", {"B": "AAE="}, {"bytes"}),
        ("NOT begins_with(#v, :v)", {"S": "a"}, {"number", "bytes", "list", "null", "nothing"}),
        ("begins_with(#v, :v) OR #v = :v", {"S": "abc"}, {"text"}),
        ("contains(#v, :v)", {"S": "abc"}, {"text", "list"}),
        ("contains(#v, :v)", {"B": "AQI="}, {"bytes"}),
        ("contains(#v, :v)", {"B": "AgE="}, set()),
        ("contains(#v, :v) OR attribute_not_exists(#v)", {"B": "AQI="}, {"bytes", "nothing"}),
    ],
)
def test_functions_pass_over_values_of_other_types_and_look_into_binary(
    mixed, condition, value, keys
):
    assert found(mixed, condition, value) == keys


def test_an_operand_that_can_begin_nothing_is_still_refused(mixed):
    with pytest.raises(EngineCallError, match="Incorrect operand type"):
        found(mixed, "begins_with(#v, :v)", {"N": "7"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("POST", "//_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/health"),
        ("GET", "/_localstack/health"),
        ("PUT", "/a-bucket"),
        ("POST", "/oauth2/../_ministack/reset"),
    ],
)
def test_paths_that_the_demo_does_not_need_are_refused(demo_engine, method, path):
    request = requests.Request(method, demo_engine.url).prepare()
    request.url = demo_engine.url + path
    with requests.Session() as session:
        assert session.send(request).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1"]
)
def test_a_page_of_another_origin_can_use_nothing(demo_client, origin):
    demo_client.session.headers["Origin"] = origin
    answer = demo_client.session.get(f"{demo_client.url}/oauth2/authorize")
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (403, None)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8470", "127.0.0.1.evil.example"])
def test_a_name_that_was_led_here_reaches_nothing(demo_client, host):
    demo_client.session.headers["Host"] = host
    answer = demo_client.session.get(f"{demo_client.url}/oauth2/authorize")
    assert (answer.status_code, "names of this machine" in answer.text) == (403, True)


def test_a_page_of_its_own_origin_may(demo_client):
    demo_client.session.headers["Origin"] = demo_client.url
    assert "ttd-Workers" in demo_client.dynamodb("ListTables")["TableNames"]


def test_a_named_origin_may_too(tmp_path):
    with start(0, tmp_path, origins=("https://demo.example.com",)) as running:
        client = EngineClient(running.url)
        client.session.headers["Origin"] = "https://demo.example.com"
        assert client.dynamodb("ListTables")["TableNames"] == []


def test_sums_keep_38_digits_and_are_refused_beyond(tmp_path):
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        make_table(client)
        longest = "9" * 37 + "8"

        def add(number):
            return client.dynamodb(
                "UpdateItem",
                TableName="kept",
                Key={"id": {"S": "a"}},
                UpdateExpression="ADD n :n",
                ExpressionAttributeValues={":n": {"N": number}},
                ReturnValues="UPDATED_NEW",
            )["Attributes"]["n"]["N"]

        assert add(longest) == longest
        assert add("1") == "9" * 38
        with pytest.raises(EngineCallError, match="ValidationException"):
            add("0.1")
        assert add("0") == "9" * 38


def test_it_listens_on_one_loopback_address_only(demo_engine):
    port = int(demo_engine.url.rpartition(":")[2])
    with socket.socket() as elsewhere:
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


def test_sigkill_loses_nothing_that_is_a_few_seconds_old(tmp_path):
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        pool = ensure_pool(client, ["http://127.0.0.1:8000"])
        token = id_token(client, pool, "ada.admin")
        make_table(client)
        for number in range(1000):
            put(client, number)
        for _ in range(2):  # the first may have been forked before the last write
            await_snapshot(tmp_path, client)
        kill(running)
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        assert count(client) == 1000
        assert ensure_pool(client, ["http://127.0.0.1:8000"]) == pool
        keys = jwt.PyJWKClient(f"{running.url}/{pool.pool_id}/.well-known/jwks.json")
        claims = jwt.decode(
            token, keys.get_signing_key_from_jwt(token), ["RS256"], audience=pool.client_id
        )
        assert claims["custom:username"] == "ada.admin"
        assert id_token(client, pool, "ada.admin")


def test_a_kill_in_the_middle_of_a_snapshot_leaves_a_whole_one(tmp_path):
    kept = 0
    for restart in range(2):
        with start(0, tmp_path) as running:
            client = EngineClient(running.url)
            if not restart:
                make_table(client)
            assert count(client) >= kept
            for number in range(20):
                put(client, f"{restart}/{number}", about="x" * 300_000)  # writing takes a while
            kept += 20
            for _ in range(2):
                await_snapshot(tmp_path, client)
            while not (tmp_path / "state.unfinished").exists():
                put(client, "0/0", about="y")
            kill(running)
    with start(0, tmp_path) as running:
        assert count(EngineClient(running.url)) >= kept


def test_a_clean_stop_loses_nothing_at_all(tmp_path):
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        make_table(client)
        put(client, 1)
    assert running.process.returncode == 0
    with start(0, tmp_path) as running:
        assert count(EngineClient(running.url)) == 1


def test_an_attribute_may_have_any_name_and_come_back(tmp_path):
    names = ("__bytes__", "__scoped__", "__account_region_scoped__", "__proto__")
    item = {"id": {"S": "1"}, **{name: {"S": "x"} for name in names}}
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        make_table(client)
        client.dynamodb("PutItem", TableName="kept", Item=item)
    with start(0, tmp_path) as running:
        client = EngineClient(running.url)
        assert client.dynamodb("Scan", TableName="kept")["Items"] == [item]


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("SET #z = :v", {"z": {"N": "1"}}),
        ("SET #M.#L[0].#S = :v", {"M": {"M": {"L": {"L": [{"M": {"S": {"N": "1"}}}]}}}}),
        ("SET #M.#L[9] = :v", {"M": {"M": {"L": {"L": [{"M": {}}, {"N": "1"}]}}}}),
        ("REMOVE #M.#L[0]", {"M": {"M": {"L": {"L": []}}}}),
        ("REMOVE #M.#L[9], #L, #z.#S", {}),
        ("ADD #z :v", {"z": {"N": "1"}}),
    ],
)
def test_an_attribute_may_have_the_name_of_a_type_and_be_changed(demo_client, expression, changed):
    item = {"id": {"S": "types"}, "M": {"M": {"L": {"L": [{"M": {}}]}}}}
    assert updated(demo_client, item, expression) == {**item, **changed}


@pytest.mark.parametrize("path", ["#M.#S", "#M[0]", "#L.#S", "#L[0]", "#M.#L[0]"])
def test_a_path_through_what_holds_nothing_is_refused(demo_client, path):
    item = {"id": {"S": "types"}, "M": {"S": "x"}}
    with pytest.raises(EngineCallError, match="document path"):
        updated(demo_client, item, f"SET {path} = :v")


def updated(client, item, expression):
    """The item as it is after an update, which names attributes by themselves."""
    key = {"TableName": "ttd-Types", "Key": {"id": item["id"]}}
    client.dynamodb("PutItem", TableName="ttd-Types", Item=item)
    update = {"UpdateExpression": expression}
    names = set(re.findall(r"#(\w)", expression))
    update["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if ":v" in expression:
        update["ExpressionAttributeValues"] = {":v": {"N": "1"}}
    try:
        client.dynamodb("UpdateItem", **key, **update)
        return client.dynamodb("GetItem", **key)["Item"]
    finally:
        client.dynamodb("DeleteItem", **key)


def test_state_that_cannot_be_read_is_left_alone_and_named(tmp_path, capfd):
    (tmp_path / "state.pickle").write_bytes(b"not a pickle")
    with pytest.raises(EngineError), start(0, tmp_path):
        pass
    assert f"{tmp_path}/state.pickle can't be read" in capfd.readouterr().err
    assert (tmp_path / "state.pickle").read_bytes() == b"not a pickle"


@pytest.mark.parametrize(
    "state",
    [
        b"",
        pickle.dumps({"dynamodb": {}})[:-1],
        pickle.dumps("text"),
        pickle.dumps({"s3": {}}),
        pickle.dumps({"dynamodb": "text"}),
        pickle.dumps("é")[:5] + b"\xff" * 9,
        b"\x80\x04I1_x\n.",
    ],
    ids=["empty", "cut off", "a text", "another store", "a text for a store", "no UTF-8", "no int"],
)
def test_whatever_is_wrong_with_a_state_it_is_said_in_words(tmp_path, state):
    class Store:
        def load_persisted_state(self, data):
            data.items()

    snapshots = Snapshots(tmp_path, {"dynamodb": Store()})
    snapshots.path.write_bytes(state)
    with pytest.raises(SnapshotError, match="delete that file to start afresh"):
        snapshots.load()


def test_two_engines_never_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("demo.snapshots.LOCK_WAIT", 0)
    with start(0, tmp_path), pytest.raises(SnapshotError, match="Another engine is using"):
        Snapshots(tmp_path, {})


def test_a_busy_port_is_said_in_words(demo_engine, tmp_path, capfd):
    port = int(demo_engine.url.rpartition(":")[2])
    with pytest.raises(EngineError), start(port, tmp_path):
        pass
    assert f"Port {port} can't be used for the engine: Address already in use." in (
        capfd.readouterr().err
    )


def test_it_ends_when_whoever_started_it_is_killed(tmp_path):
    code = (
        "import sys, time, pathlib\nfrom demo.engine import start\n"
        "with start(0, pathlib.Path(sys.argv[1])) as running:\n"
        "    print(running.url, running.process.pid, flush=True)\n    time.sleep(600)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
    with starter:
        url, pid = starter.stdout.readline().decode().split()
        port = int(url.rpartition(":")[2])
        try:
            assert is_listening(port)
            starter.kill()
            until(lambda: not is_listening(port))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
