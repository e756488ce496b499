"""A worker process over many requests of every kind: its memory, and when it first answered."""

from __future__ import annotations

import http.client
import itertools
import sys
import time
from pathlib import Path

from bench import data
from bench.peers import served

MB, SECONDS = 165, 2.5
FAILS_ABOVE_MB = 180
_REQUESTS = 3000

_ITEMS = f"/api/v1/tables/{data.ALIAS}/items"
_ADMINAPI = f"/endpoint?table={data.ALIAS}"
_BY_PROGRAMS = (
    ("GET", f"{_ITEMS}/thing-000007", b""),
    ("GET", f"{_ITEMS}?limit=100", b""),
    ("GET", f"{_ITEMS}?status=new&limit=10", b""),
    ("PATCH", f"{_ITEMS}/thing-000007", b'{"status": "changed"}'),
    ("GET", f"{_ADMINAPI}&id=thing-000007", b""),
    ("GET", f"{_ADMINAPI}&paginate=true&limit=100", b""),
    ("GET", "/api/schema/", b""),
    ("GET", "/api/v1/jobs", b""),
)
_BY_PEOPLE = (
    "/admin/",
    f"/admin/tables/{data.ALIAS}/",
    f"/admin/tables/{data.ALIAS}/thing-000007/change/",
    "/admin/jobs/",
)


def measure_worker(engine: str, variables: dict[str, str], token: str, cookie: str) -> list[str]:
    """Print both; what was missed."""
    if not Path("/proc/self/status").is_file():
        print(f"{'memory of a worker':34} not run: it is read from /proc")
        return []
    given = {**variables, "AWS_ENDPOINT_URL_DYNAMODB": engine, "WEB_CONCURRENCY": "1"}
    requests = [
        *((*one, {"Authorization": f"Bearer {token}"}) for one in _BY_PROGRAMS),
        *(("GET", path, b"", {"Cookie": cookie, "Accept": "text/html"}) for path in _BY_PEOPLE),
    ]
    begun = time.perf_counter()
    with served([sys.executable, "-m", "gunicorn", "project.wsgi"], given) as (port, process):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        _ask(connection, requests[0])
        first_answer = time.perf_counter() - begun
        kept = []
        for number, request in enumerate(itertools.islice(itertools.cycle(requests), _REQUESTS)):
            _ask(connection, request)
            if number in (_REQUESTS // 2, _REQUESTS - 1):
                kept.append(_resident_mb(process))
    print(f"{'first answer after the start':34} {first_answer:8.2f}s {'':25}  {SECONDS:.2f}s")
    print(
        f"{f'memory of a worker, {_REQUESTS} requests':34} {kept[-1]:7.1f}MB"
        f"  (half of them {kept[0]:.1f} MB) {'':2}  {MB} MB (fails above {FAILS_ABOVE_MB})"
    )
    return ["memory of a worker"] if kept[-1] > FAILS_ABOVE_MB else []


def _ask(
    connection: http.client.HTTPConnection, request: tuple[str, str, bytes, dict[str, str]]
) -> None:
    method, path, body, headers = request
    connection.request(method, path, body or None, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {answer.read()[:200]!r}")
    answer.read()


def _resident_mb(process: int) -> float:
    """Of the first worker of this gunicorn."""
    worker = Path(f"/proc/{process}/task/{process}/children").read_text().split()[0]
    for line in Path(f"/proc/{worker}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("The worker has no memory.")
