"""dynamodb-admin beside our list page, on the same slow stub; only where npm is there."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server
from statistics import median

from bench import data

PEER = "dynamodb-admin@5.3.3"
GOAL, FAILS_ABOVE = 0.12, 0.25
_REQUESTS = 40
_WARM_UP = 5
FOLDER = Path("var/bench-peers")


def compare_with_peer(
    program: Path | None, engine: str, variables: dict[str, str], cookie: str
) -> list[str]:
    """Print the medians of both pages with five milliseconds for each call; what was missed."""
    if program is None:
        print(f"{'page beside dynamodb-admin':34} not run: npm is not there, or can't install it")
        return []
    ours_environment = {**variables, "AWS_ENDPOINT_URL_DYNAMODB": engine, "WEB_CONCURRENCY": "1"}
    peer_environment = {
        **ours_environment,
        "DYNAMO_ENDPOINT": engine,
        "AWS_REGION": "us-east-1",
        "HOST": "127.0.0.1",
    }
    with served([sys.executable, "-m", "gunicorn", "project.wsgi"], ours_environment) as (port, _):
        ours = _median(port, [f"/admin/tables/{data.ALIAS}/"], {"Cookie": cookie})
    with served(["node", str(program)], peer_environment) as (port, _):
        # Its page comes empty, and fetches the rows with a second request.
        page = f"/tables/{data.TABLE}"
        theirs = _median(port, [page, f"{page}/items?pageSize=100"], {})
    found = ours / theirs
    print(
        f"{'page p50 / dynamodb-admin, 5 ms':34} {ours * 1000:7.2f}ms {theirs * 1000:7.2f}ms"
        f" {'':6} {found:6.2f} {'':6}  {GOAL:.2f} (fails above {FAILS_ABOVE:.2f})"
    )
    return ["page beside dynamodb-admin"] if found > FAILS_ABOVE else []


def installed_peer() -> Path | None:
    """The peer's program, installed once under var/; None where npm can't."""
    folder = installed_by_npm("dynamodb-admin", (PEER,))
    program = Path("node_modules/dynamodb-admin/dist/dynamodb-admin.js")
    return folder / program if folder and (folder / program).is_file() else None


def installed_by_npm(name: str, packages: Sequence[str]) -> Path | None:
    """The folder under var/ with these packages, installed once; None where npm can't.

    npm needs the environment as it was given, with its settings of registries and proxies.
    """
    folder = FOLDER / name
    if (folder / "installed").is_file():
        return folder
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    installing = subprocess.run(
        [npm, "install", "--silent", "--no-save", "--prefix", str(folder), *packages],
        check=False,
        capture_output=True,
    )
    if installing.returncode != 0:
        return None
    (folder / "installed").touch()
    return folder


@contextmanager
def served(command: list[str], variables: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A server on a free port, once it answers: the port, and its process."""
    with create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    given = {**variables, "PORT": str(port), "BIND": f"127.0.0.1:{port}"}
    given["UVICORN_PORT"] = str(port)
    process = subprocess.Popen(
        command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start.")
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _median(port: int, paths: list[str], headers: dict[str, str]) -> float:
    """Seconds until a person sees a page made of these requests, in the middle of many tries."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    seconds = []
    for _ in range(_WARM_UP + _REQUESTS):
        started = time.perf_counter()
        for path in paths:
            connection.request("GET", path, headers={**headers, "Accept": "text/html, */*"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        seconds.append(time.perf_counter() - started)
    connection.close()
    return median(seconds[_WARM_UP:])
