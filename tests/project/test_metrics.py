"""The metrics page: off unless asked for, over all workers, and with aliases for labels only."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.test import Client

from tables.core.errors import Forbidden, Throttled
from tables.dynamodb.client import call, called
from tests.project.test_server import ROOT, free_port, wait_until_it_listens


@pytest.fixture
def watched(db, settings):
    """A client of a site that counts."""
    settings.METRICS = True
    client = Client()
    client.get("/healthz")  # makes the middleware, and connects it to the service
    return client


def samples(client):
    """Sample -> number, as the page tells them."""
    return told(client.get("/metrics").content.decode())


def told(page):
    lines = (line.rpartition(" ") for line in page.splitlines() if not line.startswith("#"))
    return {sample: float(number) for sample, _, number in lines}


def added(before, after):
    """What we count and what grew, apart from times."""
    return {
        sample: after[sample] - before.get(sample, 0)
        for sample in after
        if re.match(r"dynadmin_\w+_total{", sample) and after[sample] != before.get(sample, 0)
    }


def send_call(**members):
    said = {"table": "ttd-Workers", "milliseconds": 1.0, "capacity": 0.0, "error": None}
    called.send_robust(sender=None, operation="GetItem", **{**said, **members})


def test_there_is_no_page_unless_it_is_asked_for(client):
    assert client.get("/metrics").status_code == 404


def test_a_page_in_prometheus_own_format(watched):
    answer = watched.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert answer["Cache-Control"] == "no-store"
    assert "# TYPE dynadmin_requests_total counter" in answer.content.decode()


def test_what_comes_through_a_proxy_finds_no_page(watched):
    assert watched.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_the_page_is_only_read(watched):
    assert watched.post("/metrics").status_code == 405


def test_a_request_counts_by_door_method_status_and_alias(watched, signer, dynamodb_moto):
    before = samples(watched)
    watched.get("/endpoint?table=Workers&id=1", headers=signer.bearer("staff"))
    watched.get("/endpoint?table=Nothing", headers=signer.bearer("staff"))
    watched.get("/nowhere/at/all")
    name = "dynadmin_requests_total"
    assert {s: n for s, n in added(before, samples(watched)).items() if s.startswith(name)} == {
        f'{name}{{alias="Workers",door="adminapi",method="GET",status="400"}}': 1,
        f'{name}{{alias="",door="adminapi",method="GET",status="400"}}': 1,
        f'{name}{{alias="",door="other",method="GET",status="404"}}': 1,
    }


def test_a_call_counts_by_operation_alias_and_outcome(watched):
    before = samples(watched)
    send_call(capacity=2.5)
    send_call(error=Forbidden())
    assert added(before, samples(watched)) == {
        'dynadmin_dynamodb_calls_total{alias="Workers",operation="GetItem",outcome="done"}': 1,
        'dynadmin_dynamodb_calls_total{alias="Workers",operation="GetItem",outcome="forbidden"}': 1,
        'dynadmin_dynamodb_capacity_units_total{alias="Workers",operation="GetItem"}': 2.5,
    }


def test_throttles_count_by_alias(watched):
    before = samples(watched)
    send_call(error=Throttled())
    sample = 'dynadmin_dynamodb_throttles_total{alias="Workers",operation="GetItem"}'
    assert added(before, samples(watched))[sample] == 1


def test_the_name_of_a_real_table_is_no_label(watched):
    before = samples(watched)
    send_call(table="dynadmin-state")
    send_call(table="somebody-elses")
    sample = 'dynadmin_dynamodb_calls_total{alias="",operation="GetItem",outcome="done"}'
    assert added(before, samples(watched)) == {sample: 2}


def test_a_call_for_real_is_counted(watched, dynamodb_moto):
    before = samples(watched)
    call("ListTables")
    sample = 'dynadmin_dynamodb_calls_total{alias="",operation="ListTables",outcome="done"}'
    assert added(before, samples(watched)) == {sample: 1}


def test_our_own_refusals_count_by_scope(watched, settings):
    settings.THROTTLE_ANONYMOUS = "1/day"
    before = samples(watched)
    statuses = [
        watched.get("/oidc/authenticate/", REMOTE_ADDR="203.0.113.77").status_code for _ in "12"
    ]
    assert statuses[1] == 429
    sample = 'dynadmin_rate_limited_total{alias="",scope="anonymous"}'
    assert added(before, samples(watched))[sample] == 1


@pytest.fixture
def two_workers(tmp_path):
    """The port of a gunicorn with METRICS=true and two workers, and its process."""
    port, log = free_port(), tmp_path / "log"
    environment = {
        **os.environ,
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
        "METRICS": "true",
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    command = [sys.executable, "-m", "gunicorn"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_it_listens(process, port, log)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def test_every_worker_answers_for_all_of_them(two_workers):
    port, process = two_workers
    asked = 0
    deadline = time.monotonic() + 60
    while len(files_of(process.pid)) < 2:
        assert time.monotonic() < deadline, "One worker alone answers."
        ask(port, "/healthz")
        asked += 1
    name = 'dynadmin_requests_total{alias="",door="health",method="GET",status="200"}'
    assert {told(ask(port, "/metrics"))[name] for _ in range(10)} == {asked}


def test_the_counters_go_with_the_server(two_workers):
    port, process = two_workers
    ask(port, "/healthz")
    folders = {path.parent for path in files_of(process.pid)}
    assert len(folders) == 1
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    assert not folders.pop().exists()


def files_of(master):
    """The counters' files of each worker that has answered anything."""
    listed = subprocess.run(
        ["pgrep", "-P", str(master)], capture_output=True, text=True, check=False
    )
    places = {Path("/dev/shm"), Path(tempfile.gettempdir())}
    return {
        path
        for place in places
        for worker in listed.stdout.split()
        for path in place.glob(f"dynadmin-metrics-*/counter_{worker}.db")
    }


def ask(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()
