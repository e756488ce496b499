"""Under gunicorn, on the embedded engine: what only a real connection shows."""

import contextlib
import gzip
import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.client import EngineClient
from demo.cognito import ensure_pool, id_token
from demo.engine import start
from demo.environment import demo_settings, process_environment
from tests.api.adminapi.conftest import TABLES
from tests.project.test_server import free_port
from tests.tables import definition

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 60
MOST_ITEMS = 25


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The port of a running server, a token, and the engine behind both."""
    folder = tmp_path_factory.mktemp("served")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with start(0, folder / "engine") as engine:
        client = EngineClient(engine.url)
        pool = ensure_pool(client, [origin])
        settings = demo_settings(engine.url, pool, origin, folder, given={}) | {
            "TABLES_FILE": str(Path(__file__).parent / "tables.toml"),
            "ADMINAPI_LIST_LIMIT": str(MOST_ITEMS),
            "HISTORY": "false",
            "WEB_CONCURRENCY": "1",
        }
        client.dynamodb("CreateTable", **definition("ttd-Workers", TABLES["ttd-Workers"]))
        environment = process_environment(settings, os.environ)
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "gunicorn"]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_it_answers(process, port, folder / "log")
            made = Served(port, id_token(client, pool, "ada.admin"), client, folder / "log")
            with contextlib.closing(made.connection):
                yield made
        finally:
            client.session.close()
            process.terminate()
            process.wait(timeout=60)


class Served:
    def __init__(self, port, token, engine, log):
        self.port, self.engine, self.log = port, engine, log
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method, query, body=None, *, chunked=False, **headers):
        self.connection.request(
            method,
            f"/endpoint?table=Workers&{query}",
            body,
            {**self.headers, **headers},
            encode_chunked=chunked,
        )
        return self.connection.getresponse()


def wait_until_it_answers(process, port, log):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server ended at once:\n{log.read_text()}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        time.sleep(0.05)
    pytest.fail(f"The server does not answer:\n{log.read_text()}")


@pytest.fixture
def large(served):
    """30 items of 100 KB: three pages and more of what DynamoDB reads in one call."""
    for number in range(30):
        item = {"empId": {"S": f"large-{number}"}, "text": {"S": "x" * 100_000}}
        served.engine.dynamodb("PutItem", TableName="ttd-Workers", Item=item)
    yield
    for number in range(30):
        key = {"empId": {"S": f"large-{number}"}}
        served.engine.dynamodb("DeleteItem", TableName="ttd-Workers", Key=key)


@pytest.mark.parametrize("compressed", [False, True])
def test_chunked_bodies_are_read(served, compressed):
    body = b'{"empId":"chunked","n":12345678901234567890123456789012345678}'
    body = gzip.compress(body) if compressed else body
    encoding = {"Content-Encoding": "gzip"} if compressed else {}
    pieces = iter([body[:5], body[5:20], body[20:]])
    headers = {"Transfer-Encoding": "chunked", **encoding}
    response = served.send("POST", "", pieces, chunked=True, **headers)
    assert response.status == 200
    assert b'"n":12345678901234567890123456789012345678,' in response.read()


def test_a_chunked_body_over_the_limit_is_refused(served):
    pieces = iter([b"[" * 100_000] * 50)
    response = served.send("POST", "", pieces, chunked=True, **{"Transfer-Encoding": "chunked"})
    assert (response.status, json.loads(response.read())["error"]["statusCode"]) == (413, 413)
    served.connection.close()  # as the server does, rather than read on for nothing


def test_chunks_that_can_t_be_read_are_refused(served):
    pieces = iter([b"zz\r\n{}\r\n"])
    response = served.send("POST", "", pieces, **{"Transfer-Encoding": "chunked"})
    assert response.status == 400
    assert "chunks" in json.loads(response.read())["error"]["message"]
    served.connection.close()


def test_a_list_is_streamed_whole_and_the_connection_goes_on(served):
    served.send("POST", "", b'{"empId":"one"}').read()
    response = served.send("GET", "")
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["Content-Type"] == "application/json"
    assert "one" in {item["empId"] for item in json.loads(response.read())}
    assert served.send("GET", "id=one").read().startswith(b'{"success":true,"item":')


@pytest.mark.usefixtures("large")
def test_a_list_that_crosses_the_limit_ends_without_its_end(served):
    scan = b'{"scan":{"text":{"comparator":"begins_with","value":"x"}}}'
    response = served.send("POST", "action=scan", scan)
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead) as cut:
        response.read()
    served.connection.close()
    received = cut.value.partial
    assert len(received) > 100_000
    with pytest.raises(json.JSONDecodeError):
        json.loads(received)
    log = served.log.read_text()
    assert "answer_cut_off" in log
    assert "CutOff" in log
    assert "xxxx" not in log


@pytest.mark.usefixtures("large")
def test_pages_reach_every_item_under_the_list_limit(served):
    found, start_key = set(), ""
    while True:
        page = json.loads(served.send("GET", f"paginate=true&LastEvaluatedKey={start_key}").read())
        found |= {item["empId"] for item in page["Items"]}
        if "LastEvaluatedKey" not in page:
            break
        start_key = f"%7B%22empId%22:%22{page['LastEvaluatedKey']['empId']}%22%7D"
    assert {f"large-{number}" for number in range(30)} <= found


@pytest.mark.parametrize("query", ["", "id=nope", "paginate=1"])
def test_head_has_no_body(served, query):
    response = served.send("HEAD", query)
    assert (response.status, response.read()) == (404 if "id" in query else 200, b"")
    assert served.send("OPTIONS", "").read() == b'{"success":true}'
